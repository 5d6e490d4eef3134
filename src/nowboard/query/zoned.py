"""Cheaper SQL for plans that read the clock of a zone.

Asking the engine's zone tables costs 160 to 370 ns per row and use; offsets that are written out cost a tenth. Where
the bounds of the event times are known the tables are not asked at all, elsewhere only for times far from today.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlglot import exp

from nowboard.query.grids import FixedGrid, Grid
from nowboard.query.plan import Aggregate, Plan, Scalar
from nowboard.query.sqltime import SETTLED, Bounds, mostly_written_out, read_within
from nowboard.query.syntax import to_sql
from nowboard.query.zones import load_zone

_MARK = "TIMEZONE("


def reads_zone(plan: Plan) -> bool:
    """Whether any expression of the plan asks the engine for a zone's clock."""
    return any(_MARK in scalar.sql for scalar in _scalars(plan))


def narrowed(bounds: Bounds, extent: Bounds | None) -> Bounds:
    """`bounds` with open sides closed by `extent`."""
    if extent is None:
        return bounds
    start = bounds.start if bounds.start is not None else extent.start
    return Bounds(start, bounds.end if bounds.end is not None else extent.end)


def written_out(plan: Plan, within: Bounds) -> Plan:
    """The plan with its zone's offsets written out for event times in `within`; as it is where a side is open."""
    if within.start is None or within.end is None or within.end <= within.start or not reads_zone(plan):
        return plan
    keys = [replace(key, scalar=_scalar(plan, key.scalar, within)) for key in plan.keys]
    if plan.buckets is not None and not isinstance(plan.buckets, FixedGrid):
        tree = plan.buckets.tree(plan.time.tree, within)
        keys[0] = replace(keys[0], scalar=Scalar(tree, to_sql(tree), "timestamp"))
    return replace(
        plan,
        keys=tuple(keys),
        filter=None if plan.filter is None else _scalar(plan, plan.filter, within),
        aggregates=tuple(_aggregate(plan, aggregate, within) for aggregate in plan.aggregates),
    )


def usually_written_out(tree: exp.Expr, plan: Plan) -> exp.Expr:
    """`tree`, one of the plan's row-level expressions or pane trees, right for every event time and mostly cheap."""
    text = to_sql(tree)
    if _MARK not in text:
        return tree
    grid, time, zone = _grid_of(text, plan), plan.time.tree, load_zone(plan.timezone)
    written = read_within(tree, time, zone, SETTLED) if grid is None else grid.tree(time, SETTLED)
    if written == tree:
        return tree
    return mostly_written_out(time, tree, written)


def _grid_of(text: str, plan: Plan) -> Grid | None:
    if plan.buckets is not None and plan.keys and plan.keys[0].scalar.sql == text:
        return plan.buckets
    if plan.pane is not None and plan.pane.sql == text:
        return plan.window.grid
    if plan.compare is not None and plan.compare_pane is not None and plan.compare_pane.sql == text:
        return plan.compare.grid
    return None


def _aggregate(plan: Plan, aggregate: Aggregate, within: Bounds) -> Aggregate:
    argument, condition = aggregate.argument, aggregate.filter
    return replace(
        aggregate,
        argument=None if argument is None else _scalar(plan, argument, within),
        filter=None if condition is None else _scalar(plan, condition, within),
    )


def _scalar(plan: Plan, scalar: Scalar, within: Bounds) -> Scalar:
    if _MARK not in scalar.sql:
        return scalar
    tree = read_within(scalar.tree, plan.time.tree, load_zone(plan.timezone), within)
    return Scalar(tree, to_sql(tree), scalar.type)


def _scalars(plan: Plan) -> Iterator[Scalar]:
    yield from (key.scalar for key in plan.keys)
    if plan.filter is not None:
        yield plan.filter
    for aggregate in plan.aggregates:
        yield from (one for one in (aggregate.argument, aggregate.filter) if one is not None)
