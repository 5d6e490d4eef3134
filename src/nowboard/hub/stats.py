"""What the hub counts; `web` exports it."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

LATENCY_BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the latency buckets in seconds; 30 ms and 100 ms, the promises, lie between two of them."""


class Histogram:
    """Counts by upper bound, with sum and count, as Prometheus has them."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: tuple[float, ...] = LATENCY_BOUNDS) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float, times: int = 1) -> None:
        """Count `value` (seconds) `times` times."""
        self.counts[bisect_left(self.bounds, value)] += times
        self.sum += value * times

    @property
    def count(self) -> int:
        return sum(self.counts)


class HubStats:
    """Counters since the start; `sessions` and `channels` are of now."""

    __slots__ = (
        "bytes_sent", "channels", "closed", "conflations", "deliveries", "encodes", "messages_received", "opened",
        "paint", "push", "recovered", "resumed", "sessions", "snapshots", "updates",
    )  # fmt: skip

    def __init__(self) -> None:
        self.updates = 0
        """Updates that the engine published for a channel of the hub."""
        self.encodes = 0
        """Frames encoded: one per channel and tick, whatever the audience."""
        self.snapshots = 0
        """Those of them that were snapshots."""
        self.deliveries: dict[str, int] = {}
        """Writes to viewers, by transport."""
        self.bytes_sent: dict[str, int] = {}
        """Bytes of messages handed to viewers, by transport."""
        self.conflations = 0
        """Updates that reached a viewer merged into another one."""
        self.messages_received = 0
        self.opened: dict[str, int] = {}
        """Sessions begun, by transport."""
        self.closed: dict[int, int] = {}
        """Sessions ended, by close code; 1000 where the viewer left."""
        self.resumed = 0
        """Subscriptions that came with positions, and of them …"""
        self.recovered = 0
        """… those that got the whole tail."""
        self.sessions: dict[str, int] = {}
        self.channels = 0
        self.push = Histogram()
        """From the receipt of the oldest event in an update to its write to viewers."""
        self.paint = Histogram()
        """From the receipt of the oldest event in an update to a viewer's `seen`."""
