"""How long a client may take to say what it wants: uvicorn itself would wait for ever.

A connection that does not finish the head of its request in time is closed, and so is one whose body comes in more
slowly than a floor. Nothing is timed while a request is answered, or while we are the ones who do not read.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

_TIMEOUT: Final = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


@dataclass(frozen=True)
class OpeningLimits:
    """`head` is the number of seconds until the head of a request must be there, counted from the connection or from
    its first byte. Of an unfinished body at least `body_rate` bytes a second must come in, seen over `window` seconds.
    """

    head: float = 10.0
    body_rate: float = 500.0
    window: float = 10.0


OPENING: Final = OpeningLimits()
"""The limits of a server that is given no others."""


class _Awaited(Enum):
    """What the client has still to send."""

    NOTHING = 0
    HEAD = 1
    BODY = 2


class OpeningProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, which does not wait for ever.

    A timer runs only while something is awaited, so a request that comes in one piece costs none.
    """

    limits = OPENING

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._awaited = _Awaited.NOTHING
        self._timer: asyncio.TimerHandle | None = None
        self._timed = _Awaited.NOTHING
        self._begun = False
        self._received = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        super().connection_made(transport)
        self._awaited = _Awaited.HEAD
        self._time()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._begun = True
        self._received += len(data)
        cycle: RequestResponseCycle | None = self.cycle
        if self._awaited is _Awaited.NOTHING and (cycle is None or cycle.response_complete):
            self._awaited = _Awaited.HEAD  # also for empty lines, of which the parser says nothing
        super().data_received(data)
        if self._awaited is not self._timed:
            self._time()

    def on_message_begin(self) -> None:
        self._awaited = _Awaited.HEAD
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._awaited = _Awaited.BODY
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._awaited = _Awaited.NOTHING
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """From here on the socket's own protocol keeps the time."""
        self._awaited = _Awaited.NOTHING
        self._stop()
        super().handle_websocket_upgrade()

    def _time(self) -> None:
        """Let the timer run for what is awaited now."""
        self._stop()
        if self.transport.is_closing():
            return
        if self._awaited is _Awaited.HEAD:
            self._timer = self.loop.call_later(self.limits.head, self._give_up)
        elif self._awaited is _Awaited.BODY:
            self._received = 0
            self._timer = self.loop.call_later(self.limits.window, self._look_at_body)
        self._timed = self._awaited

    def _stop(self) -> None:
        self._timed = _Awaited.NOTHING
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look_at_body(self) -> None:
        enough = self._received >= self.limits.body_rate * self.limits.window
        if enough or self.flow.read_paused:
            self._time()
        else:
            self._give_up()

    def _give_up(self) -> None:
        """Say so where somebody began to speak and nothing was answered yet, and close."""
        self._stop()
        cycle: RequestResponseCycle | None = self.cycle
        answering = cycle is not None and cycle.response_started and not cycle.response_complete
        if self._begun and not answering:
            self.transport.write(_TIMEOUT)
        self.transport.close()


def make_http_protocol(limits: OpeningLimits) -> type[asyncio.Protocol]:
    """A class for uvicorn's `http` setting."""
    return type("Opening", (OpeningProtocol,), {"limits": limits})
