"""Injectable time.

Instants are integers: microseconds since 1970-01-01T00:00:00Z. They are exact, compare cheaply and are what the store
and Arrow use; `datetime` appears only where a time zone is needed.
"""

from __future__ import annotations

import time
from typing import Protocol

Micros = int
"""Microseconds: an instant since the Unix epoch, or a duration."""

MILLISECOND: Micros = 1_000
SECOND: Micros = 1_000_000
MINUTE: Micros = 60 * SECOND
HOUR: Micros = 60 * MINUTE
DAY: Micros = 24 * HOUR
WEEK: Micros = 7 * DAY


class Clock(Protocol):
    """Where the time comes from. `now` may step back (NTP); `monotonic` never does."""

    def now(self) -> Micros:
        """The current instant in microseconds since the Unix epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start; for durations and deadlines."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> Micros:
        return time.time_ns() // 1_000

    def monotonic(self) -> float:
        return time.monotonic()


class ManualClock:
    """A clock that moves only when told to; for tests and back-tests."""

    def __init__(self, now: Micros = 1_700_000_000 * SECOND) -> None:
        self._now = now
        self._monotonic = 0.0

    def now(self) -> Micros:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, micros: Micros) -> None:
        """Move forward by `micros`."""
        self._now += micros
        self._monotonic += micros / SECOND

    def set(self, now: Micros) -> None:
        """Jump to `now`; the monotonic side moves only on a forward jump."""
        self._monotonic += max(0, now - self._now) / SECOND
        self._now = now
