"""The value at the earliest event time."""

from __future__ import annotations

from nowboard.live.aggregates.ends import End, ends, load_ends
from nowboard.live.aggregates.interface import Exact
from nowboard.live.columns import Column, Native
from nowboard.live.groups import Groups


class First(Exact):
    """`first(x)` by event time, then by place in the journal; passes over nulls.

    >>> First().merge((5, "b"), (3, "a"))
    (3, 'a')
    """

    def partials(self, groups: Groups, argument: Column | None, condition: Column | None) -> list[End | None]:
        if argument is None or groups.time is None:
            raise TypeError("The first value needs an argument and the event time.")
        return ends(groups, argument, condition, groups.time, last=False)

    def load(self, columns: list[Column]) -> list[End | None]:
        return load_ends(columns)

    def merge(self, state: End | None, other: End) -> End:
        return other if state is None or other[0] < state[0] else state

    def value(self, state: End | None) -> Native:
        return None if state is None else state[1]
