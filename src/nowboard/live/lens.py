"""How a plan looks at one window: the value of each aggregate and measure, for many keys at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from nowboard.live.columns import Ints, Mask, Native
from nowboard.live.groups import Key
from nowboard.live.shared import SharedState
from nowboard.live.view import Span, View
from nowboard.query.evaluate import Evaluator, compile_tree
from nowboard.query.plan import AggregateKind, Plan

_ESTIMATING: Final = {AggregateKind.DISTINCT, AggregateKind.QUANTILE}

Values = list[list[Native]]
"""Columns: one list per aggregate or measure, one value per key."""


class Lens:
    """One window of one live query over a shared state."""

    def __init__(self, plan: Plan, shared: SharedState, span: Span) -> None:
        self.shared = shared
        self.view: View = shared.state.open(span)
        self._places = shared.places(plan.aggregates)
        self._laws = [shared.state.laws[place] for place in self._places]
        self._keyless = not plan.keys
        self.estimating = [place for place, one in enumerate(plan.aggregates) if one.kind in _ESTIMATING]
        self._nothing: list[Native] = [law.values(law.empty(1))[0] for law in self._laws]

    def close(self) -> None:
        """Look no more."""
        self.shared.state.close(self.view)

    def find(self, keys: Sequence[Key]) -> Ints:
        """The slots of `keys`, -1 where the window has no such group."""
        return self.view.find(keys)

    def aggregates(self, slots: Ints) -> Values:
        """The value of each aggregate; where there is no group, what SQL says about no rows."""
        if len(slots) and int(slots.min()) < 0:
            return self._with_gaps(slots)
        columns = zip(self._places, self._laws, strict=True)
        return [law.values(self.view.read(place, slots)) for place, law in columns]

    def estimated(self, place: int, slots: Ints) -> Mask | None:
        """Which values of an aggregate are estimates; `slots` are all there."""
        return self._laws[place].estimated(self.view.read(self._places[place], slots))

    def _with_gaps(self, slots: Ints) -> Values:
        there = np.flatnonzero(slots >= 0)
        found = self.aggregates(slots[there])
        filled: Values = []
        for nothing, column in zip(self._nothing, found, strict=True):
            whole = [nothing] * len(slots)
            for place, value in zip(there.tolist(), column, strict=True):
                whole[place] = value
            filled.append(whole)
        return filled


class Measures:
    """The final expressions of a plan over columns of aggregate values."""

    def __init__(self, plan: Plan) -> None:
        self._plain = [_plain(measure.sql) for measure in plan.measures]
        self._compiled: list[Evaluator] = [compile_tree(measure.tree) for measure in plan.measures]

    def of(self, aggregates: Values) -> Values:
        """The value of each measure for each key."""
        rows: list[tuple[Native, ...]] | None = None
        found: Values = []
        for place, evaluate in zip(self._plain, self._compiled, strict=True):
            if place is not None:
                found.append(aggregates[place])
                continue
            if rows is None:
                rows = list(zip(*aggregates, strict=True))
            found.append([evaluate(row) for row in rows])
        return found


def _plain(sql: str) -> int | None:
    """Which aggregate a measure is, if it is nothing but that."""
    return int(sql[1:]) if sql[:1] == "a" and sql[1:].isdigit() else None
