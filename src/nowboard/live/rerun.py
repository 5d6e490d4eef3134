"""When a query that cannot be maintained is run again: only when its streams moved, and never for most of the time."""

from __future__ import annotations

from typing import Final

from nowboard.clock import Micros
from nowboard.live.limits import LiveLimits

_NEVER: Final = float("inf")


class Rerun:
    """The pace of one query. Times are seconds of a monotonic clock; `next_change` is an instant.

    `moved` says that the answer may have changed since the last run started. `doubtful` says that the run that goes on,
    or ended last, may hold what is not so any more. `every` is the pause that its watchers want at least.
    """

    def __init__(self, limits: LiveLimits) -> None:
        self.moved = True
        self.running = False
        self.next_change: Micros | None = None
        self._limits = limits
        self._ended = -_NEVER
        self._cost = 0.0
        self.doubtful = False
        self._hurried = False
        self._hurried_at = -_NEVER

    def due(self, monotonic: float, now: Micros, every: float = 0.0) -> bool:
        """Whether to run now."""
        return self.pause(monotonic, now, every) <= 0

    def pause(self, monotonic: float, now: Micros, every: float = 0.0) -> float:
        """Seconds until it is to run again; infinite when nothing asks for that."""
        if self.running:
            return _NEVER
        if self.moved or self._hurried:
            wanted = 0.0
        elif self.next_change is not None:
            wanted = (self.next_change - now) / 1_000_000
        else:
            return _NEVER
        return max(0.0, wanted, self._not_before(every) - monotonic)

    def hurry(self, monotonic: float) -> None:
        """Somebody wants it run now, whether its streams moved or not. What it costs still holds it back."""
        if monotonic - self._hurried_at >= self._limits.refresh_pause:
            self._hurried, self._hurried_at = True, monotonic

    def outdated(self) -> None:
        """What the last run read is not so any more: run at once, whatever its watchers' pause."""
        self.moved = self._hurried = True
        self.doubtful = self.running

    def start(self) -> None:
        """A run begins: what moves from now on asks for another one."""
        self.running, self.moved, self._hurried, self.doubtful = True, False, False, False

    def finish(self, monotonic: float, cost: float) -> None:
        """A run of `cost` seconds ended; the next one waits in proportion."""
        self.running = False
        self._ended, self._cost = monotonic, cost

    def _not_before(self, every: float) -> float:
        least = max(self._limits.requery_pause, self._limits.requery_share * self._cost)
        return self._ended + (least if self._hurried else max(least, every))
