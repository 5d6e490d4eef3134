"""A session with its transport."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from nowboard.hub.audience import Audience
from nowboard.hub.commands import Request
from nowboard.hub.interface import Sink
from nowboard.hub.session import Session

if TYPE_CHECKING:
    from nowboard.hub.hub import Hub


class Connection:
    """What a transport holds. It reports what happens to it and gets its bytes through its `Sink`.

    All methods are called from the event loop, return at once and may be called again after the end.
    """

    __slots__ = ("_hub", "audience", "closed", "queue", "session", "sink", "task", "transport", "writable")

    def __init__(self, hub: Hub, session: Session, sink: Sink, transport: str) -> None:
        self._hub = hub
        self.session = session
        self.sink = sink
        self.transport = transport
        self.audience: Audience | None = None
        self.writable = True
        self.closed = False
        self.queue: deque[Request] | None = None
        """Requests that wait for their turn; None when there are none, which spares idle viewers the memory."""
        self.task: asyncio.Task[None] | None = None

    def receive(self, data: bytes | str) -> None:
        """The client sent a transport message."""
        if not self.closed:
            self._hub.received(self, data)

    def pause(self) -> None:
        """The transport holds enough: nothing more until `resume`."""
        if not self.closed:
            self._hub.paused(self)

    def resume(self) -> None:
        """The transport takes more; what is owed comes now, in its newest state."""
        if not self.closed:
            self._hub.resumed(self)

    def left(self) -> None:
        """The transport is gone."""
        if not self.closed:
            self._hub.ended(self, 1000)

    def end(self, code: int, reason: str) -> None:
        """End the session with a close code."""
        if not self.closed:
            self._hub.end(self, code, reason)
