"""How long a stream keeps its events, over HTTP: what is past its retention is gone from every answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from nowboard.clock import HOUR, MINUTE, ManualClock
from nowboard.testing import Served, make_app, make_token, serving
from tests.api.live import SocketClient

API = "/api/v1"
FIELDS = {"at": "timestamp", "channel": "string", "total": "float"}
KEPT = {"name": "kept", "time": "at", "fields": FIELDS, "retention": "1h"}
EVERY = {"name": "every", "time": "at", "fields": FIELDS}


class Site:
    """A served app whose clock stands still until it is told to move."""

    def __init__(self, served: Served, clock: ManualClock, client: httpx.AsyncClient, token: str) -> None:
        self.served, self.clock, self.client, self.token = served, clock, client, token

    async def send(self, stream: str, *ages: int) -> None:
        """One request with an event of each age, in microseconds."""
        now = self.clock.now()
        events = [{"at": (now - age) // 1000, "channel": "web", "total": 1.0} for age in ages]
        answer = await self.client.post(f"{API}/streams/{stream}/events", json=events)
        assert (answer.status_code, answer.json()["accepted"]) == (200, len(ages)), answer.text

    async def count(self, stream: str, **members: Any) -> int:
        """What a metric query counts; SQL and the stream itself must say the same."""
        query = {"stream": stream, "measures": ["count(*)"], "window": {"all": True}, **members}
        metric = (await self.client.post(f"{API}/query", json={"query": query})).json()["rows"][0][0]
        sql = {"sql": f"select count(*) as n from {stream}"}
        assert (await self.client.post(f"{API}/query", json={"query": sql})).json()["rows"] == [[metric]]
        assert (await self.client.get(f"{API}/streams/{stream}")).json()["rows"] == metric
        return int(metric)

    async def sweep(self) -> None:
        await self.served.app.engine.sweep()


@asynccontextmanager
async def running(clock: ManualClock, data: Path | None = None) -> AsyncIterator[Site]:
    async with serving(make_app(clock=clock, data=data)) as served:
        token = await make_token(served.app)
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=served.url, headers=headers, trust_env=False) as client:
            yield Site(served, clock, client, token)


def remove_store(data: Path) -> None:
    files = list(data.glob("store*"))
    assert files
    for file in files:
        file.unlink()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with running(ManualClock()) as made:
        for stream in (KEPT, EVERY):
            assert (await made.client.post(f"{API}/streams", json=stream)).status_code == 201
        yield made


async def test_events_past_it_disappear_from_every_answer_and_others_stay(site: Site) -> None:
    assert (await site.client.get(f"{API}/streams/kept")).json()["retention"] == "1h"
    for stream in ("kept", "every"):
        await site.send(stream, 50 * MINUTE, 0)
        await site.send(stream, 40 * MINUTE)
    await site.sweep()
    assert [await site.count(stream) for stream in ("kept", "every")] == [3, 3]
    site.clock.advance(15 * MINUTE)
    await site.sweep()
    assert [await site.count(stream) for stream in ("kept", "every")] == [2, 3], "also where a result was cached"
    site.clock.advance(5 * MINUTE)
    await site.sweep()
    assert await site.count("kept") == 2, "an event that is just as old stays"
    site.clock.advance(1)
    await site.sweep()
    assert await site.count("kept") == 1
    site.clock.advance(HOUR)
    await site.sweep()
    assert [await site.count(stream) for stream in ("kept", "every")] == [0, 3]


async def test_open_screens_lose_them_too(site: Site) -> None:
    await site.send("kept", 50 * MINUTE, 0)
    headers = {"authorization": f"Bearer {site.token}"}
    url = f"ws://127.0.0.1:{site.served.port}{API}/live"
    async with connect(url, additional_headers=headers, proxy=None) as socket:
        client = SocketClient(socket)
        query = {"stream": "kept", "measures": ["count(*)", "max(total)"], "window": {"all": True}}
        await client.say(type="subscribe", id="1", query=query)
        await client.until([[2, 1.0]])
        site.clock.advance(15 * MINUTE)
        await site.sweep()
        await client.until([[1, 1.0]])
        await site.send("kept", 0)
        await client.until([[2, 1.0]])


async def test_what_arrives_too_old_goes_with_the_next_sweep(site: Site) -> None:
    await site.send("kept", 2 * HOUR, 0)
    assert await site.count("kept") == 2
    await site.sweep()
    assert await site.count("kept") == 1


async def test_it_can_be_changed_and_given_up(site: Site) -> None:
    await site.send("kept", 50 * MINUTE, 20 * MINUTE, 0)
    longer = {**KEPT, "retention": "2h"}
    assert (await site.client.put(f"{API}/streams/kept", json=longer)).status_code == 200
    site.clock.advance(30 * MINUTE)
    await site.sweep()
    assert await site.count("kept") == 3
    shorter = {**KEPT, "retention": "1h"}
    assert (await site.client.put(f"{API}/streams/kept", json=shorter)).status_code == 200
    await site.sweep()
    assert await site.count("kept") == 2
    for_ever = {name: value for name, value in KEPT.items() if name != "retention"}
    assert (await site.client.put(f"{API}/streams/kept", json=for_ever)).status_code == 200
    site.clock.advance(100 * HOUR)
    await site.sweep()
    assert await site.count("kept") == 2


@pytest.mark.parametrize("store", ["kept", "rebuilt"])
async def test_they_do_not_come_back_with_a_restart(tmp_path: Path, store: str) -> None:
    clock = ManualClock()
    async with running(clock, tmp_path) as site:
        assert (await site.client.post(f"{API}/streams", json=KEPT)).status_code == 201
        await site.send("kept", 50 * MINUTE)
        await site.send("kept", 0)
        clock.advance(15 * MINUTE)
        await site.sweep()
        assert await site.count("kept") == 1
    if store == "rebuilt":
        remove_store(tmp_path)
    async with running(clock, tmp_path) as site:
        assert await site.count("kept") == 1
