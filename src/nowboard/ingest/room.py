"""Room on the disk: acknowledging stops while there is still enough for the store to take what was acknowledged."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from nowboard.clock import Clock
from nowboard.errors import StorageFull

_LOOK_EVERY: Final = 0.2
"""Seconds between two looks; at 200 MB/s far less than the reserve is written in between."""
_RETRY_SECONDS: Final = 5.0


class Room:
    """Watches the free space of a folder's disk. Without a folder there is always room."""

    def __init__(self, folder: Path | None, reserve: int, clock: Clock) -> None:
        self._folder = folder
        self._reserve = reserve
        self._clock = clock
        self._next_look = float("-inf")
        self._problem: str | None = None

    @property
    def problem(self) -> str | None:
        """Why events are refused, or None."""
        now = self._clock.monotonic()
        if self._folder is not None and now >= self._next_look:
            self._next_look = now + _LOOK_EVERY
            free = shutil.disk_usage(self._folder).free
            self._problem = None
            if free < self._reserve:
                self._problem = f"the disk has {free} bytes left, which is less than the reserve of {self._reserve}"
        return self._problem

    def check(self) -> None:
        """Raise `StorageFull` when there is not enough room for more events."""
        problem = self.problem
        if problem is not None:
            raise StorageFull(f"Nothing was acknowledged: {problem}.", retry_after=_RETRY_SECONDS)
