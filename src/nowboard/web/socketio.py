"""Socket.IO clients, served at their own path over the same sessions.

The event `message` carries protocol messages both ways: an object or an array of them. A ticket goes into the handshake
(`auth: {ticket}`), a token into the `Authorization` header; browsers are known by their cookie.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import socketio
from starlette.types import ASGIApp

from nowboard.access.origins import check_origin
from nowboard.errors import Forbidden, NowboardError
from nowboard.hub.hub import Hub
from nowboard.web.live_access import LiveAccess
from nowboard.web.live_queue import QueueSink

SOCKETIO_PATH: Final = "/socket.io"
_ROOM: Final = "/"
_IDLE: Final = 3600.0
_TURNS: Final = 100


class _Json:
    """JSON for python-socketio that lets frames through which the hub has encoded already."""

    @staticmethod
    def dumps(data: Any, **_: Any) -> str:
        return msgspec.json.encode(data).decode()

    @staticmethod
    def loads(text: str | bytes) -> Any:
        try:
            return msgspec.json.decode(text)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise ValueError(str(error)) from error


class _Server(socketio.AsyncServer):  # type: ignore[misc] # the library has no types
    """Socket.IO's server, which ends transports that opened and then did not say who they are."""

    def __init__(self, handshake: float, **options: Any) -> None:
        super().__init__(**options)
        self._handshake = handshake
        self._waiting: set[asyncio.Task[None]] = set()

    async def _handle_eio_connect(self, eio_sid: str, environ: Mapping[str, Any]) -> None:
        """A transport has opened; the library itself would wait for its `connect` for ever."""
        await super()._handle_eio_connect(eio_sid, environ)
        task = asyncio.create_task(self._end_unless_connected(eio_sid))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _end_unless_connected(self, eio_sid: str) -> None:
        await asyncio.sleep(self._handshake)
        if self.manager.sid_from_eio_sid(eio_sid, _ROOM) is not None:
            return
        held = self.eio.sockets.pop(eio_sid, None)
        if held is not None:
            await held.close(wait=False)
            await held.queue.put(None)  # ends the writer and with it the socket, whether or not the client listens


def make_socketio(hub: Hub, access: LiveAccess, *, handshake: float = 10.0) -> ASGIApp:
    """An ASGI app for HTTP and sockets under `/socket.io`. `handshake` is how many seconds a client has to sign in."""
    limits = hub.limits
    server = _Server(
        handshake,
        async_mode="asgi",
        cors_allowed_origins=lambda origin, environ: _may_come(access, origin, environ),
        json=_Json,
        max_http_buffer_size=limits.message_bytes,
        ping_interval=limits.heartbeat,
        ping_timeout=limits.timeout,
    )
    rooms = _Sessions(server, hub, access)
    server.on("connect", rooms.connect)
    server.on("message", rooms.message)
    server.on("disconnect", rooms.disconnect)
    app: ASGIApp = socketio.ASGIApp(server, socketio_path=None)
    return app


class SocketIoSink(QueueSink):
    """A queue that a task of its own empties into Socket.IO, one write at a time."""

    __slots__ = ("task",)

    def __init__(self) -> None:
        super().__init__()
        self.task: asyncio.Task[None] | None = None


class _Sessions:
    """Socket.IO's sessions and ours, by Socket.IO's id."""

    def __init__(self, server: socketio.AsyncServer, hub: Hub, access: LiveAccess) -> None:
        self._server = server
        self._hub = hub
        self._access = access
        self._sinks: dict[str, SocketIoSink] = {}

    async def connect(self, sid: str, environ: Mapping[str, Any], auth: Any = None) -> None:
        """Let a client in, or refuse it with an error of the usual shape."""
        headers = _headers(environ)
        ticket = auth.get("ticket") if isinstance(auth, dict) else None
        query = f"ticket={ticket}" if isinstance(ticket, str) else environ.get("QUERY_STRING", "")
        sink = SocketIoSink()
        try:
            principal = await self._access.principal(headers, query)
            connection = self._hub.connect(principal, sink, "socketio", heartbeat=False)
        except NowboardError as error:
            told = {"code": error.code, "message": error.message, "retry": error.retry}
            raise socketio.exceptions.ConnectionRefusedError(error.message, {"error": told}) from error
        sink.attach(connection)
        self._sinks[sid] = sink
        sink.task = asyncio.create_task(self._pump(sid, sink))

    async def message(self, sid: str, data: Any = None) -> None:
        """Protocol messages of a client."""
        sink = self._sinks.get(sid)
        if sink is not None and sink.connection is not None:
            text = data if isinstance(data, str) else msgspec.json.encode(data)
            sink.connection.receive(text)

    async def disconnect(self, sid: str, reason: Any = None) -> None:  # noqa: ARG002 - Socket.IO says why
        """The client is gone."""
        sink = self._sinks.pop(sid, None)
        if sink is None:
            return
        if sink.connection is not None:
            sink.connection.left()
        if sink.task is not None and sink.task is not asyncio.current_task():
            sink.task.cancel()

    async def _pump(self, sid: str, sink: SocketIoSink) -> None:
        for _ in range(_TURNS):  # the answer to the handshake goes first
            if self._server.manager.is_connected(sid, _ROOM):
                break
            await asyncio.sleep(0)
        ended = False
        while not ended:
            payloads = await sink.take(_IDLE)
            ended = sink.ended
            messages = [msgspec.Raw(message) for payload in payloads for message in payload.messages]
            if messages:
                await self._server.emit("message", messages, to=sid)
                await self._taken(sid)
        await self._server.disconnect(sid)

    async def _taken(self, sid: str) -> None:
        """Wait until the transport has taken what was written, so that no backlog builds up in it."""
        transport = self._server.manager.eio_sid_from_sid(sid, _ROOM)
        held = self._server.eio.sockets.get(transport)
        if held is not None:
            await held.queue.join()


def _may_come(access: LiveAccess, origin: str | None, environ: Mapping[str, Any]) -> bool:
    try:
        check_origin({"origin": origin or "", "host": str(environ.get("HTTP_HOST", ""))}, access.origins)
    except Forbidden:
        return False
    return True


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    prefix = "HTTP_"
    return {
        name.removeprefix(prefix).replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith(prefix)
    }
