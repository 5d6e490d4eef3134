"""What `first` and `last` share: the value at an end of event time, and when that was."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nowboard.live.aggregates.interface import Exact, Parts, needed, objects
from nowboard.live.columns import Column, Ints, Native
from nowboard.live.groups import Groups


class End(Exact):
    """Parts: whether there was a value, its event time in microseconds, and the value.

    Nulls are passed over. Among equal instants the place in the journal decides: rows come in journal order, and the
    right side of a merge is later.
    """

    def __init__(self, *, last: bool) -> None:
        self._last = last

    def empty(self, count: int) -> Parts:
        return np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.int64), np.full(count, None, dtype=object)

    def collect(self, groups: Groups, argument: Column | None, condition: Column | None) -> Parts:
        column, time = needed(argument), needed(groups.time)
        pick = groups.pick(column, condition)
        rows = np.arange(column.length) if pick.rows is None else pick.rows
        seen, times, places = self._ends(pick.ids, groups.size, time.numbers[rows], rows)
        values = objects(column.coded.values or [None])
        return seen, times, values[column.coded.codes[places] if column.length else places]

    def load(self, columns: Sequence[Column]) -> Parts:
        values, times = columns
        return values.there & times.there, times.numbers, objects(values.natives())

    def reduce(self, ids: Ints, size: int, parts: Parts) -> Parts:
        there, times, values = parts
        rows = np.flatnonzero(there)
        seen, ends, places = self._ends(ids[rows], size, times[rows], rows)
        return seen, ends, values[places] if len(values) else np.full(size, None, dtype=object)

    def merge(self, left: Parts, right: Parts) -> Parts:
        further = right[1] >= left[1] if self._last else right[1] < left[1]
        take = right[0] & (~left[0] | further)
        return left[0] | right[0], np.where(take, right[1], left[1]), np.where(take, right[2], left[2])

    def values(self, parts: Parts) -> list[Native]:
        return [value if seen else None for seen, value in zip(parts[0].tolist(), parts[2].tolist(), strict=True)]

    def _ends(self, ids: Ints, size: int, times: Ints, rows: Ints) -> Parts:
        """For each group: whether it has a row, the time at its end, and which of `rows` that is (0 if it has none)."""
        seen = np.bincount(ids, minlength=size) > 0
        limits = np.iinfo(np.int64)
        best = np.full(size, limits.min if self._last else limits.max, dtype=np.int64)
        (np.maximum if self._last else np.minimum).at(best, ids, times)
        there = np.flatnonzero(times == best[ids])
        places = np.full(size, -1 if self._last else limits.max, dtype=np.int64)
        (np.maximum if self._last else np.minimum).at(places, ids[there], rows[there])
        return seen, best, np.where(seen, places, 0)
