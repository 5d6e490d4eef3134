"""Viewers that watch the same channels over the same transport: they are sent the same bytes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from nowboard.hub.channel import Channel
from nowboard.hub.interface import FrameWriter
from nowboard.hub.payload import Payload

if TYPE_CHECKING:
    from nowboard.hub.connection import Connection

_log: Final = logging.getLogger(__name__)


class Audience:
    """`ready` viewers hold everything and can take more; those `behind` are served one by one from their cursors."""

    __slots__ = ("behind", "channels", "ready", "transport")

    def __init__(self, channels: frozenset[Channel], transport: str) -> None:
        self.channels = channels
        self.transport = transport
        self.ready: dict[Connection, FrameWriter | None] = {}
        self.behind: set[Connection] = set()

    def send(self, payload: Payload) -> int:
        """Write one payload to everyone who is ready; returns to how many."""
        ready, writers = tuple(self.ready), tuple(self.ready.values())  # a full transport leaves them while we write
        frame = None if None in writers else payload.frame
        for connection, write in zip(ready, writers, strict=True):
            try:
                if write is None or frame is None:
                    connection.sink.send(payload)
                else:
                    write(frame)
            except Exception:  # noqa: BLE001 - whatever is wrong with one transport, the others get their numbers
                _log.exception("a %s transport failed", self.transport)
                connection.end(1011, "the transport failed")
        return len(ready)


class Audiences:
    """Every audience, by what it watches."""

    __slots__ = ("_by_key",)

    def __init__(self) -> None:
        self._by_key: dict[tuple[frozenset[Channel], str], Audience] = {}

    def move(self, connection: Connection) -> None:
        """Put a viewer where it belongs now, after its subscriptions changed."""
        self.leave(connection)
        channels = frozenset(connection.session.channels)
        if not channels:
            return
        key = (channels, connection.transport)
        audience = self._by_key.get(key)
        if audience is None:
            audience = self._by_key[key] = Audience(*key)
            for channel in channels:
                channel.audiences.add(audience)
        connection.audience = audience
        self.settle(connection)

    def settle(self, connection: Connection) -> None:
        """Let a viewer take part in shared writes exactly while it is in step and its transport takes more."""
        audience = connection.audience
        if audience is None:
            return
        if connection.writable and connection.session.in_step:
            audience.behind.discard(connection)
            if connection not in audience.ready:
                audience.ready[connection] = connection.sink.frame_writer()
        else:
            audience.ready.pop(connection, None)
            audience.behind.add(connection)

    def leave(self, connection: Connection) -> None:
        """Take a viewer out; an audience without viewers is forgotten."""
        audience, connection.audience = connection.audience, None
        if audience is None:
            return
        audience.ready.pop(connection, None)
        audience.behind.discard(connection)
        if not audience.ready and not audience.behind:
            del self._by_key[(audience.channels, audience.transport)]
            for channel in audience.channels:
                channel.audiences.discard(audience)
