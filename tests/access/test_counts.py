"""Counters of requests: exact within a window, fading over the next, bounded in number."""

from __future__ import annotations

from limits import RateLimitItemPerMinute
from limits.strategies import SlidingWindowCounterRateLimiter

from nowboard.access.counts import Counts
from nowboard.clock import SECOND, ManualClock


def test_a_window_fades_over_the_next() -> None:
    clock = ManualClock()
    counter = SlidingWindowCounterRateLimiter(Counts(clock))
    ten = RateLimitItemPerMinute(10)
    assert sum(counter.hit(ten, "a") for _ in range(20)) == 10
    clock.advance(59 * SECOND)
    assert not counter.hit(ten, "a")
    clock.advance(31 * SECOND)
    assert sum(counter.hit(ten, "a") for _ in range(20)) == 5, "half of the window before counts"
    clock.advance(120 * SECOND)
    assert sum(counter.hit(ten, "a") for _ in range(20)) == 10
    assert counter.hit(ten, "b")


def test_counters_are_bounded() -> None:
    clock = ManualClock()
    counts = Counts(clock)
    for number in range(120_000):
        counts.acquire_sliding_window_entry(str(number), 1, 60)
    assert counts.reset() in range(1, 50_001)
