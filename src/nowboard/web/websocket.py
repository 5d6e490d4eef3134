"""The WebSocket entry: a class for uvicorn's `ws` setting that sends each path to who serves it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from nowboard.hub.hub import Hub
from nowboard.web.live_access import LiveAccess
from nowboard.web.live_socket import LOG, LiveProtocol, SocketLimits

_Socket = LiveProtocol | WebSocketsSansIOProtocol


class _Doorway(asyncio.Protocol):
    """Looks at the request line and hands the transport to who serves that path; uvicorn gives it the whole request."""

    def __init__(self, choose: Callable[[bytes], _Socket]) -> None:
        self._choose = choose
        self._inner: _Socket | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._inner is None and self._transport is not None:
            self._inner = self._choose(data)
            self._inner.connection_made(self._transport)
            # uvicorn sets us as the transport's protocol after this call, so stepping aside has to wait for it
            asyncio.get_running_loop().call_soon(self._transport.set_protocol, self._inner)
        if self._inner is not None:
            self._inner.data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._inner is not None:
            self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        if self._inner is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._inner is not None:
            self._inner.resume_writing()


def make_websocket_protocol(
    hub: Hub, access: LiveAccess, *, limits: SocketLimits | None = None, others: Sequence[str] = ()
) -> type[asyncio.Protocol]:
    """A class for uvicorn's `ws` setting. Paths that begin with one of `others` get uvicorn's own ASGI socket."""
    bounds = limits or SocketLimits()
    if LOG.level == logging.NOTSET:  # the core writes a line per connection, which the hub's counters say better
        LOG.setLevel(logging.WARNING)
    prefixes = tuple(f"GET {path}".encode() for path in others)

    class Doorway(_Doorway):
        """uvicorn makes one of these for each upgrade request."""

        def __init__(self, config: Config, server_state: ServerState, app_state: dict[str, Any]) -> None:
            def choose(request: bytes) -> _Socket:
                if prefixes and request.startswith(prefixes):
                    return WebSocketsSansIOProtocol(config, server_state, app_state)
                return LiveProtocol(hub, access, bounds, config.root_path, server_state)

            super().__init__(choose)

    return Doorway
