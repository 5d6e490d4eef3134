"""Sums: exact for integers of any size and for decimals; floats add up pane by pane, never by subtracting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from nowboard.live.aggregates.interface import Exact, Parts, needed
from nowboard.live.columns import Column, Ints, Kind, Lift, Native, Numbers
from nowboard.live.groups import Groups

_EXACT_IN_FLOAT: Final = 1 << 53
_EXACT_IN_INT64: Final = 1 << 63


class Sum(Exact):
    """`sum(x)`; the sum of no values is null. Parts: whether there was a value, and the sum (of a decimal unscaled).

    >>> law = Sum("integer")
    >>> seen = np.array([True])
    >>> law.values(law.merge((seen, np.array([2**62])), (seen, np.array([2**62]))))
    [9223372036854775808]
    """

    def __init__(self, field_type: str) -> None:
        self._lift = Lift(field_type)

    def empty(self, count: int) -> Parts:
        kind = np.float64 if self._lift.kind is Kind.FLOAT else np.int64
        return np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=kind)

    def collect(self, groups: Groups, argument: Column | None, condition: Column | None) -> Parts:
        column = needed(argument)
        self._lift.like(column)
        pick = groups.pick(column, condition)
        seen = np.bincount(pick.ids, minlength=groups.size) > 0
        return seen, self._add_up(pick.ids, groups.size, pick.of(column.numbers))

    def load(self, columns: Sequence[Column]) -> Parts:
        column = columns[0]
        self._lift.like(column)
        return column.there, column.numbers

    def reduce(self, ids: Ints, size: int, parts: Parts) -> Parts:
        seen, total = parts
        return np.bincount(ids[seen], minlength=size) > 0, self._add_up(ids, size, total)

    def merge(self, left: Parts, right: Parts) -> Parts:
        return left[0] | right[0], _plus(left[1], right[1])

    def values(self, parts: Parts) -> list[Native]:
        totals = self._lift.numbers(parts[1].tolist())
        return [total if seen else None for total, seen in zip(totals, parts[0].tolist(), strict=True)]

    def _add_up(self, ids: Ints, size: int, numbers: Numbers) -> Numbers:
        if numbers.dtype.kind == "f":
            return np.bincount(ids, weights=numbers, minlength=size)
        return integer_sums(ids, size, numbers)


def _plus(left: Numbers, right: Numbers) -> Numbers:
    if left.dtype != object and right.dtype != object:
        with np.errstate(invalid="ignore", over="ignore"):
            total: Numbers = left + right
        if total.dtype.kind == "f" or not bool((((left ^ total) & (right ^ total)) < 0).any()):
            return total
    wide: Numbers = left.astype(object) + right.astype(object)
    return wide


def integer_sums(ids: Ints, size: int, numbers: Numbers) -> Numbers:
    """Sums per group that cannot wrap: the narrowest arithmetic that is wide enough for the worst case."""
    if len(numbers) == 0:
        return np.zeros(size, dtype=np.int64)
    if numbers.dtype != object:
        worst = max(abs(int(numbers.min())), abs(int(numbers.max()))) * len(numbers)
        if worst < _EXACT_IN_FLOAT:
            return np.bincount(ids, weights=numbers, minlength=size).astype(np.int64)
        if worst < _EXACT_IN_INT64:
            totals = np.zeros(size, dtype=np.int64)
            np.add.at(totals, ids, numbers)
            return totals
    wide = np.zeros(size, dtype=object)
    for group, number in zip(ids.tolist(), numbers.tolist(), strict=True):
        wide[group] += number
    return wide
