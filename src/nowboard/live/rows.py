"""One row of a live result from the aggregates of its key, of the key's earlier counterpart, and of empty buckets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast

from sqlglot import exp

from nowboard.clock import Micros
from nowboard.live.columns import Native
from nowboard.live.groups import Key
from nowboard.live.lens import Lens
from nowboard.live.ranking import RowKey
from nowboard.model.frames import Row, Value
from nowboard.query.evaluate import compile_tree
from nowboard.query.finish import Finisher
from nowboard.query.plan import Plan

_PREVIOUS: Final = "previous"


class RowMaker:
    """Makes rows as `plan.columns` lays them out: keys, then measures and their `previous` columns."""

    def __init__(self, plan: Plan, finisher: Finisher, main: Lens, earlier: Lens | None) -> None:
        self._finisher = finisher
        self._main = main
        self._earlier = earlier
        self._having = None if plan.having is None else _Having(plan)
        self._shift = plan.compare
        self._grained = plan.grain is not None
        self._grid = plan.buckets
        names = [measure.name for measure in plan.measures]
        self._layout = [
            (column.role == _PREVIOUS, names.index(column.of or column.name))
            for column in plan.columns[len(plan.keys) :]
        ]
        self._none: tuple[Value, ...] = (None,) * len(plan.measures)
        self._gap_at: Micros | None = None

    @property
    def fills(self) -> bool:
        """Whether buckets without events get a row."""
        return self._finisher.fills

    @property
    def next_gap(self) -> Micros | None:
        """When the clock enters a bucket that needs a row although the window does not move."""
        return self._gap_at

    def gap_due(self, now: Micros) -> bool:
        """Whether that instant has come."""
        return self._gap_at is not None and now >= self._gap_at

    def row(self, key: Key) -> Row | None:
        """The row of `key`; None when the window has none, or `having` does not want it."""
        values = self._main.aggregates(key)
        if values is None:
            return None
        if self._having is not None:
            earlier = None if self._earlier is None else self._earlier.aggregates(self._counterpart(key))
            if not self._having.wants(key, values, earlier):
                return None
        return self._lay(self._main.shown(key), self._finisher.measures(values), key)

    def gaps(self, known: Mapping[Key, RowKey], now: Micros) -> dict[RowKey, Row]:
        """The rows of buckets without events, for every group that has a row."""
        bounds = self._main.view.span.bounds
        self._gap_at = self._next_gap(bounds.end, now)
        groups: dict[RowKey, Key] = {shown[1:]: key[1:] for key, shown in known.items()}
        empty = self._finisher.empty()
        rows: dict[RowKey, Row] = {}
        for shown in self._finisher.gaps(known.values(), bounds, now):
            rows[shown] = self._lay(shown, empty, (_micros(shown[0]), *groups.get(shown[1:], ())))
        return rows

    def arrange(self, rows: list[Row]) -> tuple[list[Row], bool]:
        """Rows in the result's order, cut to its limit."""
        return self._finisher.arrange(rows)

    def _lay(self, shown: RowKey, measures: tuple[Value, ...], key: Key) -> Row:
        if self._earlier is None:
            return shown + measures
        previous = self._earlier.measures(self._counterpart(key)) or self._none
        return shown + tuple([previous[at] if back else measures[at] for back, at in self._layout])

    def _counterpart(self, key: Key) -> Key:
        """The same group in the earlier window; with a grain, in the bucket that stands for this one."""
        if self._shift is None or not self._grained or not isinstance(key[0], int):
            return key
        return (self._shift.counterpart(key[0]), *key[1:])

    def _next_gap(self, end: Micros | None, now: Micros) -> Micros | None:
        moves = self._main.view.span.next_change is not None
        if moves or self._grid is None or end is None or now >= end:
            return None
        return self._grid.after(now)


class _Having:
    """The condition over result columns, evaluated before values are made ready for JSON."""

    def __init__(self, plan: Plan) -> None:
        if plan.having is None:
            raise AssertionError("a plan without having has no condition")
        places = {column.name: f"a{place}" for place, column in enumerate(plan.columns)}
        tree = plan.having.transform(
            lambda node: exp.column(places[node.name]) if isinstance(node, exp.Column) else node
        )
        self._condition = compile_tree(tree)
        self._measures = [compile_tree(measure.tree) for measure in plan.measures]
        self._compared = plan.compare is not None

    def wants(self, key: Key, values: Sequence[Native], earlier: Sequence[Native] | None) -> bool:
        """Whether the row of these aggregates stays."""
        found = [*key, *(measure(values) for measure in self._measures)]
        if self._compared:
            found += [None if earlier is None else measure(earlier) for measure in self._measures]
        return self._condition(found) is True


def _micros(shown: Value) -> Micros:
    """A row's bucket, in milliseconds, as an instant."""
    return round(cast("float", shown) * 1000)
