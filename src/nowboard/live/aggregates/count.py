"""Rows, or values that are not null."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nowboard.live.aggregates.interface import Exact, Parts
from nowboard.live.columns import Column, Ints, Native
from nowboard.live.groups import Groups


class Count(Exact):
    """`count(*)` and `count(x)`. Parts: how many.

    >>> law = Count()
    >>> law.values(law.merge((np.array([2]),), (np.array([3]),)))
    [5]
    """

    def empty(self, count: int) -> Parts:
        return (np.zeros(count, dtype=np.int64),)

    def collect(self, groups: Groups, argument: Column | None, condition: Column | None) -> Parts:
        return (np.bincount(groups.pick(argument, condition).ids, minlength=groups.size),)

    def load(self, columns: Sequence[Column]) -> Parts:
        return (columns[0].numbers.astype(np.int64),)

    def reduce(self, ids: Ints, size: int, parts: Parts) -> Parts:
        (total,) = self.empty(size)
        np.add.at(total, ids, parts[0])
        return (total,)

    def merge(self, left: Parts, right: Parts) -> Parts:
        return (left[0] + right[0],)

    def values(self, parts: Parts) -> list[Native]:
        return list(parts[0].tolist())
