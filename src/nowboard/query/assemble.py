"""From what the engine answered to the rows of a result: values, the compared window, gaps, order and limit."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from nowboard.clock import Micros
from nowboard.model.frames import Row, Value
from nowboard.query.finish import MAX_ROWS, Finisher
from nowboard.query.plan import Plan
from nowboard.query.render import Rendered, Statement
from nowboard.query.values import rows_of


def assemble(
    finisher: Finisher, rendered: Rendered, main: pa.Table, previous: pa.Table | None, now: Micros
) -> tuple[list[Row], bool]:
    """The rows of a metric query's result, and whether a cap cut them."""
    plan = finisher.plan
    rows = _rows(rendered.main, main)
    if plan.grain is None or plan.having is not None:
        limit = MAX_ROWS if plan.limit is None else min(plan.limit, MAX_ROWS)
        return rows[:limit], plan.limit is None and len(rows) > MAX_ROWS
    whole = len(rows) <= MAX_ROWS
    if whole and finisher.fills:
        keys = len(plan.keys)
        empty = finisher.empty()
        rows += [key + empty for key in finisher.gaps([row[:keys] for row in rows], rendered.bounds, now)]
    if rendered.previous is not None and previous is not None:
        rows = _beside(plan, rows, _rows(rendered.previous, previous))
    rows, cut = finisher.arrange(rows)
    return rows, cut or (not whole and plan.limit is None)


def _rows(statement: Statement, table: pa.Table) -> list[Row]:
    return rows_of(table, [column.type for column in statement.columns])


def _beside(plan: Plan, rows: Sequence[Row], earlier: Sequence[Row]) -> list[Row]:
    """Each row with the measures of its counterpart in the earlier window."""
    if plan.compare is None:
        raise AssertionError("only a comparison has an earlier window")
    keys = len(plan.keys)
    found = {row[:keys]: row[keys:] for row in earlier}
    none: tuple[Value, ...] = (None,) * len(plan.measures)
    buckets: dict[Value, Value] = {}
    joined = []
    for row in rows:
        bucket = row[0]
        if bucket not in buckets and isinstance(bucket, int):
            buckets[bucket] = plan.compare.counterpart(bucket * 1000) // 1000
        joined.append(row + found.get((buckets.get(bucket), *row[1:keys]), none))
    return joined
