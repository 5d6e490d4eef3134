"""What every aggregate promises.

A state is what one aggregate knows about one group. States are held in columns, one array per component (`Parts`), so
that a batch is merged into thousands of groups by a few array operations. For any split of the rows into parts, in
journal order, folding the parts' states with `merge` and reading `values` equals the SQL aggregate over all rows:
exactly for everything but floats, whose rounding follows the order of addition, and sketches, which say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from nowboard.live.columns import Column, Ints, Mask, Native, Numbers
from nowboard.live.groups import Groups

Parts = tuple[Numbers, ...]
"""The components of many states, in arrays of one length."""


class Law(Protocol):
    """One kind of accumulator. Pure: the states are held by `nowboard.live.cells`."""

    def empty(self, count: int) -> Parts:
        """`count` states of groups without rows."""
        ...

    def collect(self, groups: Groups, argument: Column | None, condition: Column | None) -> Parts:
        """One state per group of a batch, over the rows where `condition` is true."""
        ...

    def load(self, columns: Sequence[Column]) -> Parts:
        """One state per row of what the store computed for this aggregate (`columns`, in the order of `history`)."""
        ...

    def reduce(self, ids: Ints, size: int, parts: Parts) -> Parts:
        """States with equal ids (0 to `size` - 1) as one, later ones merged into earlier ones."""
        ...

    def merge(self, left: Parts, right: Parts) -> Parts:
        """Pairs of states as one each; `right` holds later rows. May change `left`, never keeps or changes `right`."""
        ...

    def values(self, parts: Parts) -> list[Native]:
        """The aggregate's value of each state; of an empty one what SQL says about no rows."""
        ...

    def estimated(self, parts: Parts) -> Mask | None:
        """Which values are estimates; None when none can be."""
        ...


class Exact:
    """Base of the aggregates that never estimate."""

    def estimated(self, parts: Parts) -> Mask | None:  # noqa: ARG002 - the answer does not depend on them
        """Always None."""
        return None


def needed(argument: Column | None) -> Column:
    """The argument of an aggregate that cannot do without."""
    if argument is None:
        raise TypeError("This aggregate needs an argument.")
    return argument


def objects(values: Sequence[object]) -> Numbers:
    """Python objects as an array, whatever they are."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def present(values: Sequence[object]) -> Mask:
    """Which values are not None."""
    return np.array([value is not None for value in values], dtype=np.bool_)
