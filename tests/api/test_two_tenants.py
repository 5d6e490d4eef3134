"""C13, C24, C25, C29 on every transport: tenant A is sent nothing of tenant B, whatever it asks."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Protocol

import httpx
import msgspec
import pyarrow as pa
import pytest
from websockets.asyncio.client import connect

from nowboard.app import App
from nowboard.clock import ManualClock
from nowboard.model.events import Definition
from nowboard.testing import Served, make_app, serving, started
from tests.api.live import Client, SocketClient
from tests.api.tenants import API, found_organisation, token_of
from tests.api.test_live_fallbacks import Poller, SocketIo, Stream
from tests.query.tenants import CANARIES, CANARY_TIME, NOW, SCOPE, Asker, contents, has_canary

TRANSPORTS = ("websocket", "sse", "poll", "socketio")
QUICK = pytest.param(60, id="quick")
LONG = pytest.param(6_000, id="long", marks=pytest.mark.slow)
TALK = pytest.param(30, id="quick")
VIEWERS = 4
"""At once: most of a transport's time is waiting."""
LONG_TALK = pytest.param(1_000, id="long", marks=pytest.mark.slow)
"""6,000 queries and 1,000 subscriptions on each of the four transports are 10,000 altogether."""


async def fill(app: App, *, with_b: bool) -> str:
    """Put a world into a started app; returns a token of tenant A."""
    for content in contents(with_b=with_b):
        await (app.engine.define([content]) if isinstance(content, Definition) else app.engine.append(content))
    transport = httpx.ASGITransport(app.api)
    headers = {"authorization": f"Bearer {await token_of(app, 'main', 'admin')}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://b.test", headers=headers) as admin:
        await found_organisation(admin, "a", msgspec.to_builtins(SCOPE))
    return await token_of(app, "a", "analyst")


def client_of(app: App, token: str) -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {token}"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app.api), base_url="http://b.test", headers=headers)


@asynccontextmanager
async def both_worlds(clock: ManualClock | None = None) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """Tenant A's clients of a server with both tenants, and of one where B never was."""
    async with AsyncExitStack() as stack:
        clients = []
        for with_b in (True, False):
            app = await stack.enter_async_context(started(make_app(clock=clock)))
            # hashed masks are salted by each installation
            app.engine.runner.preparer._salt = "pepper"
            clients.append(await stack.enter_async_context(client_of(app, await fill(app, with_b=with_b))))
        yield clients[0], clients[1]


def leaks(shown: object, asked: object) -> list[str]:
    """Canaries in what was shown that the asker did not bring along."""
    text = (shown.decode("utf-8", "replace") if isinstance(shown, bytes) else str(shown)).lower()
    return [canary for canary in CANARIES if canary in text and canary not in str(asked).lower()]


def content(answer: httpx.Response, form: str) -> object:
    """What an answer says, apart from where the journal stands and how long it took."""
    if answer.status_code != 200 or form == "json":
        data = answer.json()
        found = data.get("error", data)
        aside = {"offset", "epoch", "elapsed_ms", "request_id", "as_of", "rows", "mode"}
        return {name: value for name, value in found.items() if name not in aside} | {"rows": settled(found)}
    if form == "arrow":
        table = pa.ipc.open_stream(answer.content).read_all()
        return [table.column_names, settled({"rows": [list(row.values()) for row in table.to_pylist()]})]
    return sorted(answer.text.splitlines())


def settled(found: dict[str, Any]) -> list[Any]:
    def rounded(value: Any) -> Any:
        return float(f"{value:.9g}") if isinstance(value, float) and math.isfinite(value) else value

    return sorted(([rounded(value) for value in row] for row in found.get("rows", ())), key=repr)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("count", [QUICK, LONG])
async def test_http_answers_are_those_of_a_world_without_b(count: int) -> None:
    async with both_worlds(ManualClock(NOW)) as (both, alone):
        for number, (query, filters) in enumerate(Asker(100).questions(count)):
            form = ("json", "csv", "arrow")[number % 3]
            body = {"query": query, "filters": filters, "format": form}
            with_b, without = [await each.post(f"{API}/query", json=body) for each in (both, alone)]
            assert with_b.status_code == without.status_code, (query, with_b.text)
            shown = content(with_b, form)
            # csv prints every digit of a float, and sums differ in the last ones
            assert form == "csv" or shown == content(without, form), (query, filters)
            assert len(with_b.content.splitlines()) == len(without.content.splitlines())
            assert not leaks([shown, dict(with_b.headers)], body), body


