"""The last steps of a result, the same for one-off SQL and for live queries: measures, gaps, order and limit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from nowboard.clock import Micros
from nowboard.model.frames import Row, Value
from nowboard.query.evaluate import Evaluator, NotLive, compile_tree
from nowboard.query.grids import cells
from nowboard.query.ordering import sort_rows
from nowboard.query.plan import AggregateKind, Plan
from nowboard.query.sqltime import Bounds
from nowboard.query.values import json_value, timestamp

MAX_ROWS: Final = 10_000
"""No result has more rows; the frame then says `truncated`. A screen cannot show more."""


class Finisher:
    """What a plan says about finishing its rows. Build once per plan.

    A row is laid out as `plan.columns` says: the keys, then measures and their `previous` columns.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._measures = _compiled(plan)
        self._kinds = [measure.column.type for measure in plan.measures]
        self._grid = plan.buckets

    def measures(self, aggregates: Sequence[Any]) -> tuple[Value, ...]:
        """The JSON-ready value of each measure, from the value of each aggregate. Timestamps are microseconds."""
        compiled = self._measures
        if compiled is None:
            raise NotLive(self.plan.why_not)
        return tuple(json_value(measure(aggregates), kind) for measure, kind in zip(compiled, self._kinds, strict=True))

    def empty(self) -> tuple[Value, ...]:
        """The measures of a bucket without events, as the plan's `fill` says."""
        plan = self.plan
        if plan.fill == "zero":
            return tuple(_ZEROS.get(kind) for kind in self._kinds)
        if plan.fill == "null":
            return tuple(None for _ in plan.measures)
        return self.absent()

    def absent(self) -> tuple[Value, ...]:
        """The measures over no rows: counts are 0."""
        if self._measures is None:
            return tuple(None for _ in self.plan.measures)
        return self.measures([_NOTHING.get(aggregate.kind) for aggregate in self.plan.aggregates])

    @property
    def fills(self) -> bool:
        """Whether gaps are filled at all."""
        return self._grid is not None and self.plan.fill != "none" and self.plan.having is None

    def gaps(self, keys: Iterable[tuple[Value, ...]], bounds: Bounds, now: Micros) -> Iterator[tuple[Value, ...]]:
        """The keys (time first) that are missing: every bucket of the window for every group that has one.

        An open side of the window ends at the first or last bucket present; a side in the future ends with `now`, or
        with the last bucket present. Nothing is filled where the result would pass `MAX_ROWS`.
        """
        present = set(keys)
        groups = dict.fromkeys(key[1:] for key in present)
        if len(self.plan.keys) == 1:
            groups[()] = None  # without `by` there is always one group, even when nothing happened
        if not groups or not self.fills:
            return
        times = [round(key[0] * 1000) for key in present if isinstance(key[0], int | float)]
        for bucket in self._buckets(bounds, times, now, len(groups)):
            for group in groups:
                key = (bucket, *group)
                if key not in present:
                    yield key

    def _buckets(self, bounds: Bounds, times: list[Micros], now: Micros, groups: int) -> Iterator[Value]:
        """Every bucket to show, or none where there would be more rows than are ever shown."""
        first = bounds.start if bounds.start is not None else min(times, default=None)
        last = max(times, default=None)
        if bounds.end is not None:
            last = min(bounds.end - 1, now if last is None else max(now, last))
        if self._grid is None or first is None or last is None:
            return
        found = list(islice(cells(self._grid, first, last + 1), MAX_ROWS // groups + 1))
        if len(found) * groups <= MAX_ROWS:
            yield from (timestamp(bucket) for bucket in found)

    def arrange(self, rows: list[Row]) -> tuple[list[Row], bool]:
        """Sort and cut; says whether rows beyond the hard cap were left out."""
        plan = self.plan
        sort_rows(rows, plan.columns, plan.order, [key.name for key in plan.keys])
        limit = MAX_ROWS if plan.limit is None else min(plan.limit, MAX_ROWS)
        truncated = len(rows) > limit and (plan.limit is None or plan.limit > MAX_ROWS)
        return (rows[:limit] if len(rows) > limit else rows), truncated


def _compiled(plan: Plan) -> list[Evaluator] | None:
    try:
        return [compile_tree(measure.tree) for measure in plan.measures]
    except NotLive:
        return None


_ZEROS: Final[dict[str, Value]] = {"integer": 0, "float": 0, "decimal": "0"}
"""What `fill: zero` puts into a column of each type; everything else stays null."""

_NOTHING: Final[dict[AggregateKind, int]] = {AggregateKind.COUNT: 0, AggregateKind.DISTINCT: 0}
"""What an aggregate over no rows gives; everything else is null."""
