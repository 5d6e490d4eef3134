"""Many people at once: events, questions, live queries, definitions, dashboards, tokens and erasures side by side.

Nothing fails with `internal`, nothing is logged as an error, who asks sees every event that was acknowledged before,
and in the end every open screen shows what a fresh query says.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from nowboard.testing import Served, make_app, make_token, serving
from tests.api.live import SocketClient
from tests.threads import restless

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SECONDS = 20
ORDERS = {
    "name": "orders",
    "time": "at",
    "fields": {"at": "timestamp", "channel": "string", "shop": "string", "total": {"type": "float", "role": "measure"}},
    "joins": {"place": {"table": "places", "on": {"code": "shop"}}},
}
PLACES = {"key": "code", "fields": {"code": "string", "city": "string"}}
CHANNELS, SHOPS = ("web", "till", "phone"), ("a", "b", "c", "d")
COUNT = {"stream": "orders", "measures": ["count(*)"], "window": {"all": True}}
FINAL: list[dict[str, Any]] = [
    COUNT,
    {"stream": "orders", "measures": ["count(*)", "sum(total)"], "by": ["channel"], "window": {"all": True}},
    {"stream": "orders", "measures": ["max(total)"], "by": ["place.city"], "window": {"all": True}},
    {
        "stream": "orders",
        "measures": ["orders"],
        "by": ["shop"],
        "order": ["-orders"],
        "limit": 2,
        "window": {"all": True},
    },
    {"sql": "select channel, count(*) as n from orders group by channel order by channel"},
]


@pytest.fixture
def quick_turns() -> Iterator[None]:
    """Threads take turns a hundred times as often as usual."""
    with restless(5e-5):
        yield


class Crowd:
    """What all of them share: the server, an administrator's client, and what was acknowledged."""

    def __init__(self, served: Served, token: str, http: httpx.AsyncClient) -> None:
        self.served, self.token, self.http = served, token, http
        self.acknowledged = 0
        self.wrong: list[str] = []
        self.done = 0
        self._until = time.monotonic() + SECONDS

    @property
    def on(self) -> bool:
        return time.monotonic() < self._until and not self.wrong

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """One request; whatever is no answer to a right or wrong question is noted."""
        answer = await self.http.request(method, f"/api/v1{path}", json=body, headers=headers)
        self.done += 1
        busy = answer.status_code == 503 and answer.json()["error"]["code"] == "overloaded"
        if answer.status_code >= 500 and not busy:
            self.wrong.append(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer

    async def socket(self, stack: AsyncExitStack) -> SocketClient:
        url = f"{self.served.url.replace('http', 'ws', 1)}/api/v1/live"
        headers = {"Authorization": f"Bearer {self.token}"}
        return SocketClient(await stack.enter_async_context(connect(url, additional_headers=headers, proxy=None)))


NUMBERS = itertools.count()


def order(chance: random.Random) -> dict[str, Any]:
    now = int(time.time() * 1000) - chance.randrange(100_000)
    values = {"channel": chance.choice(CHANNELS), "shop": chance.choice(SHOPS), "total": float(chance.randrange(100))}
    return {"at": now, "event_id": f"e{next(NUMBERS)}", **values}


async def produce(crowd: Crowd, chance: random.Random) -> None:
    batch = [order(chance) for _ in range(chance.randrange(1, 40))]
    answer = await crowd.ask("POST", "/streams/orders/events", batch)
    if chance.random() < 0.3:  # what is sent twice is there once
        answer = await crowd.ask("POST", "/streams/orders/events", batch)
    if answer.status_code == 200:
        crowd.acknowledged += len(batch)
    else:
        crowd.wrong.append(answer.text)


async def invent(crowd: Crowd, chance: random.Random) -> None:
    """Events of streams and with fields that nobody declared."""
    event = {"at": int(time.time() * 1000), f"f{chance.randrange(12)}": chance.randrange(9)}
    await crowd.ask("POST", f"/streams/s{chance.randrange(12)}/events", [event])


async def question(crowd: Crowd, chance: random.Random) -> None:
    least = crowd.acknowledged
    answer = await crowd.ask("POST", "/query", {"query": COUNT})
    if answer.status_code == 200 and answer.json()["rows"][0][0] < least:
        crowd.wrong.append(f"{answer.text}: {least} were acknowledged before")
    await crowd.ask("POST", "/query", {"query": {**chance.choice(FINAL)}})
    narrow = {**COUNT, "where": f"total > {chance.randrange(100)}", "by": [chance.choice(("channel", "place.city"))]}
    await crowd.ask("POST", "/query", {"query": narrow})


async def watch(crowd: Crowd, chance: random.Random) -> None:
    async with AsyncExitStack() as stack:
        viewer = await crowd.socket(stack)
        for number in range(chance.randrange(1, 25)):
            wanted = {**COUNT, "where": f"total >= {chance.random()}", "by": ["channel"]}
            await viewer.say(type="subscribe", id=f"q{number}", query=chance.choice([wanted, *FINAL]))
        if chance.random() < 0.5:
            await viewer.say(type="subscribe", id="d", dashboard="board")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(chance.random() * 4):
                while True:
                    await viewer.step()
        await viewer.say(type="unsubscribe", id="q0")
        faults = [each for each in viewer.messages if "internal" in str(each.get("code", "")) + str(each.get("error"))]
        crowd.wrong += [str(each) for each in faults]


async def define(crowd: Crowd, chance: random.Random) -> None:
    rows = [{"code": code, "city": f"City {chance.randrange(5)}"} for code in SHOPS]
    await crowd.ask("PUT", "/tables/places", {**PLACES, "rows": rows})
    metric = {"stream": "orders", "sql": chance.choice(("count(*)", "count(*) + 0", "sum(1)"))}
    await crowd.ask("PUT", "/metrics/orders", metric)
    await crowd.ask("PUT", f"/metrics/m{chance.randrange(5)}", metric)


async def design(crowd: Crowd, chance: random.Random) -> None:
    name = chance.choice(("board", "board", "other"))
    widgets = [
        {"id": f"w{number}", "kind": "table", "query": chance.choice(FINAL), "warm": chance.random() < 0.5,
         "layouts": {"lg": {"x": 0, "y": 4 * number, "w": 6, "h": 4}}}
        for number in range(chance.randrange(1, 4))
    ]  # fmt: skip
    document = {"id": name, "title": name, "widgets": widgets}
    found = await crowd.ask("GET", f"/dashboards/{name}")
    if found.status_code == 404:
        await crowd.ask("POST", "/dashboards?publish=true", document)
        return
    match = {"If-Match": found.headers["etag"]}
    changed = await crowd.ask("PUT", f"/dashboards/{name}", document, **match)
    if changed.status_code == 200:
        await crowd.ask("POST", f"/dashboards/{name}/publish", **{"If-Match": changed.headers["etag"]})
    if name == "other" and chance.random() < 0.2:
        await crowd.ask("DELETE", "/dashboards/other", **{"If-Match": changed.headers.get("etag", '"none"')})
    await crowd.ask("GET", f"/dashboards/{name}/versions")


async def keep(crowd: Crowd, chance: random.Random) -> None:
    made = await crowd.ask("POST", "/tokens", {"name": "till", "role": "viewer"})
    await crowd.ask("GET", "/audit?limit=5")
    await crowd.ask("GET", "/cache")
    await crowd.ask("POST", "/cache/clear", {})
    erased = {"stream": f"s{chance.randrange(12)}", "field": f"f{chance.randrange(12)}", "value": chance.randrange(9)}
    await crowd.ask("POST", "/erasures", erased)
    if made.status_code == 201:
        await crowd.ask("DELETE", f"/tokens/{made.json()['token']['id']}")
    for path in ("/metrics", "/health/ready"):
        answer = await crowd.http.get(path)
        if answer.status_code != 200:
            crowd.wrong.append(f"{path}: {answer.status_code} {answer.text}")


ACTORS: list[tuple[Callable[[Crowd, random.Random], Awaitable[None]], int]] = [
    (produce, 3),
    (invent, 1),
    (question, 2),
    (watch, 4),
    (define, 1),
    (design, 2),
    (keep, 1),
]


@pytest.mark.usefixtures("quick_turns")
async def test_many_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    seed = random.randrange(1 << 30)
    app = make_app(data=tmp_path, requests_admin=0)
    async with serving(app) as served, AsyncExitStack() as stack:
        token = await make_token(app)
        options: dict[str, Any] = {"base_url": served.url, "timeout": 60, "trust_env": False}
        http = await stack.enter_async_context(
            httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, **options)
        )
        crowd = Crowd(served, token, http)
        await define(crowd, random.Random(seed))
        assert (await crowd.ask("POST", "/streams", ORDERS)).status_code == 201
        await define(crowd, random.Random(seed))
        assert crowd.wrong == []
        screens = [await crowd.socket(stack) for _ in FINAL]
        for screen, query in zip(screens, FINAL, strict=True):
            await screen.say(type="subscribe", id="q", query=query)
            await screen.hear("snapshot", 30)

        async def act(actor: Callable[[Crowd, random.Random], Awaitable[None]], chance: random.Random) -> None:
            while crowd.on:
                await actor(crowd, chance)

        async with asyncio.TaskGroup() as group:
            looking = [group.create_task(look(screen, crowd)) for screen in screens]
            acting = [
                asyncio.create_task(act(actor, random.Random(f"{seed} {actor.__name__} {number}")))
                for actor, times in ACTORS
                for number in range(times)
            ]
            await asyncio.gather(*acting)
            assert crowd.wrong == [], f"seed {seed}"
            for screen, query in zip(screens, FINAL, strict=True):
                await same(crowd, screen, query)
            for task in looking:
                task.cancel()
        counted = await crowd.ask("POST", "/query", {"query": COUNT})
        assert counted.json()["rows"] == [[crowd.acknowledged]], f"seed {seed}"
    assert crowd.done > 300
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == [], f"seed {seed}"


async def look(screen: SocketClient, crowd: Crowd) -> None:
    """Take what comes and answer pings, as a page does."""
    while True:
        await screen.step()
        for message in screen.messages:
            if message["type"] == "ping":
                await screen.say(type="pong")
            elif message["type"] in ("error", "failed"):
                crowd.wrong.append(str(message))
        screen.messages.clear()


async def same(crowd: Crowd, screen: SocketClient, query: dict[str, Any]) -> None:
    """Wait until a screen shows what a fresh answer says; SQL is run again at its own pace."""
    if "sql" in query:
        await screen.say(type="refresh", id="q")
    async with asyncio.timeout(30):
        while True:
            fresh = await crowd.ask("POST", "/query", {"query": query})
            if sorted(map(str, fresh.json()["rows"])) == sorted(map(str, screen.rows())):
                return
            await asyncio.sleep(0.05)