async def test_everything_else_that_can_be_read_is_free_of_canaries() -> None:
    async with both_worlds() as (both, alone):
        for path in ("/streams", "/streams/visits", "/streams/ledger", "/tables", "/tables/places", "/tables/vaults",
            "/metrics", "/dashboards", "/permissions", "/sessions/current"):  # fmt: skip
            with_b, without = [await each.get(API + path) for each in (both, alone)]
            assert with_b.status_code == without.status_code
            same = [{**each.json().get("error", each.json()), "request_id": "", "id": ""} for each in (with_b, without)]
            assert same[0] == same[1], path
            assert not leaks([with_b.text, dict(with_b.headers)], path)


class Carrier(Protocol):
    """A live client of any transport."""

    messages: list[dict[str, Any]]

    async def say(self, **message: Any) -> None: ...

    async def step(self) -> None: ...


class Events(Stream):
    """Server-sent events that also say something."""

    def __init__(self, response: httpx.Response, http: httpx.AsyncClient) -> None:
        super().__init__(response)
        self._http = http

    async def say(self, **message: Any) -> None:
        (await self._http.post(f"/{self.messages[0]['session']}", json=[message])).raise_for_status()


class Io(SocketIo):
    """Socket.IO that is read step by step."""

    async def say(self, **message: Any) -> None:
        await self.io.emit("message", message)

    async def step(self) -> None:
        count = len(self.messages)
        async with asyncio.timeout(10):
            while len(self.messages) == count:  # noqa: ASYNC110 - the client offers no event
                await asyncio.sleep(0.002)


@asynccontextmanager
async def carrying(kind: str, served: Served, token: str) -> AsyncIterator[Carrier]:
    headers = {"Authorization": f"Bearer {token}"}
    base = f"{served.url}{API}/live"
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(
            httpx.AsyncClient(base_url=base, headers=headers, timeout=30, trust_env=False)
        )
        client: Any
        if kind == "websocket":
            url = base.replace("http", "ws", 1)
            client = SocketClient(await stack.enter_async_context(connect(url, additional_headers=headers, proxy=None)))
        elif kind == "sse":
            client = Events(await stack.enter_async_context(http.stream("GET", "/sse")), http)
        elif kind == "poll":
            client = Poller(http)
        else:
            client = Io()
            await client.io.connect(served.url, headers=headers, transports=["websocket"])
            stack.push_async_callback(client.io.shutdown)
        while not client.messages:
            await client.step()
        yield client


async def told(client: Carrier, query: dict[str, Any], filters: dict[str, Any]) -> dict[str, Any]:
    """Subscribe in place of what was subscribed before; the first frame, or the error."""
    before = len(client.messages)
    await client.say(type="subscribe", id="q", query=query, filters=filters)

    def of(kind: str) -> list[dict[str, Any]]:
        return [each for each in client.messages[before:] if each["type"] == kind]

    async with asyncio.timeout(20):
        while not (of("subscribed") or of("error")):
            await client.step()
        if of("error"):
            return {"error": {name: of("error")[0].get(name) for name in ("code", "message", "detail")}}
        channel = of("subscribed")[0]["channels"][0]
        if channel.get("error"):
            return {"error": {name: channel["error"].get(name) for name in ("code", "message", "detail")}}
        while not [each for each in of("snapshot") if each["channel"] == channel["channel"]]:
            await client.step()
    frame = [each for each in of("snapshot") if each["channel"] == channel["channel"]][-1]
    return {"rows": settled(frame), "columns": [each["name"] for each in frame["columns"]]}


def timeless(query: dict[str, Any]) -> dict[str, Any]:
    """The question without what depends on the clock, which both worlds read at another instant."""
    if "sql" in query:
        return query
    return {name: value for name, value in query.items() if name not in ("grain", "fill", "compare")} | {
        "window": {"all": True}
    }


@pytest.mark.timeout(600)
@pytest.mark.parametrize("count", [TALK, LONG_TALK])
@pytest.mark.parametrize("kind", TRANSPORTS)
async def test_live_frames_are_those_of_a_world_without_b(kind: str, count: int) -> None:
    async with AsyncExitStack() as stack:
        worlds: list[tuple[Served, str]] = []
        for with_b in (True, False):
            app = make_app()
            app.engine.runner.preparer._salt = "pepper"
            served = await stack.enter_async_context(serving(app))
            worlds.append((served, await fill(app, with_b=with_b)))
        questions = iter(Asker(200 + TRANSPORTS.index(kind)).questions(count))

        async def viewer() -> int:
            """Asks both worlds what no other viewer asked."""
            asked = 0
            async with carrying(kind, *worlds[0]) as both, carrying(kind, *worlds[1]) as alone:
                for question, filters in questions:
                    query, before = timeless(question), len(both.messages)
                    shown, expected = await asyncio.gather(*(told(each, query, filters) for each in (both, alone)))
                    assert shown == expected, (query, filters)
                    assert not leaks([shown, both.messages[before:]], (query, filters)), query
                    asked += 1
            return asked

        assert sum(await asyncio.gather(*(viewer() for _ in range(VIEWERS)))) == count


