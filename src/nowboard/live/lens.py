"""How a plan looks at a view: aggregate values and measures of each key, in the result's own form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from nowboard.live.columns import Native
from nowboard.live.groups import Key
from nowboard.live.ranking import RowKey
from nowboard.live.shared import SharedState
from nowboard.live.view import Span, View
from nowboard.model.frames import Value
from nowboard.query.finish import Finisher
from nowboard.query.plan import AggregateKind, Plan
from nowboard.query.values import json_value

_ESTIMATING: Final = {AggregateKind.DISTINCT, AggregateKind.QUANTILE}


class Lens:
    """One window of one live query over a shared state."""

    def __init__(self, plan: Plan, finisher: Finisher, shared: SharedState, span: Span) -> None:
        self.shared = shared
        self.view: View = shared.state.open(span)
        places = shared.places(plan.aggregates)
        laws = [shared.state.laws[place] for place in places]
        self._readers: list[tuple[int, Callable[[Any], Native]]] = [
            (place, law.value) for place, law in zip(places, laws, strict=True)
        ]
        self._estimating = [
            (index, place, law)
            for index, (aggregate, place, law) in enumerate(zip(plan.aggregates, places, laws, strict=True))
            if aggregate.kind in _ESTIMATING
        ]
        self._kinds = [key.scalar.type for key in plan.keys]
        self._finisher = finisher
        self._nothing = [law.value(None) for law in laws]

    def close(self) -> None:
        """Look no more."""
        self.shared.state.close(self.view)

    def aggregates(self, key: Key) -> Sequence[Native] | None:
        """The value of each aggregate of `key`; None when the window has no such group."""
        cell = self.view.cells.get(key)
        if cell is None:
            return None if key else self._nothing
        return [read(cell[place]) for place, read in self._readers]

    def measures(self, key: Key) -> tuple[Value, ...] | None:
        """The measures of `key`, ready for a row; None when the window has no such group."""
        values = self.aggregates(key)
        return None if values is None else self._finisher.measures(values)

    @property
    def estimates(self) -> bool:
        """Whether any aggregate could become an estimate."""
        return bool(self._estimating)

    def estimated(self, key: Key) -> tuple[int, ...]:
        """Which aggregates of `key` are estimates."""
        if not self._estimating:
            return ()
        cell = self.view.cells.get(key)
        if cell is None:
            return ()
        return tuple(index for index, place, law in self._estimating if law.approximate(cell[place]))

    def shown(self, key: Key) -> RowKey:
        """A key as rows hold it."""
        return tuple([json_value(value, kind) for value, kind in zip(key, self._kinds, strict=True)])
