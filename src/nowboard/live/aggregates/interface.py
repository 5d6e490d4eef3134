"""What every aggregate promises.

A state is what one aggregate knows about one group; None is the empty state. For any split of the rows into parts, in
journal order, folding the parts' states with `merge` and reading `value` equals the SQL aggregate over all rows:
exactly for everything but floats, whose rounding follows the order of addition, and sketches, which say so.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

from nowboard.live.columns import Column, Native
from nowboard.live.groups import Groups

S = TypeVar("S")


class Aggregator(Protocol[S]):
    """One kind of accumulator. Pure: the states are held by `nowboard.live.state`."""

    def partials(self, groups: Groups, argument: Column | None, condition: Column | None) -> list[S | None]:
        """One state per group of a batch, over the rows where `condition` is true; None where nothing counted."""
        ...

    def load(self, columns: list[Column]) -> list[S | None]:
        """One state per row of what the store computed for this aggregate (`columns`, in the planner's order)."""
        ...

    def merge(self, state: S | None, other: S) -> S:
        """Both together; `other` holds later rows. May change `state`, never keeps or changes `other`."""
        ...

    def value(self, state: S | None) -> Native:
        """The aggregate's value; of the empty state what SQL says about no rows."""
        ...

    def approximate(self, state: S | None) -> bool:
        """Whether `value` is an estimate."""
        ...


class Exact:
    """Base of the aggregates that never estimate."""

    def approximate(self, state: object) -> bool:  # noqa: ARG002 - the answer does not depend on it
        """Always False."""
        return False