def visit(tenant: str, **values: Any) -> dict[str, Any]:
    return {"ts": "2024-03-09T15:00:00Z", "tenant": tenant, "site": "a1", "qty": 1, **values}


CANARY = visit("canary-b", person="Canary", email="canary@example.org", qty=7_771_777, seen=CANARY_TIME // 1000)


@pytest.mark.parametrize("kind", TRANSPORTS)
async def test_events_of_b_move_nothing_of_a(kind: str) -> None:
    """C25: live queries, hub channels and resume tails of one scope never carry frames of another."""
    query = {
        "stream": "visits",
        "measures": ["count(*)", "max(qty)"],
        "by": ["tenant", "person", "place.city"],
        "window": {"all": True},
    }
    app = make_app()
    async with serving(app) as served, AsyncExitStack() as stack:
        token = await fill(app, with_b=True)
        admin_token = await token_of(app, "main")
        admin = await stack.enter_async_context(client_of(app, admin_token))
        mine = await stack.enter_async_context(carrying(kind, served, token))
        theirs = await stack.enter_async_context(carrying(kind, served, admin_token))
        await told(mine, query, {})
        await told(theirs, query, {})
        for number in range(5):
            await admin.post(
                f"{API}/streams/visits/events", json=[CANARY, visit("a", person=f"Zoe {number}", site="b1")]
            )
        await until(mine, lambda shown: "Z***" in shown)
        await until(theirs, lambda shown: "Zoe 4" in shown)
        # the live join of each shows the rows of the table that its scope shows
        assert "canary city" in str([each for each in theirs.messages if each["type"] == "delta"])
        assert not has_canary(mine.messages)
        names = [each["channels"][0]["channel"] for client in (mine, theirs) for each in client.messages
                 if each["type"] == "subscribed"]  # fmt: skip
        assert len(set(names)) == 2
        # a foreign channel's name opens nothing: what is resumed is one's own
        await mine.say(type="subscribe", id="r", query=query, resume={names[1]: [app.engine.status().epoch, 1]})
        await until(
            mine, lambda _: any(each.get("id") == "r" for each in mine.messages if each["type"] == "subscribed")
        )
        last = [each for each in mine.messages if each["type"] == "subscribed"][-1]
        assert last["channels"][0]["channel"] == names[0]
        assert not has_canary(mine.messages)


async def until(client: Carrier, condition: Callable[[str], bool]) -> None:
    async with asyncio.timeout(15):
        while not condition(str(client.messages)):
            await client.step()


async def test_answers_of_one_scope_are_not_kept_for_another() -> None:
    """C25: the cache and single flight, with the same question by both at the same time."""
    query = {"stream": "visits", "measures": ["count(*)"], "by": ["tenant"], "window": {"all": True}}
    async with started(make_app()) as app:
        token = await fill(app, with_b=True)
        async with client_of(app, token) as mine, client_of(app, await token_of(app, "main")) as admin:
            answers = await asyncio.gather(
                *(each.post(f"{API}/query", json={"query": query}) for _ in range(10) for each in (mine, admin))
            )
            for place, answer in enumerate(answers):
                assert has_canary(answer.text) is bool(place % 2)
            again = await mine.post(f"{API}/query", json={"query": query})
            assert (again.json()["mode"], has_canary(again.text)) == ("cached", False)


async def test_notices_of_dashboards_stay_in_their_organisation() -> None:
    """Both have a dashboard of the same id; publishing one tells nobody of the other."""
    document = {"id": "overview", "title": "Overview", "widgets": []}
    app = make_app()
    async with serving(app) as served, AsyncExitStack() as stack:
        await fill(app, with_b=True)
        tokens = [await token_of(app, organisation, "admin") for organisation in ("a", "main")]
        clients = [await stack.enter_async_context(client_of(app, token)) for token in tokens]
        etags = []
        for client in clients:
            answer = await client.put(f"{API}/dashboards/overview?publish=true", json=document)
            assert answer.status_code == 200, answer.text
            etags.append(answer.headers["etag"])
        watching = [await stack.enter_async_context(carrying("websocket", served, token)) for token in tokens]
        for each in watching:
            await each.say(type="subscribe", id="d", dashboard="overview")
            await until(each, lambda shown: "subscribed" in shown)
        changed, read = {**document, "title": "Canary"}, {"if-match": etags[1]}
        await clients[1].put(f"{API}/dashboards/overview?publish=true", json=changed, headers=read)
        await until(watching[1], lambda shown: "published" in shown)
        await watching[0].say(type="ping")
        await until(watching[0], lambda shown: "pong" in shown)
        assert "published" not in str(watching[0].messages)


def test_clients_are_real() -> None:
    assert all(issubclass(kind, Client) for kind in (SocketClient, Events, Poller, Io))
