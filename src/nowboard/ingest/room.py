"""Room on the disk: acknowledging stops while there is still enough for the store to take what was acknowledged."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from nowboard.clock import Clock
from nowboard.errors import StorageFull

_LOOK_EVERY: Final = 0.2
"""Seconds between two looks, as long as what is acknowledged in between cannot have reached the reserve."""
_WRITTEN: Final = 3
"""How often a byte of events may be written at most: to the journal's log, to the journal and to the store."""
_RETRY_SECONDS: Final = 5.0


class Room:
    """Watches the free space of a folder's disk. Without a folder there is always room."""

    def __init__(self, folder: Path | None, reserve: int, clock: Clock) -> None:
        self._folder = folder
        self._reserve = reserve
        self._clock = clock
        self._next_look = float("-inf")
        self._left = 0
        """Bytes that are certainly left of the last look."""
        self._problem: str | None = None

    @property
    def problem(self) -> str | None:
        """Why events are refused, or None."""
        now = self._clock.monotonic()
        if self._folder is not None and (now >= self._next_look or self._left < self._reserve):
            self._next_look = now + _LOOK_EVERY
            self._left = free = shutil.disk_usage(self._folder).free
            self._problem = None
            if free < self._reserve:
                self._problem = f"the disk has {free} bytes left, which is less than the reserve of {self._reserve}"
        return self._problem

    def check(self, size: int) -> None:
        """Raise `StorageFull` when there is not enough room for `size` bytes of events."""
        self._left -= size * _WRITTEN
        problem = self.problem
        if problem is not None:
            raise StorageFull(f"Nothing was acknowledged: {problem}.", retry_after=_RETRY_SECONDS)
