"""Server-sent events, long poll and Socket.IO: the same messages, the same numbers."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import socketio

from nowboard.hub.limits import HubLimits
from tests.api.live import BEARER, BY_CARRIER, BY_ORIGIN, Client, LiveSite, SocketClient, eventually, live_site

AA, UA = ({"carrier": name, "origin": "JFK"} for name in ("AA", "UA"))
QUERY = json.dumps(BY_ORIGIN)


class Stream(Client):
    """A client over server-sent events."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__()
        self._lines = response.aiter_lines()
        self.last_id = ""
        self.comments = 0

    async def step(self) -> None:
        """Take one event or comment."""
        async with asyncio.timeout(5):
            while line := await anext(self._lines):
                name, _, value = line.partition(": ")
                if name == "id":
                    self.last_id = value
                elif name == "data":
                    self.take(json.loads(value))
                elif not name:
                    self.comments += 1

    async def to_the_end(self) -> None:
        """Take events until the server ends the stream."""
        with contextlib.suppress(StopAsyncIteration):
            while True:
                await self.step()

    async def until(self, rows: list[list[Any]], widget: str | None = None) -> None:
        while self.channels.get(str(widget)) not in self.held or self.rows(widget) != rows:
            await self.step()


class Poller(Client):
    """A client that polls."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        super().__init__()
        self._http = http
        self.session = ""

    async def step(self) -> None:
        """One poll."""
        answer = await self._http.get("/poll", params={"session": self.session} if self.session else {})
        self.take(answer.raise_for_status().json())
        self.session = self.session or self.messages[0]["session"]

    async def say(self, **message: Any) -> None:
        (await self._http.post(f"/{self.session}", json=[message])).raise_for_status()

    async def until(self, rows: list[list[Any]], widget: str | None = None) -> None:
        async with asyncio.timeout(5):
            while self.channels.get(str(widget)) not in self.held or self.rows(widget) != rows:
                await self.step()


@pytest.fixture
async def site() -> AsyncIterator[LiveSite]:
    async with live_site(HubLimits(heartbeat=0.3, resolution=0.05)) as running:
        yield running


async def test_events_subscribe_by_url_and_by_message(site: LiveSite) -> None:
    site.engine.add((AA, 1.0))
    async with site.http() as http, http.stream("GET", "/sse", params={"dashboard": "board"}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        stream = Stream(response)
        await stream.until([["JFK", 1]], "origin")
        assert stream.messages[0]["type"] == "welcome"
        assert stream.last_id == "e1:1"
        site.engine.add((UA, 1.0))
        await stream.until([["JFK", 2]], "origin")
        assert stream.last_id == "e1:2"
        session = stream.messages[0]["session"]
        posted = await http.post(f"/{session}", json=[{"type": "subscribe", "id": "q", "query": BY_CARRIER}])
        assert posted.status_code == 204
        await stream.until([["AA", 1, 1.0], ["UA", 1, 1.0]])


async def test_last_event_id_resumes_or_starts_anew(site: LiveSite) -> None:
    async with site.http() as http:
        async with http.stream("GET", "/sse", params={"query": QUERY}) as response:
            stream = Stream(response)
            await stream.until([])
            site.engine.add((AA, 1.0))
            await stream.until([["JFK", 1]])
        site.engine.add((UA, 1.0))
        site.engine.add(({"origin": "EWR"}, 1.0))
        again = {"Last-Event-ID": stream.last_id}
        async with http.stream("GET", "/sse", params={"query": QUERY}, headers=again) as response:
            back = Stream(response)
            back.held = dict(stream.held)
            await back.until([["EWR", 1], ["JFK", 2]])
            assert back.of("subscribed")[0]["recovered"] is True
            assert not back.of("snapshot")
        for other in ("e0:1", "e1:-4", "garbage", "e1:0"):
            async with http.stream(
                "GET", "/sse", params={"query": QUERY}, headers={"Last-Event-ID": other}
            ) as response:
                fresh = Stream(response)
                await fresh.until([["EWR", 1], ["JFK", 2]])
                assert fresh.of("subscribed")[0].get("recovered", False) is False


async def test_silence_is_filled_with_comments_and_leaving_ends_the_session(site: LiveSite) -> None:
    async with site.http() as http:
        async with http.stream("GET", "/sse") as response:
            stream = Stream(response)
            while stream.comments < 2:
                await stream.step()
            assert site.hub.stats.sessions == {"sse": 1}
        await eventually(lambda: not site.hub.stats.sessions["sse"])


async def test_sessions_belong_to_their_principal(site: LiveSite) -> None:
    async with site.http() as ann, site.http(headers={"Authorization": "Bearer bob"}) as bob:
        poller = Poller(ann)
        await poller.step()
        path, ping = f"/{poller.session}", [{"type": "ping"}]
        assert (await bob.post(path, json=ping)).status_code == 404
        assert (await bob.get("/poll", params={"session": poller.session})).status_code == 404
        assert (await ann.post("/unknown", json=ping)).status_code == 404
        async with site.socket() as socket:
            over_socket = (await SocketClient(socket).hear("welcome"))["session"]
            assert (await ann.post(f"/{over_socket}", json=ping)).status_code == 404
        await poller.say(type="ping")
        await poller.step()
        assert poller.of("pong")


async def test_origins_and_credentials_hold_for_http_too(site: LiveSite) -> None:
    async with site.http(headers={}) as http:
        cookie = {"Cookie": "session=ann"}
        assert (await http.get("/sse")).status_code == 401
        assert (await http.get("/poll", headers=cookie)).status_code == 403
        assert (await http.get("/poll", headers=cookie | {"Origin": "https://evil.example"})).status_code == 403
        opened = await http.get("/poll", headers=cookie | {"Origin": f"http://127.0.0.1:{site.port}"})
        path = f"/{opened.json()[0]['session']}"
        foreign = cookie | {"Origin": "https://evil.example"}
        assert (await http.post(path, json=[{"type": "ping"}], headers=foreign)).status_code == 403


async def test_a_body_over_the_cap_is_413_and_a_bad_url_400(site: LiveSite) -> None:
    async with site.http() as http:
        poller = Poller(http)
        await poller.step()
        body, headers = b"[" + b" " * 65536 + b"]", {"content-type": "application/json"}
        assert (await http.post(f"/{poller.session}", content=body, headers=headers)).status_code == 413
        assert (await http.get("/sse", params={"query": "{"})).status_code == 400
        assert (await http.get("/sse", params={"dashboard": "board", "filters": "[1]"})).status_code == 400


async def test_polls_wait_and_merge_what_happened_in_between(site: LiveSite) -> None:
    async with site.http() as http:
        poller = Poller(http)
        await poller.step()
        await poller.say(type="subscribe", id="s", query=BY_ORIGIN)
        await poller.until([])
        waiting = asyncio.create_task(poller.until([["JFK", 1]]))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        site.engine.add((AA, 1.0))
        await waiting
        for _ in range(5):
            site.engine.add((AA, 1.0))
            await asyncio.sleep(0.01)
        await poller.until([["JFK", 6]])
        assert [each.get("conflated", 0) for each in poller.of("delta")] == [0, 4]


async def test_a_newer_poll_ends_an_older_one(site: LiveSite) -> None:
    async with site.http() as http:
        poller = Poller(http)
        await poller.step()
        older = asyncio.create_task(http.get("/poll", params={"session": poller.session}))
        await asyncio.sleep(0.05)
        newer = asyncio.create_task(http.get("/poll", params={"session": poller.session}))
        assert (await older).json() == []
        await poller.say(type="ping")
        assert (await newer).json() == [{"type": "pong"}]


async def test_a_session_that_nobody_polls_expires() -> None:
    async with live_site(HubLimits(poll_expiry=0.1)) as site, site.http() as http:
        poller = Poller(http)
        await poller.step()
        await asyncio.sleep(0.3)
        assert site.hub.stats.sessions == {"poll": 0}
        assert (await http.get("/poll", params={"session": poller.session})).status_code == 404


async def test_shutdown_says_bye_to_events_and_polls(site: LiveSite) -> None:
    async with site.http() as http, http.stream("GET", "/sse") as response:
        stream, poller = Stream(response), Poller(http)
        await stream.step()
        await poller.step()
        waiting = asyncio.create_task(poller.step())
        await asyncio.sleep(0.05)
        site.server.should_exit = True
        await stream.to_the_end()
        await waiting
        for client in (stream, poller):
            assert client.of("notice")[-1]["data"] == {"code": 1012}


class SocketIo(Client):
    """A Socket.IO client."""

    def __init__(self) -> None:
        super().__init__()
        self.io = socketio.AsyncClient(reconnection=False)
        self.io.on("message", self.take)

    async def until(self, rows: list[list[Any]], widget: str | None = None) -> None:
        await eventually(lambda: self.channels.get(str(widget)) in self.held and self.rows(widget) == rows)


async def test_socketio_carries_the_same_messages(site: LiveSite) -> None:
    client = SocketIo()
    await client.io.connect(f"http://127.0.0.1:{site.port}", headers=BEARER, transports=["websocket"])
    await client.io.emit("message", {"type": "subscribe", "id": "s", "query": BY_ORIGIN})
    await client.until([])
    site.engine.add((AA, 1.0))
    await client.until([["JFK", 1]])
    await client.io.emit("message", [{"type": "update", "id": "s", "filters": {"origin": ["EWR"]}}])
    await client.until([])
    site.hub.revoke("ann")
    async with asyncio.timeout(5):
        await client.io.wait()
    assert client.of("notice")[-1]["data"] == {"code": 4403}
    assert site.hub.stats.sessions == {"socketio": 0}
    await client.io.shutdown()


class EnginePolling:
    """Engine.IO over HTTP by hand: `0` opens, `40` joins, `42` is an event, `44` a refusal."""

    def __init__(self, site: LiveSite, headers: dict[str, str]) -> None:
        base = f"http://127.0.0.1:{site.port}/socket.io/"
        self._http = httpx.AsyncClient(base_url=base, headers=headers, trust_env=False, timeout=10)
        self._params = {"EIO": "4", "transport": "polling"}
        self._packets: list[str] = []

    async def open(self) -> httpx.Response:
        answer = await self._http.get("", params=self._params)
        if answer.status_code == 200:
            self._params["sid"] = json.loads(answer.text[1:])["sid"]
        return answer

    async def send(self, packet: str) -> None:
        (await self._http.post("", params=self._params, content=packet)).raise_for_status()

    async def receive(self, start: str) -> str:
        """The next packet that begins so."""
        async with asyncio.timeout(5):
            while True:
                while self._packets:
                    packet = self._packets.pop(0)
                    if packet.startswith(start):
                        return packet.removeprefix(start)
                    if packet == "2":
                        await self.send("3")
                self._packets = (await self._http.get("", params=self._params)).text.split("\x1e")

    async def close(self) -> None:
        if "sid" in self._params:
            await self.send("1")
        await self._http.aclose()


async def test_socketio_works_without_sockets(site: LiveSite) -> None:
    polling = EnginePolling(site, BEARER)
    await polling.open()
    await polling.send("40")
    await polling.receive("40")
    assert json.loads(await polling.receive("42"))[1][0]["type"] == "welcome"
    await polling.send('42["message",{"type":"ping"}]')
    assert json.loads(await polling.receive("42")) == ["message", [{"type": "pong"}]]
    await polling.close()


@pytest.mark.parametrize("headers", [{}, {"Cookie": "session=ann"}])
async def test_socketio_refuses_strangers(site: LiveSite, headers: dict[str, str]) -> None:
    polling = EnginePolling(site, headers)
    await polling.open()
    await polling.send("40")
    refusal = json.loads(await polling.receive("44"))
    assert refusal["data"]["error"]["code"] in {"unauthenticated", "bad_origin"}
    assert not site.hub.stats.sessions
    await polling.close()


async def test_socketio_refuses_foreign_pages(site: LiveSite) -> None:
    polling = EnginePolling(site, {"Cookie": "session=ann", "Origin": "https://evil.example"})
    assert (await polling.open()).status_code == 400
    await polling.close()


async def test_all_transports_show_the_same(site: LiveSite) -> None:
    io = SocketIo()
    async with (
        site.socket() as socket,
        site.http() as http,
        http.stream("GET", "/sse", params={"dashboard": "board"}) as response,
    ):
        over_socket, stream, poller = SocketClient(socket), Stream(response), Poller(http)
        await io.io.connect(f"http://127.0.0.1:{site.port}", auth={"ticket": "ann"}, transports=["websocket"])
        subscribe = {"type": "subscribe", "id": "1", "dashboard": "board"}
        await io.io.emit("message", subscribe)
        await over_socket.say(**subscribe)
        await poller.step()
        await poller.say(**subscribe)
        for count in range(1, 8):
            site.engine.add((AA, 1.0), (UA, 0.5))
            for client in (over_socket, stream, poller, io):
                await client.until([[2 * count]], "total")
        held = [client.held for client in (over_socket, stream, poller, io)]
        assert held[0] == held[1] == held[2] == held[3]
        assert set(site.hub.stats.deliveries) == {"websocket", "sse", "poll", "socketio"}
        await io.io.disconnect()
        await io.io.shutdown()
