"""uvicorn for our application: tells when it is up, and stops in the right order."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import uvicorn
from fastapi import FastAPI

from nowboard.hub.hub import Hub
from nowboard.web.live_server import LiveServer
from nowboard.web.opening import OPENING, OpeningLimits, make_http_protocol


@dataclass(frozen=True)
class ServerOptions:
    """Where to listen; `patience` is the number of seconds that open requests get when stopping.

    `opening` bounds how long a client may take to send its request.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    trusted_proxies: str = "127.0.0.1"
    patience: float = 8.0
    backlog: int = 4096
    opening: OpeningLimits = OPENING


class Server(LiveServer):
    """Calls `when_started` once requests are taken, and `when_stopping` before it waits for the last ones."""

    def __init__(self, config: uvicorn.Config, hub: Hub, when_stopping: Callable[[], object]) -> None:
        super().__init__(config, hub)
        self._when_stopping = when_stopping
        self._when_started: Callable[[], object] | None = None

    def when_started(self, call: Callable[[], object]) -> None:
        """Call `call` on the event loop as soon as requests are taken."""
        self._when_started = call

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """See `uvicorn.Server.startup`."""
        await super().startup(sockets)
        if self.started and self._when_started is not None:
            self._when_started()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """As uvicorn does, without raising the signal again at the end: being told to stop is no failure."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        former = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See `uvicorn.Server.shutdown`."""
        self._when_stopping()
        await super().shutdown(sockets)


KEEP_ALIVE_SECONDS: Final = 75
"""Longer than the 60 s of common reverse proxies, so that it is the proxy that closes an idle connection, not we."""


def make_server(
    api: FastAPI,
    hub: Hub,
    websocket: type[asyncio.Protocol],
    when_stopping: Callable[[], object],
    options: ServerOptions,
) -> Server:
    """The server of `api`: uvloop and httptools where there are, and our own sockets."""
    config = uvicorn.Config(
        api,
        host=options.host,
        port=options.port,
        http=make_http_protocol(options.opening),
        ws=websocket,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=options.trusted_proxies,
        timeout_graceful_shutdown=max(1, round(options.patience)),
        backlog=options.backlog,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    return Server(config, hub, when_stopping)
