"""One micro-batch of a stream after projection; what several live queries derive from it is derived once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nowboard.live.aggregates import Law, Parts
from nowboard.live.columns import Column, Mask
from nowboard.live.grouping import Grouping
from nowboard.live.groups import Groups
from nowboard.query.plan import Aggregate, Scalar


class Batch:
    """The evaluated scalars of a batch by their SQL, its groups by grouping and its partials by aggregate.

    `computations` counts the group-bys done.
    """

    def __init__(self, columns: Mapping[str, Column], length: int) -> None:
        self.length = length
        self.computations = 0
        self._columns = columns
        self._groups: dict[str, Groups] = {}
        self._partials: dict[tuple[str, int], Parts] = {}

    def passing(self, condition: Scalar) -> Mask:
        """Which rows satisfy an evaluated condition."""
        return self._columns[condition.sql].true

    def groups(self, grouping: Grouping) -> Groups:
        """The groups of the rows that pass the grouping's filter."""
        found = self._groups.get(grouping.name)
        if found is None:
            self.computations += 1
            found = self._groups[grouping.name] = self._group(grouping)
        return found

    def partials(self, grouping: Grouping, aggregate: Aggregate, law: Law) -> Parts:
        """One state per group; shared, so nobody may change it. `law` is the same object for equal aggregates."""
        name = grouping.name, id(law)
        found = self._partials.get(name)
        if found is None:
            argument, condition = self._column(aggregate.argument), self._column(aggregate.filter)
            found = self._partials[name] = law.collect(self.groups(grouping), argument, condition)
        return found

    def _group(self, grouping: Grouping) -> Groups:
        rows = None if grouping.filter is None else np.flatnonzero(self._columns[grouping.filter.sql].true)
        keys = [self._columns[key.sql] for key in grouping.keys]
        time = self._columns[grouping.time.sql]
        return Groups(keys, rows, self.length, pane=self._column(grouping.pane), time=time)

    def _column(self, scalar: Scalar | None) -> Column | None:
        return None if scalar is None else self._columns[scalar.sql]
