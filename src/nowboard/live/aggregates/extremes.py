"""What `min` and `max` share: the extreme of each group, in the order in which the store compares values.

Strings compare by code point, false comes before true, and NaN is the greatest float.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nowboard.live.aggregates.interface import Exact, Parts, needed, objects
from nowboard.live.columns import Column, Ints, Kind, Lift, Native, Numbers
from nowboard.live.groups import Groups


class Extreme(Exact):
    """Parts: whether there was a value, and the least or greatest one (strings as objects, decimals unscaled)."""

    def __init__(self, field_type: str, *, greatest: bool) -> None:
        self._lift = Lift(field_type)
        self._greatest = greatest

    def empty(self, count: int) -> Parts:
        kind = {Kind.FLOAT: np.float64, Kind.STRING: object}.get(self._lift.kind, np.int64)
        return np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=kind)

    def collect(self, groups: Groups, argument: Column | None, condition: Column | None) -> Parts:
        column = needed(argument)
        self._lift.like(column)
        pick = groups.pick(column, condition)
        seen = np.bincount(pick.ids, minlength=groups.size) > 0
        if column.kind is not Kind.STRING:
            return seen, self._best(pick.ids, groups.size, pick.of(column.numbers))
        return seen, self._best_text(pick.ids, groups.size, column, pick.rows)

    def load(self, columns: Sequence[Column]) -> Parts:
        column = columns[0]
        self._lift.like(column)
        return column.there, objects(column.natives()) if column.kind is Kind.STRING else column.numbers

    def reduce(self, ids: Ints, size: int, parts: Parts) -> Parts:
        seen, values = parts
        return np.bincount(ids[seen], minlength=size) > 0, self._best(ids[seen], size, values[seen])

    def merge(self, left: Parts, right: Parts) -> Parts:
        both = left[0] & right[0]
        chosen = np.where(left[0], left[1], right[1])
        places = np.flatnonzero(both)
        if len(places):
            chosen[places] = self._better(left[1][places], right[1][places])
        return left[0] | right[0], chosen

    def values(self, parts: Parts) -> list[Native]:
        found = self._lift.numbers(parts[1].tolist())
        return [value if seen else None for value, seen in zip(found, parts[0].tolist(), strict=True)]

    def _better(self, left: Numbers, right: Numbers) -> Numbers:
        if left.dtype == object or right.dtype == object:
            choose = max if self._greatest else min
            return objects([choose(pair) for pair in zip(left.tolist(), right.tolist(), strict=True)])
        with np.errstate(invalid="ignore"):
            better: Numbers = np.maximum(left, right) if self._greatest else np.fmin(left, right)
        return better

    def _best_text(self, ids: Ints, size: int, column: Column, rows: Ints | None) -> Numbers:
        """Strings are compared through the rank of each distinct value, so that only those are sorted."""
        texts = column.coded.values
        ordered = sorted(range(len(texts)), key=lambda code: str(texts[code] or ""))
        ranks = np.zeros(len(texts), dtype=np.int64)
        ranks[ordered] = np.arange(len(texts))
        codes = column.coded.codes if rows is None else column.coded.codes[rows]
        best = self._best(ids, size, ranks[codes])
        by_rank = objects([texts[code] for code in ordered] or [None])
        chosen: Numbers = by_rank[np.clip(best, 0, len(by_rank) - 1)]
        return chosen

    def _best(self, ids: Ints, size: int, numbers: Numbers) -> Numbers:
        best: Numbers
        if numbers.dtype == object:
            return _best_objects(ids, size, numbers, greatest=self._greatest)
        if numbers.dtype.kind == "f":
            best = np.full(size, -np.inf if self._greatest else np.nan)
            with np.errstate(invalid="ignore"):
                # Maximum passes NaN on: it is the greatest. fmin passes over NaN unless there is nothing else.
                (np.maximum if self._greatest else np.fmin).at(best, ids, numbers)
            return best
        limits = np.iinfo(np.int64)
        best = np.full(size, limits.min if self._greatest else limits.max, dtype=np.int64)
        (np.maximum if self._greatest else np.minimum).at(best, ids, numbers)
        return best


def _best_objects(ids: Ints, size: int, values: Numbers, *, greatest: bool) -> Numbers:
    best: list[Any] = [None] * size
    for group, value in zip(ids.tolist(), values.tolist(), strict=True):
        held = best[group]
        if held is None or (value > held if greatest else value < held):
            best[group] = value
    return objects([0 if value is None else value for value in best])
