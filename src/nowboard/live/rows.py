"""Rows of a live result from the aggregates of their keys, of the keys' earlier counterparts, and of empty buckets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, cast

from sqlglot import exp

from nowboard.clock import Micros
from nowboard.live.columns import Ints, Native
from nowboard.live.groups import Key
from nowboard.live.lens import Lens, Measures, Values
from nowboard.live.ranking import RowKey
from nowboard.model.frames import Row, Value
from nowboard.query.evaluate import compile_tree
from nowboard.query.finish import Finisher
from nowboard.query.plan import Plan
from nowboard.query.values import json_value

_AS_IT_IS: Final = {"string", "boolean", "json"}

Rows = dict[RowKey, Row]


class RowMaker:
    """Makes rows as `plan.columns` lays them out: keys, then measures and their `previous` columns."""

    def __init__(self, plan: Plan, finisher: Finisher, main: Lens, earlier: Lens | None) -> None:
        self._finisher = finisher
        self._main = main
        self._earlier = earlier
        self._measures = Measures(plan)
        self._having = None if plan.having is None else _Having(plan)
        self._shift = plan.compare if plan.grain is not None else None
        self._grid = plan.buckets
        self._key_kinds = [key.scalar.type for key in plan.keys]
        self._plain_keys = all(kind in _AS_IT_IS for kind in self._key_kinds)
        self._kinds = [measure.column.type for measure in plan.measures]
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

    def shown(self, keys: Sequence[Key]) -> list[RowKey]:
        """Keys as rows hold them."""
        if self._plain_keys or not keys:
            return list(cast("Sequence[RowKey]", keys))
        columns = zip(zip(*keys, strict=True), self._key_kinds, strict=True)
        return list(zip(*[_ready(column, kind) for column, kind in columns], strict=True))

    def rows(self, keys: Sequence[Key], slots: Ints) -> list[Row | None]:
        """The row of each key; None where `having` does not want it."""
        measures = self._measures.of(self._main.aggregates(slots))
        previous = self._previous(keys)
        columns = self._columns(measures) + ([] if previous is None else self._columns(previous))
        values: Iterable[Row] = zip(*columns, strict=True) if keys else ()
        made: list[Row | None] = [shown + value for shown, value in zip(self.shown(keys), values, strict=True)]
        if self._having is None:
            return made
        wanted = self._having.wants(keys, measures, previous)
        return [row if keep else None for row, keep in zip(made, wanted, strict=True)]

    def gaps(self, known: Mapping[RowKey, Key], now: Micros) -> Rows:
        """The rows of buckets without events, for every group that has a row."""
        bounds = self._main.view.span.bounds
        self._gap_at = self._next_gap(bounds.end, now)
        groups = {shown[1:]: key[1:] for shown, key in known.items()}
        gaps = list(self._finisher.gaps(known, bounds, now))
        empty = self._finisher.empty()
        if self._earlier is None:
            return {shown: shown + empty for shown in gaps}
        keys: list[Key] = [(_micros(shown[0]), *groups.get(shown[1:], ())) for shown in gaps]
        previous = self._previous(keys)
        beside = zip(*self._columns(previous or []), strict=True) if gaps else ()
        return {shown: shown + empty + value for shown, value in zip(gaps, beside, strict=True)}

    def arrange(self, rows: list[Row]) -> tuple[list[Row], bool]:
        """Rows in the result's order, cut to its limit."""
        return self._finisher.arrange(rows)

    def _columns(self, measures: Values) -> list[list[Value]]:
        return [_ready(column, kind) for column, kind in zip(measures, self._kinds, strict=True)]

    def _previous(self, keys: Sequence[Key]) -> Values | None:
        """The measures of the counterpart of each key; null where the earlier window has no such group."""
        if self._earlier is None:
            return None
        slots = self._earlier.find([self._counterpart(key) for key in keys])
        measures = self._measures.of(self._earlier.aggregates(slots))
        if not self._key_kinds or not len(slots) or int(slots.min()) >= 0:
            return measures
        missing = (slots < 0).tolist()
        return [[None if gone else value for value, gone in zip(column, missing, strict=True)] for column in measures]

    def _counterpart(self, key: Key) -> Key:
        """The same group in the earlier window; with a grain, in the bucket that stands for this one."""
        if self._shift is None or not isinstance(key[0], int):
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
        tree = plan.having.copy()
        for node in tree.find_all(exp.Column):
            node.set("this", exp.to_identifier(places[node.name]))
        self._condition = compile_tree(tree)

    def wants(self, keys: Sequence[Key], measures: Values, previous: Values | None) -> list[bool]:
        """Which rows stay."""
        values = zip(*measures, *(previous or ()), strict=True)
        return [self._condition((*key, *row)) is True for key, row in zip(keys, values, strict=True)]


def _ready(values: Sequence[Native], kind: str) -> list[Value]:
    """A column of values ready for JSON."""
    if kind in _AS_IT_IS:
        return cast("list[Value]", list(values))
    return [json_value(value, kind) for value in values]


def _micros(shown: Value) -> Micros:
    """A row's bucket, in milliseconds, as an instant."""
    return round(cast("float", shown) * 1000)
