"""The accumulators of many groups: one row of the arrays per group, found by its number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from nowboard.live.aggregates import Law, Parts
from nowboard.live.columns import Ints, Numbers

_SMALLEST: Final = 16


class Cells:
    """Slots of accumulators. A slot that was given back is used again, empty."""

    def __init__(self, laws: Sequence[Law]) -> None:
        self._laws = tuple(laws)
        self._columns: list[list[Numbers]] = [list(law.empty(0)) for law in laws]
        self._free: list[int] = []
        self._used = 0
        self.capacity = 0

    def allocate(self, count: int) -> Ints:
        """Slots for `count` new groups."""
        again = [self._free.pop() for _ in range(min(count, len(self._free)))]
        fresh = count - len(again)
        if self._used + fresh > self.capacity:
            self._grow(self._used + fresh)
        slots = np.array(again + list(range(self._used, self._used + fresh)), dtype=np.int64)
        self._used += fresh
        if again:
            self.clear(slots[: len(again)])
        return slots

    def release(self, slots: Ints) -> None:
        """Give slots back."""
        self._free.extend(slots.tolist())

    def clear(self, slots: Ints) -> None:
        """Make slots empty."""
        for columns, law in zip(self._columns, self._laws, strict=True):
            _put(columns, slots, law.empty(len(slots)))

    def merge(self, slots: Ints, parts: Sequence[Parts]) -> None:
        """Merge states, one per aggregate and slot. No slot occurs twice."""
        for columns, law, right in zip(self._columns, self._laws, parts, strict=True):
            left = tuple(column[slots] for column in columns)
            _put(columns, slots, law.merge(left, right))

    def read(self, place: int, slots: Ints) -> Parts:
        """The states of the aggregate at `place`."""
        return tuple(column[slots] for column in self._columns[place])

    def read_all(self, slots: Ints) -> list[Parts]:
        """The states of all aggregates."""
        return [self.read(place, slots) for place in range(len(self._laws))]

    def _grow(self, least: int) -> None:
        capacity = max(_SMALLEST, least, 2 * self.capacity)
        for columns, law in zip(self._columns, self._laws, strict=True):
            for place, new in enumerate(law.empty(capacity)):
                old = columns[place]
                # A column of integers may have become one of objects, for numbers beyond 64 bits.
                columns[place] = wide = new if new.dtype == old.dtype else new.astype(old.dtype)
                wide[: self.capacity] = old
        self.capacity = capacity


def _put(columns: list[Numbers], slots: Ints, parts: Parts) -> None:
    for place, values in enumerate(parts):
        if values.dtype == object and columns[place].dtype != object:
            columns[place] = columns[place].astype(object)
        columns[place][slots] = values
