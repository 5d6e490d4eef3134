"""A real server with the live transports on an ephemeral port, over the tiny engine."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from nowboard.clock import SystemClock
from nowboard.errors import NowboardError, Unauthenticated
from nowboard.hub.hub import Hub
from nowboard.hub.limits import HubLimits
from nowboard.hub.reducer import reduce
from nowboard.model.frames import Change, Result
from nowboard.model.principals import ROLES, Principal, PrincipalKind
from nowboard.model.scopes import EVERYTHING
from nowboard.web.live_access import LiveAccess
from nowboard.web.live_server import LiveServer
from nowboard.web.live_sessions import live_routes
from nowboard.web.live_socket import SocketLimits
from nowboard.web.socketio import SOCKETIO_PATH, make_socketio
from nowboard.web.websocket import make_websocket_protocol
from tests.hub.engine import TinyEngine
from tests.hub.resolver import DictResolver

BY_CARRIER = {"stream": "events", "measures": ["n", "total"], "by": ["carrier"], "order": ["-n"], "limit": 5}
BY_ORIGIN = {"stream": "events", "measures": ["n"], "by": ["origin"]}
TOTAL = {"stream": "events", "measures": ["n"]}
BOARDS = {
    "board": {"carrier": BY_CARRIER, "origin": BY_ORIGIN, "total": TOTAL, "sql": {"sql": "carrier"}},
    "broken": {"good": TOTAL, "bad": {"stream": "nowhere", "measures": ["n"]}, "worse": {"sream": "events"}},
}
BEARER = {"Authorization": "Bearer ann"}
ANN, BOB = (Principal(PrincipalKind.TOKEN, name, name, "admin", ROLES["admin"], EVERYTHING) for name in ("ann", "bob"))


async def authenticate(headers: Mapping[str, str], ticket: str | None) -> Principal:
    """Ann and Bob, by token, ticket or cookie; never by a cookie beside another credential. `slow` hangs."""
    given = headers.get("authorization", "").removeprefix("Bearer ") or ticket
    if given is None:
        given = headers.get("cookie", "").removeprefix("session=")
    if given == "slow":
        await asyncio.sleep(60)
    found = {"ann": ANN, "bob": BOB}.get(given)
    if found is None:
        raise Unauthenticated("sign in")
    return found


@dataclass
class LiveSite:
    """A running server."""

    engine: TinyEngine
    resolver: DictResolver
    hub: Hub
    server: LiveServer
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1/live"

    def socket(self, query: str = "", **options: Any) -> connect:
        """A WebSocket client, as Ann unless `additional_headers` say otherwise."""
        options.setdefault("additional_headers", BEARER)
        return connect(f"ws://127.0.0.1:{self.port}/api/v1/live{query}", compression=None, proxy=None, **options)

    def http(self, **options: Any) -> httpx.AsyncClient:
        options.setdefault("headers", BEARER)
        return httpx.AsyncClient(base_url=self.url, timeout=30, trust_env=False, **options)


@contextlib.asynccontextmanager
async def live_site(limits: HubLimits | None = None, sockets: SocketLimits | None = None) -> AsyncIterator[LiveSite]:
    """Serve until the block ends."""
    engine = TinyEngine()
    resolver = DictResolver(BOARDS)
    hub = Hub(engine, resolver, clock=SystemClock(), limits=limits)
    engine.publish = hub.publish
    hub.start()
    access = LiveAccess(authenticate, frozenset({"https://friend.example"}))
    app = Starlette(
        routes=[
            *live_routes(hub, access),
            Mount(SOCKETIO_PATH, make_socketio(hub, access, handshake=(sockets or SocketLimits()).handshake)),
        ],
        exception_handlers={NowboardError: _shape},
    )
    config = uvicorn.Config(
        app,
        ws=make_websocket_protocol(hub, access, limits=sockets, others=(SOCKETIO_PATH,)),
        lifespan="off",
        log_level="warning",
        timeout_graceful_shutdown=5,
    )
    server = LiveServer(config, hub)
    listener = socket.create_server(("127.0.0.1", 0))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await eventually(lambda: server.started)
    try:
        yield LiveSite(engine, resolver, hub, server, listener.getsockname()[1])
    finally:
        server.should_exit = True
        await task
        await hub.stop()


async def _shape(_: Request, error: Exception) -> Response:
    assert isinstance(error, NowboardError)
    return JSONResponse({"error": {"code": error.code, "message": error.message}}, error.status)


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait until something that other tasks bring about is so."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event to offer
            await asyncio.sleep(0.005)


async def close_code(socket: ClientConnection) -> int | None:
    """Read to the end; how the server closed."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            await socket.recv()
    return socket.close_code


class Client:
    """What a client holds: results by channel, kept by the rules of the protocol."""

    def __init__(self) -> None:
        self.held: dict[str, Result] = {}
        self.messages: list[dict[str, Any]] = []
        self.channels: dict[str, str] = {}
        """Channels by widget."""

    def take(self, messages: Iterable[dict[str, Any]]) -> None:
        """Apply what the server sent."""
        for message in messages:
            self.messages.append(message)
            kind = message["type"]
            if kind == "subscribed":
                self.channels = {str(each.get("widget")): each["channel"] for each in message["channels"]}
            elif kind == "snapshot":
                self.held[message["channel"]] = msgspec.convert(message, Result)
            elif kind == "delta":
                change = msgspec.convert(message, Change)
                self.held[message["channel"]] = reduce(self.held[message["channel"]], change)

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Every message of a type, in order."""
        return [message for message in self.messages if message["type"] == kind]

    def rows(self, widget: str | None = None) -> list[list[Any]]:
        """The rows of a widget's channel, or of the query's."""
        return [list(row) for row in self.held[self.channels[str(widget)]].rows]

    def positions(self) -> dict[str, tuple[str, int]]:
        """What `resume` takes."""
        return {channel: (result.epoch, result.offset) for channel, result in self.held.items()}


class SocketClient(Client):
    """A client over a WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        super().__init__()
        self.socket = socket

    async def say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def hear(self, kind: str, timeout: float = 5.0) -> dict[str, Any]:  # noqa: ASYNC109 - a deadline for tests
        """Take messages until one of this type has come; returns it."""
        count = len(self.of(kind))
        async with asyncio.timeout(timeout):
            while len(self.of(kind)) == count:
                await self.step()
        return self.of(kind)[-1]

    async def step(self) -> None:
        """Take one transport message."""
        data = json.loads(await self.socket.recv())
        self.take(data if isinstance(data, list) else [data])

    async def until(self, rows: list[list[Any]], widget: str | None = None) -> None:
        """Take messages until a widget shows these rows."""
        async with asyncio.timeout(5):
            while self.channels.get(str(widget)) not in self.held or self.rows(widget) != rows:
                await self.step()
