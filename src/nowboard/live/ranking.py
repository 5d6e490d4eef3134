"""The rows of a live query in the order of the result, so that a limit is kept without sorting everything again."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import total_ordering
from itertools import islice
from typing import Any, Final

from nowboard.model.frames import Column, Order, Row, Value

Rank = tuple[Any, ...]
RowKey = tuple[Value, ...]

_RESORT_SHARE: Final = 8
"""When more than one row in eight moved, sorting everything costs less than moving each."""


@total_ordering
@dataclass(frozen=True, eq=True)
class _Backwards:
    """A string in descending order."""

    text: str

    def __lt__(self, other: _Backwards) -> bool:
        return self.text > other.text


def rank_of(columns: Sequence[Column], order: Sequence[Order], key: Sequence[str]) -> Callable[[Row], Rank]:
    """A sort key that puts rows in the order that `nowboard.model.frames` states."""
    places = {column.name: place for place, column in enumerate(columns)}
    asked = {step.column for step in order}
    steps = [*order, *(Order(name) for name in key if name not in asked)]
    readers = [(places[step.column], columns[places[step.column]].type, step.descending) for step in steps]

    def rank(row: Row) -> Rank:
        return tuple(_part(row[place], kind, descending=descending) for place, kind, descending in readers)

    return rank


def _part(value: Value, kind: str, *, descending: bool) -> tuple[bool, Any]:
    if value is None:
        return True, 0
    if isinstance(value, str):
        if kind in {"integer", "decimal"}:
            number = Decimal(value)
            return False, number.copy_negate() if descending else number
        return False, _Backwards(value) if descending else value
    return False, -value if descending else value


class Ranking:
    """All rows by key, kept in order. Ranks are distinct, since they end with the key."""

    def __init__(self, rank: Callable[[Row], Rank]) -> None:
        self._rank = rank
        self._ranks: dict[RowKey, Rank] = {}
        self._ordered: list[tuple[Rank, RowKey]] = []

    def change(self, upsert: Mapping[RowKey, Row], remove: Iterable[RowKey]) -> None:
        """Put in, move and take out rows."""
        gone = [key for key in remove if key in self._ranks]
        if (len(gone) + len(upsert)) * _RESORT_SHARE > len(self._ordered):
            for key in gone:
                del self._ranks[key]
            self._ranks.update((key, self._rank(row)) for key, row in upsert.items())
            self._ordered = sorted(((rank, key) for key, rank in self._ranks.items()), key=_first)
            return
        for key in gone:
            self._take(key, self._ranks.pop(key))
        for key, row in upsert.items():
            rank, before = self._rank(row), self._ranks.get(key)
            if before == rank:
                continue
            if before is not None:
                self._take(key, before)
            self._ranks[key] = rank
            insort(self._ordered, (rank, key), key=_first)

    def first(self, count: int) -> list[RowKey]:
        """The keys of the first `count` rows."""
        return [key for _, key in islice(self._ordered, count)]

    def __len__(self) -> int:
        return len(self._ordered)

    def _take(self, key: RowKey, rank: Rank) -> None:
        place = bisect_left(self._ordered, rank, key=_first)
        while self._ordered[place][1] != key:
            place += 1
        del self._ordered[place]


def _first(entry: tuple[Rank, RowKey]) -> Rank:
    return entry[0]
