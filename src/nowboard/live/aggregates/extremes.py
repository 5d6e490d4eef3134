"""What `min` and `max` share: the extreme of each group, in the order in which the store compares values.

Strings compare by code point, false comes before true, and NaN is the greatest float.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nowboard.live.columns import Column, Kind, Native, Numbers
from nowboard.live.groups import Groups, Pick


def extremes(groups: Groups, argument: Column, condition: Column | None, *, greatest: bool) -> list[Native]:
    """The least or greatest value of each group, None where a group has none."""
    pick = groups.pick(argument, condition)
    found = np.zeros(groups.size, dtype=np.bool_)
    found[pick.ids] = True
    if argument.kind is Kind.STRING:
        values = _ranked(groups, pick, argument, greatest=greatest)
    else:
        numbers = pick.of(argument.numbers)
        values = argument.lift(_reduce(groups.size, pick, numbers, greatest=greatest).tolist())
    return [value if present else None for value, present in zip(values, found.tolist(), strict=True)]


def _ranked(groups: Groups, pick: Pick, argument: Column, *, greatest: bool) -> Sequence[Native]:
    """Strings are compared through the rank of each distinct value, so that only those are sorted."""
    texts = argument.coded.values
    ordered = sorted(range(len(texts)), key=lambda code: texts[code] or "")
    ranks = np.zeros(len(texts), dtype=np.int64)
    ranks[ordered] = np.arange(len(texts))
    best = _reduce(groups.size, pick, pick.of(ranks[argument.coded.codes]), greatest=greatest)
    places = np.clip(best, 0, max(0, len(texts) - 1)).tolist()
    return [texts[ordered[place]] for place in places] if texts else [None] * groups.size


def _reduce(size: int, pick: Pick, numbers: Numbers, *, greatest: bool) -> Numbers:
    best: Numbers
    if numbers.dtype == object:
        best = np.full(size, None, dtype=object)
        for group, number in zip(pick.ids.tolist(), numbers.tolist(), strict=True):
            held = best[group]
            if held is None or (number > held if greatest else number < held):
                best[group] = number
        best[best == None] = 0  # noqa: E711 - compared item by item
        return best
    if numbers.dtype.kind == "f":
        return _reduce_floats(size, pick, numbers, greatest=greatest)
    limits = np.iinfo(np.int64)
    best = np.full(size, limits.min if greatest else limits.max, dtype=np.int64)
    (np.maximum if greatest else np.minimum).at(best, pick.ids, numbers)
    return best


def _reduce_floats(size: int, pick: Pick, numbers: Numbers, *, greatest: bool) -> Numbers:
    best = np.full(size, -np.inf if greatest else np.nan)
    with np.errstate(invalid="ignore"):
        if greatest:
            np.maximum.at(best, pick.ids, numbers)  # passes NaN on: it is the greatest
        else:
            np.fmin.at(best, pick.ids, numbers)  # passes over NaN unless there is nothing else
    return best
