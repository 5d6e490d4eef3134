"""Sums: exact for integers of any size and for decimals; floats add up pane by pane, never by subtracting."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

import numpy as np

from nowboard.live.aggregates.interface import Exact
from nowboard.live.columns import EXACT, Column, Ints, Kind, Numbers
from nowboard.live.groups import Groups

Number = int | float | Decimal

_EXACT_IN_FLOAT = 1 << 53
_EXACT_IN_INT64 = 1 << 63


class Sum(Exact):
    """`sum(x)`; the sum of no values is null.

    >>> Sum().merge(2**63, 1)
    9223372036854775809
    """

    def partials(self, groups: Groups, argument: Column | None, condition: Column | None) -> list[Number | None]:
        if argument is None:
            raise TypeError("A sum needs an argument.")
        pick = groups.pick(argument, condition)
        numbers = pick.of(argument.numbers)
        counts = np.bincount(pick.ids, minlength=groups.size).tolist()
        if argument.kind is Kind.FLOAT:
            sums = np.bincount(pick.ids, weights=numbers, minlength=groups.size).tolist()
            return [total if count else None for total, count in zip(sums, counts, strict=True)]
        totals = integer_sums(pick.ids, numbers, groups.size)
        lifted = argument.lift(totals) if argument.kind is Kind.DECIMAL else totals
        return [cast("Number", total) if count else None for total, count in zip(lifted, counts, strict=True)]

    def load(self, columns: list[Column]) -> list[Number | None]:
        return cast("list[Number | None]", columns[0].natives())

    def merge(self, state: Number | None, other: Number) -> Number:
        if state is None:
            return other
        if isinstance(state, Decimal):
            return EXACT.add(state, cast("Decimal", other))
        return state + cast("float", other)

    def value(self, state: Number | None) -> Number | None:
        return state


def integer_sums(ids: Ints, numbers: Numbers, size: int) -> list[int]:
    """Sums per group that cannot wrap: the narrowest arithmetic that is wide enough for the worst case."""
    if len(numbers) == 0:
        return [0] * size
    worst = max(abs(int(numbers.min())), abs(int(numbers.max()))) * len(numbers)
    if worst < _EXACT_IN_FLOAT and numbers.dtype != object:
        return [int(total) for total in np.bincount(ids, weights=numbers, minlength=size).tolist()]
    if worst < _EXACT_IN_INT64 and numbers.dtype != object:
        totals = np.zeros(size, dtype=np.int64)
        np.add.at(totals, ids, numbers)
        return totals.tolist()
    wide = [0] * size
    for group, number in zip(ids.tolist(), numbers.tolist(), strict=True):
        wide[group] += number
    return wide
