"""Single flight: equal questions at the same time are worked out once, and not at all when nobody waits any more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass
class _Flight(Generic[T]):
    task: asyncio.Task[T]
    waiting: int = 0


class SingleFlight(Generic[T]):
    """Runs one task per key; every caller gets its answer or its error.

    A caller that is cancelled stops waiting; when the last one has gone the task is cancelled. For one event loop.
    """

    def __init__(self) -> None:
        self._flights: dict[object, _Flight[T]] = {}
        self.joined = 0
        """How many calls were answered by a flight that another call had started."""

    def __len__(self) -> int:
        return len(self._flights)

    async def run(self, key: object, work: Callable[[], Awaitable[T]]) -> T:
        """The answer of `work` for `key`, shared with everybody who asks before it is there."""
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight(asyncio.ensure_future(_call(work)))
        else:
            self.joined += 1
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if flight.waiting == 0:
                if self._flights.get(key) is flight:
                    del self._flights[key]
                flight.task.cancel()


async def _call(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
