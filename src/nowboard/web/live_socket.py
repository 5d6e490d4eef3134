"""The WebSocket transport: an asyncio protocol over websockets' sans-I/O core.

Frames that many viewers share are built once by the hub and go straight to the socket's transport; no task, queue or
ASGI message stands in between.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from nowboard.errors import NowboardError
from nowboard.hub.connection import Connection
from nowboard.hub.hub import Hub
from nowboard.hub.interface import FrameWriter
from nowboard.hub.payload import Payload
from nowboard.model.wire import CloseCode
from nowboard.web.live_access import BAD_ORIGIN, LiveAccess

LIVE_PATH: Final = "/api/v1/live"

LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """Bounds of one socket. Sizes in bytes, times in seconds."""

    handshake: float = 10.0
    """How long authentication may take."""
    closing: float = 5.0
    """How long a client may take to answer a close before the connection is cut."""
    high_water: int = 64 * 1024
    """Bytes in our own buffer from which a viewer counts as slow."""
    kernel_buffer: int = 128 * 1024
    """The kernel's send buffer, so that the newest state does not queue behind megabytes."""
    unsent: int = 16 * 1024
    """Unsent bytes from which the kernel takes no more (TCP_NOTSENT_LOWAT)."""


class LiveProtocol(asyncio.Protocol):
    """One WebSocket at `/api/v1/live`. It is the `Sink` of its session."""

    __slots__ = (
        "_access", "_closing", "_conn", "_connection", "_fragments", "_hub", "_limits", "_loop", "_path",
        "_server_connections", "_task", "_timer", "_transport",
    )  # fmt: skip

    def __init__(
        self, hub: Hub, access: LiveAccess, limits: SocketLimits, root_path: str, server_state: ServerState
    ) -> None:
        self._hub = hub
        self._access = access
        self._limits = limits
        self._path = root_path + LIVE_PATH
        self._server_connections = cast(
            "set[asyncio.Protocol]", server_state.connections
        )  # typed for uvicorn's classes
        self._loop = asyncio.get_running_loop()
        self._conn = ServerProtocol(max_size=hub.limits.message_bytes, logger=LOG)
        self._connection: Connection | None = None
        self._transport: asyncio.Transport | None = None
        self._fragments: list[bytes] | None = None
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._closing = False

    # --- what the loop calls ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        stream = cast("asyncio.Transport", transport)
        self._transport = stream
        self._server_connections.add(self)
        stream.set_write_buffer_limits(high=self._limits.high_water)
        _tune(stream.get_extra_info("socket"), self._limits)
        self._timer = self._loop.call_later(self._limits.handshake, stream.abort)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio calls it
        self._server_connections.discard(self)
        self._cancel_timer()
        if self._task is not None:
            self._task.cancel()
        if self._connection is not None:
            self._connection.left()
        self._connection = self._transport = None

    def data_received(self, data: bytes) -> None:
        self._conn.receive_data(data)
        events = self._conn.events_received()
        self._flush()
        for event in events:
            if isinstance(event, Request):
                self._cancel_timer()  # signing in has a time limit of its own, at which the client is told
                self._task = self._loop.create_task(self._open(event))
            elif isinstance(event, Frame):
                self._take(event)
        if self._conn.parser_exc is not None:  # the core has answered with a close frame of its own
            self._cut_soon()

    def eof_received(self) -> None:
        return None

    def pause_writing(self) -> None:
        if self._connection is not None and self._transport is not None:
            self._transport.pause_reading()  # who does not read is not answered either
            self._connection.pause()

    def resume_writing(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()
            if self._connection is not None:
                self._connection.resume()

    def shutdown(self) -> None:
        """uvicorn stops: tell the viewer to come back."""
        if self._connection is not None:
            self._connection.end(CloseCode.RESTART, "the server restarts")
        elif self._transport is not None:
            self._transport.close()

    # --- what the hub calls ---

    def send(self, payload: Payload) -> None:
        if self._transport is not None:
            self._transport.write(payload.frame)

    def frame_writer(self) -> FrameWriter | None:
        return None if self._transport is None else self._transport.write

    def buffered(self) -> int:
        return self._transport.get_write_buffer_size() if self._transport is not None else 0

    def close(self, code: int, reason: str) -> None:
        self._connection = None
        if self._conn.state is State.OPEN:
            self._conn.send_close(code, reason)
            self._flush()
        if self._transport is not None:
            self._transport.resume_reading()
        self._cut_soon()

    # --- the handshake ---

    async def _open(self, request: Request) -> None:
        path, _, query = request.path.partition("?")
        headers = {name.lower(): value for name, value in request.headers.raw_items()}
        try:
            async with asyncio.timeout(self._limits.handshake):
                if path != self._path:
                    self._refuse(404, "There is no socket here.\n")
                else:
                    await self._let_in(request, headers, query)
        except TimeoutError:
            self._refuse(503, "The server is too busy to sign you in.\n")
        finally:
            self._task = None

    async def _let_in(self, request: Request, headers: Mapping[str, str], query: str) -> None:
        try:
            principal = await self._access.principal(headers, query)
        except NowboardError as error:
            if error.code == BAD_ORIGIN:
                self._refuse(403, error.message + "\n")
            elif self._accept(request):
                self.close(error.close_code, error.message[:120])
            return
        if self._transport is None or not self._accept(request):
            return
        self._cancel_timer()
        try:
            self._connection = self._hub.connect(principal, self, "websocket")
        except NowboardError as error:
            self.close(error.close_code, error.message[:120])

    def _accept(self, request: Request) -> bool:
        response = self._conn.accept(request)
        self._conn.send_response(response)
        self._flush()
        if response.status_code != 101:
            self._cut_soon()
        return response.status_code == 101

    def _refuse(self, status: int, text: str) -> None:
        if self._conn.state is State.CONNECTING:
            self._conn.send_response(self._conn.reject(status, text))
            self._flush()
        self._cut_soon()

    # --- frames ---

    def _take(self, frame: Frame) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY):
            self._fragments = None if frame.fin else [bytes(frame.data)]
            if frame.fin:
                self._received(bytes(frame.data))
        elif frame.opcode is Opcode.CONT and self._fragments is not None:
            self._fragments.append(bytes(frame.data))
            if frame.fin:
                whole, self._fragments = b"".join(self._fragments), None
                self._received(whole)
        elif frame.opcode is Opcode.CLOSE:
            self._cut_soon()

    def _received(self, data: bytes) -> None:
        if self._connection is not None:
            self._connection.receive(data)

    def _flush(self) -> None:
        """Write what the sans-I/O core has to say; an empty piece means: end the stream."""
        transport = self._transport
        for piece in self._conn.data_to_send():
            if transport is None or transport.is_closing():
                return
            if piece:
                transport.write(piece)
            else:
                transport.close()

    def _cut_soon(self) -> None:
        """Nothing more is said: the connection may linger for `closing` seconds, then it is cut."""
        if self._connection is not None:
            self._connection.left()
            self._connection = None
        if self._transport is None or self._closing:
            return
        self._closing = True
        self._cancel_timer()
        self._timer = self._loop.call_later(self._limits.closing, self._transport.abort)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _tune(sock: socket.socket | None, limits: SocketLimits) -> None:
    """Keep the kernel from queueing more than a viewer can use; options that a system lacks are left alone."""
    if sock is None:
        return
    lowat = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, limits.kernel_buffer)
        if lowat is not None:
            sock.setsockopt(socket.IPPROTO_TCP, lowat, limits.unsent)
