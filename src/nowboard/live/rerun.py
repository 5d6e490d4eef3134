"""When a query that cannot be maintained is run again: only when its streams moved, and never for most of the time."""

from __future__ import annotations

from nowboard.clock import Micros
from nowboard.live.limits import LiveLimits


class Rerun:
    """The pace of one query. Times are seconds of a monotonic clock; `next_change` is an instant.

    `moved` says that the answer may have changed since the last run started.
    """

    def __init__(self, limits: LiveLimits) -> None:
        self.moved = True
        self.running = False
        self.next_change: Micros | None = None
        self._limits = limits
        self._not_before = 0.0

    def due(self, monotonic: float, now: Micros) -> bool:
        """Whether to run now."""
        stepped = self.next_change is not None and now >= self.next_change
        return (self.moved or stepped) and not self.running and monotonic >= self._not_before

    def pause(self, monotonic: float) -> float:
        """Seconds until it may run again; infinite when nothing asks for that."""
        if not self.moved or self.running:
            return float("inf")
        return max(0.0, self._not_before - monotonic)

    def start(self) -> None:
        """A run begins: what moves from now on asks for another one."""
        self.running, self.moved = True, False

    def finish(self, monotonic: float, cost: float) -> None:
        """A run of `cost` seconds ended; the next one waits in proportion."""
        self.running = False
        self._not_before = monotonic + max(self._limits.requery_pause, self._limits.requery_share * cost)
