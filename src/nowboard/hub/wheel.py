"""Deadlines of many viewers with one timer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Wheel(Generic[T]):
    """Items by deadline, in buckets of `resolution` seconds. An item has one deadline at a time."""

    __slots__ = ("_buckets", "_places", "_resolution", "_turned")

    def __init__(self, resolution: float, now: float) -> None:
        self._resolution = resolution
        self._buckets: dict[int, set[T]] = {}
        self._places: dict[T, int] = {}
        self._turned = int(now / resolution)

    def __len__(self) -> int:
        return len(self._places)

    def put(self, item: T, deadline: float) -> None:
        """Set or move the deadline of an item; it comes up to one `resolution` late."""
        self.remove(item)
        place = max(int(deadline / self._resolution), self._turned) + 1
        self._places[item] = place
        self._buckets.setdefault(place, set()).add(item)

    def remove(self, item: T) -> None:
        """Forget an item, if it is there."""
        place = self._places.pop(item, None)
        if place is not None:
            bucket = self._buckets[place]
            bucket.discard(item)
            if not bucket:
                del self._buckets[place]

    def due(self, now: float) -> Iterator[T]:
        """Take out every item whose deadline has passed."""
        last = int(now / self._resolution)
        first, self._turned = self._turned, max(self._turned, last)
        passed = range(first, last + 1)
        places = passed if len(passed) <= len(self._buckets) else [each for each in self._buckets if each <= last]
        for place in sorted(places):
            for item in self._buckets.pop(place, ()):
                del self._places[item]
                yield item
