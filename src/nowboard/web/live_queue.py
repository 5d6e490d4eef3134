"""The hub's end of transports that fetch: server-sent events, long poll and Socket.IO."""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec

from nowboard.hub.connection import Connection
from nowboard.hub.payload import Payload
from nowboard.model.wire import Notice

HIGH_WATER: Final = 64 * 1024
"""Bytes in the queue from which a viewer counts as slow; the same as a socket's."""


class QueueSink:
    """A bounded queue of payloads. Beyond `HIGH_WATER` the session pauses, and later gets the newest state instead."""

    __slots__ = ("_bytes", "_paused", "_payloads", "_ready", "connection", "ended")

    def __init__(self) -> None:
        self._payloads: list[Payload] = []
        self._bytes = 0
        self._ready = asyncio.Event()
        self._paused = False
        self.connection: Connection | None = None
        self.ended = False
        """Whether the session is over; what is still queued ends with a `bye`."""

    def attach(self, connection: Connection) -> None:
        """Say whose sink this is, right after the hub made the session."""
        self.connection = connection

    def send(self, payload: Payload) -> None:
        self._payloads.append(payload)
        self._bytes += payload.size
        self._ready.set()
        if self._bytes > HIGH_WATER:
            self.pause()

    def frame_writer(self) -> None:
        return None

    def buffered(self) -> int:
        return self._bytes

    def close(self, code: int, reason: str) -> None:
        bye = Notice(kind="bye", message=reason, data={"code": code})
        self.send(Payload((msgspec.json.encode(bye),)))
        self.ended = True

    def pause(self) -> None:
        """Take no more for now."""
        if self.connection is not None and not self._paused:
            self._paused = True
            self.connection.pause()

    def resume(self) -> None:
        """Take more; what the session is owed is queued by the time this returns."""
        if self.connection is not None and self._paused:
            self._paused = False
            self.connection.resume()

    async def take(self, timeout: float) -> list[Payload]:  # noqa: ASYNC109 - running out of time is an answer here
        """Everything queued, waiting up to `timeout` seconds for something; an empty list when nothing came."""
        if not self._payloads:
            self.resume()
        if not self._payloads and not self.ended:
            try:
                async with asyncio.timeout(timeout):
                    await self._ready.wait()
            except TimeoutError:
                return []
        taken, self._payloads = self._payloads, []
        self._bytes = 0
        self._ready.clear()
        return taken
