"""Running a prepared ask on a snapshot, in the calling thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

from nowboard.clock import Micros
from nowboard.errors import BadQuery
from nowboard.model.frames import Column, Result
from nowboard.query.assemble import assemble
from nowboard.query.canonical import Prepared
from nowboard.query.plan import Plan
from nowboard.query.render import Statement, render, render_extent, wants_extent
from nowboard.query.sqlquery import SqlPlan
from nowboard.query.sqltime import Bounds
from nowboard.query.values import column_type, rows_of
from nowboard.stores.interface import Snapshot

_ABOUT_THE_TEXT: Final = ("Binder Error", "Catalog Error", "Parser Error", "Not implemented Error")
"""What an engine says before it has looked at any row."""


def answer(prepared: Prepared, snapshot: Snapshot, now: Micros, epoch: str, *, timeout: float) -> Result:
    """The result at the snapshot's offset and the instant `now`; `timeout` is in seconds for each statement.

    Raises `QueryTimeout`, `QueryCancelled` (after `snapshot.interrupt()`), `BadQuery` for what the engine refuses.
    """
    if prepared.sql is not None:
        return _answer_sql(prepared.sql, snapshot, now, epoch, timeout)
    if prepared.plan is None or prepared.finisher is None:
        raise AssertionError("a prepared ask has a plan")
    rendered = render(prepared.plan, now, _extent(prepared.plan, snapshot, now, timeout))
    main = _run(snapshot, rendered.main, timeout)
    previous = None if rendered.previous is None else _run(snapshot, rendered.previous, timeout)
    rows, truncated = assemble(prepared.finisher, rendered, main, previous, now)
    found = prepared.plan
    return Result(
        columns=found.columns,
        rows=tuple(rows),
        epoch=epoch,
        offset=snapshot.offset,
        as_of=now // 1000,
        key=tuple(key.name for key in found.keys),
        order=found.order,
        limit=found.limit,
        window=_shown(rendered.bounds),
        grain=found.grain,
        timezone=found.timezone,
        truncated=truncated,
    )


def _extent(plan: Plan, snapshot: Snapshot, now: Micros, timeout: float) -> Bounds | None:
    if not wants_extent(plan, now):
        return None
    found = _run(snapshot, render_extent(plan), timeout)
    edges = [value for column in found.columns for value in column.cast(pa.int64()).to_pylist() if value is not None]
    return Bounds(edges[0], edges[1] + 1) if len(edges) == 2 else None


def _run(snapshot: Snapshot, statement: Statement, timeout: float) -> pa.Table:
    return _execute(snapshot, statement.sql, statement.parameters, timeout)


def _execute(
    snapshot: Snapshot,
    sql: str,
    parameters: Mapping[str, Any],
    timeout: float,
    reads: frozenset[str] | None = None,
) -> pa.Table:
    try:
        return snapshot.execute(sql, parameters or None, timeout=timeout, reads=reads)
    except BadQuery as error:
        if error.message.startswith(_ABOUT_THE_TEXT):
            raise
        # Messages about values may quote rows that the asker must not see.
        hint = "look for numbers that overflow, logarithms or roots of what has none, and odd dates"
        raise BadQuery("A value could not be computed.", detail={"part": "query", "hint": hint}) from error


def _answer_sql(plan: SqlPlan, snapshot: Snapshot, now: Micros, epoch: str, timeout: float) -> Result:
    table = _execute(snapshot, plan.sql, plan.bound(now), timeout, plan.reads)
    columns = tuple(Column(field.name, column_type(field.type)) for field in table.schema)
    rows = rows_of(table, [column.type for column in columns])
    return Result(
        columns=columns,
        rows=tuple(rows[: plan.limit]),
        epoch=epoch,
        offset=snapshot.offset,
        as_of=now // 1000,
        limit=plan.limit,
        timezone=plan.timezone,
        truncated=len(rows) > plan.limit,
    )


def _shown(bounds: Bounds) -> tuple[int | None, int | None]:
    """The window in milliseconds, None where open."""
    start = None if bounds.start is None else bounds.start // 1000
    return (start, None if bounds.end is None else bounds.end // 1000)
