"""The greatest value."""

from __future__ import annotations

from typing import cast

from nowboard.live.aggregates.extremes import extremes
from nowboard.live.aggregates.interface import Exact
from nowboard.live.columns import Column, Native
from nowboard.live.groups import Groups


class Max(Exact):
    """`max(x)`. NaN is greater than every other float.

    >>> Max().merge("b", "a")
    'b'
    """

    def partials(self, groups: Groups, argument: Column | None, condition: Column | None) -> list[Native]:
        if argument is None:
            raise TypeError("A maximum needs an argument.")
        return extremes(groups, argument, condition, greatest=True)

    def load(self, columns: list[Column]) -> list[Native]:
        return columns[0].natives()

    def merge(self, state: Native, other: Native) -> Native:
        if state is None or other != other:
            return other
        return max(cast("float", state), cast("float", other))

    def value(self, state: Native) -> Native:
        return state
