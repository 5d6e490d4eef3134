"""Rows, or values that are not null."""

from __future__ import annotations

from typing import cast

import numpy as np

from nowboard.live.aggregates.interface import Exact
from nowboard.live.columns import Column
from nowboard.live.groups import Groups


class Count(Exact):
    """`count(*)` and `count(x)`.

    >>> Count().merge(2, 3)
    5
    """

    def partials(self, groups: Groups, argument: Column | None, condition: Column | None) -> list[int | None]:
        ids = groups.pick(argument, condition).ids
        return [count or None for count in np.bincount(ids, minlength=groups.size).tolist()]

    def load(self, columns: list[Column]) -> list[int | None]:
        return [cast("int | None", count) or None for count in columns[0].natives()]

    def merge(self, state: int | None, other: int) -> int:
        return other if state is None else state + other

    def value(self, state: int | None) -> int:
        return state or 0
