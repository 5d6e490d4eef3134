"""The least value."""

from __future__ import annotations

from typing import cast

from nowboard.live.aggregates.extremes import extremes
from nowboard.live.aggregates.interface import Exact
from nowboard.live.columns import Column, Native
from nowboard.live.groups import Groups


class Min(Exact):
    """`min(x)`. A NaN is kept only while nothing else was seen.

    >>> Min().merge("b", "a")
    'a'
    """

    def partials(self, groups: Groups, argument: Column | None, condition: Column | None) -> list[Native]:
        if argument is None:
            raise TypeError("A minimum needs an argument.")
        return extremes(groups, argument, condition, greatest=False)

    def load(self, columns: list[Column]) -> list[Native]:
        return columns[0].natives()

    def merge(self, state: Native, other: Native) -> Native:
        if state is None or state != state:
            return other
        return min(cast("float", state), cast("float", other))

    def value(self, state: Native) -> Native:
        return state
