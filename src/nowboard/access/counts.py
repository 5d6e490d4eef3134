"""Counters of the `limits` library over our own clock: no thread, bounded, and time stands still in tests."""

from __future__ import annotations

from math import floor
from typing import Final

from limits.storage import Storage
from limits.storage.base import SlidingWindowCounterSupport

from nowboard.clock import Clock

_MOST_KEYS: Final = 50_000
"""Counters kept; beyond, those that are over are thrown away, and then the oldest half."""


class Counts(Storage, SlidingWindowCounterSupport):
    """Two counters per key: of this window and of the one before."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        # key -> number of the window, its count, the count of the window before
        self._counts: dict[str, tuple[int, int, int]] = {}

    @property
    def base_exceptions(self) -> type[Exception]:
        """Nothing here fails by itself."""
        return ValueError

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` unless that passes `limit`."""
        before, left, current, _ = self.get_sliding_window(key, expiry)
        if floor(before * left / expiry + current) + amount > limit:
            return False
        if key not in self._counts and len(self._counts) >= _MOST_KEYS:
            self._make_room(expiry)
        self._counts[key] = (self._window(expiry), current + amount, before)
        return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Count of the window before, seconds that it counts for, count of this window, seconds that it counts for."""
        now = self._window(expiry)
        window, current, before = self._counts.get(key, (now, 0, 0))
        left = (now + 1) * expiry - self._clock.monotonic()
        if window == now:
            return before, left, current, left + expiry
        return (current if window == now - 1 else 0), left, 0, left + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:  # noqa: ARG002 - the library's signature
        """Forget one counter."""
        self._counts.pop(key, None)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count without a limit."""
        window = self._window(expiry)
        before, _, current, _ = self.get_sliding_window(key, expiry)
        self._counts[key] = (window, current + amount, before)
        return current + amount

    def get(self, key: str) -> int:
        """The count of the last window that was counted in."""
        return self._counts.get(key, (0, 0, 0))[1]

    def get_expiry(self, key: str) -> float:  # noqa: ARG002 - the library's signature
        """When the counters of now are over."""
        return self._clock.monotonic()

    def check(self) -> bool:
        """There is nothing to reach."""
        return True

    def reset(self) -> int | None:
        """Forget everything."""
        count = len(self._counts)
        self._counts.clear()
        return count

    def clear(self, key: str) -> None:
        """Forget one counter."""
        self._counts.pop(key, None)

    def _window(self, expiry: int) -> int:
        return int(self._clock.monotonic() // expiry)

    def _make_room(self, expiry: int) -> None:
        alive = self._window(expiry) - 1
        self._counts = {key: found for key, found in self._counts.items() if found[0] >= alive}
        if len(self._counts) >= _MOST_KEYS:
            # in the order in which they were first counted
            self._counts = dict(list(self._counts.items())[_MOST_KEYS // 2 :])
