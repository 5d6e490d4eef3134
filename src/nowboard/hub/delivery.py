"""From moved channels to bytes on transports."""

from __future__ import annotations

from collections.abc import Mapping

from nowboard.clock import SECOND, Clock
from nowboard.hub.audience import Audience, Audiences
from nowboard.hub.channel import Channel
from nowboard.hub.channels import Channels
from nowboard.hub.connection import Connection
from nowboard.hub.limits import HubLimits
from nowboard.hub.payload import Payload
from nowboard.hub.stats import HubStats
from nowboard.model.frames import Update


class Delivery:
    """Viewers in step share one payload per set of moved channels; the others are served from their cursors."""

    def __init__(self, channels: Channels, clock: Clock, limits: HubLimits, stats: HubStats) -> None:
        self._channels = channels
        self._clock = clock
        self._limits = limits
        self._stats = stats
        self._audiences = Audiences()
        self._held: set[Connection] = set()

    def deliver(self, updates: list[Update]) -> None:
        """Take a batch of updates and send everyone what it means to them."""
        moved = self._channels.receive(updates)
        touched: dict[Audience, list[Channel]] = {}
        for channel in moved:
            for audience in channel.audiences:
                touched.setdefault(audience, []).append(channel)
        payloads: dict[tuple[Channel, ...], Payload] = {}
        for audience, channels in touched.items():
            behind = tuple(audience.behind)  # before the shared write, which may fill transports and move viewers here
            self._share(audience, tuple(channels), moved, payloads)
            for connection in behind:
                connection.session.miss((channel, moved[channel]) for channel in channels)
                self.serve(connection)
        self._observe_push(updates, moved)

    def serve(self, connection: Connection) -> None:
        """Send a viewer what it is owed and may have now, as long as its transport takes more."""
        session, sink = connection.session, connection.sink
        while connection.writable and session.lag:
            room = self._limits.buffered_bytes - sink.buffered()
            frames, merged = session.collect(room, self._clock.monotonic())
            if not frames:
                break
            self.send(connection, Payload(frames, None if session.lag else self._channels.position))
            self._stats.conflations += merged
        self.settle(connection)

    def send(self, connection: Connection, payload: Payload) -> None:
        """Write to one viewer and count it."""
        connection.sink.send(payload)
        self._count(connection.transport, payload, 1)

    def settle(self, connection: Connection) -> None:
        """Note whether a viewer takes part in shared writes, and whether it waits for its next turn."""
        self._audiences.settle(connection)
        if connection.writable and connection.session.lag and not connection.closed:
            self._held.add(connection)
        else:
            self._held.discard(connection)

    def move(self, connection: Connection) -> None:
        """A viewer's subscriptions changed."""
        self._audiences.move(connection)
        self.settle(connection)

    def forget(self, connection: Connection) -> None:
        """A viewer is gone."""
        self._audiences.leave(connection)
        self._held.discard(connection)

    def serve_held(self) -> float | None:
        """Serve viewers whose interval has passed; returns when the next one's does (monotonic seconds)."""
        now = self._clock.monotonic()
        soonest: float | None = None
        for connection in tuple(self._held):
            due = connection.session.next_due()
            if due is not None and due <= now:
                self.serve(connection)
                due = connection.session.next_due() if connection in self._held else None
            if due is not None and (soonest is None or due < soonest):
                soonest = due
        return soonest

    def _share(
        self,
        audience: Audience,
        channels: tuple[Channel, ...],
        moved: Mapping[Channel, int],
        payloads: dict[tuple[Channel, ...], Payload],
    ) -> None:
        if not audience.ready:
            return
        payload = payloads.get(channels)
        if payload is None:
            frames = [channel.frame(moved[channel])[0] for channel in channels]
            payload = payloads[channels] = Payload(frames, self._channels.position)
        count = audience.send(payload)
        self._count(audience.transport, payload, count)
        merged = sum(channel.head - moved[channel] - 1 for channel in channels)
        self._stats.conflations += merged * count

    def _count(self, transport: str, payload: Payload, times: int) -> None:
        stats = self._stats
        stats.deliveries[transport] = stats.deliveries.get(transport, 0) + times
        stats.bytes_sent[transport] = stats.bytes_sent.get(transport, 0) + times * payload.size

    def _observe_push(self, updates: list[Update], moved: Mapping[Channel, int]) -> None:
        watched = {self._channels.source_of(channel) for channel in moved if channel.audiences}
        now = self._clock.now()
        for update in updates:
            if update.ingested_at is not None and update.channel in watched:
                self._stats.push.observe(max(0, now - update.ingested_at) / SECOND)
