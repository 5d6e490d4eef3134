"""From a plan to SQL. Only prints of trees, quoted names and instants come together here; no text a user wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlglot import exp

from nowboard.clock import Micros
from nowboard.model.frames import Column
from nowboard.query.finish import MAX_ROWS
from nowboard.query.grids import cells
from nowboard.query.plan import Aggregate, AggregateKind, Plan
from nowboard.query.sqltime import Bounds, timestamp
from nowboard.query.syntax import quoted, to_sql
from nowboard.query.zoned import narrowed, reads_zone, usually_written_out, written_out

_FETCHED: Final = MAX_ROWS + 1
"""One row more than is shown says whether there are more."""


@dataclass(frozen=True)
class Statement:
    """One SELECT and the values of its `$name` placeholders. `columns` are in the order of its output."""

    sql: str
    columns: tuple[Column, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rendered:
    """A plan at an instant.

    Without a grain, or with `having`, `main` gives the result's rows, in order and cut. Otherwise it gives a row per
    bucket and group that has events, `previous` the same for the compared window, and `nowboard.query.assemble` does
    the rest.
    """

    main: Statement
    bounds: Bounds
    previous: Statement | None = None
    previous_bounds: Bounds | None = None


def wants_extent(plan: Plan, now: Micros) -> bool:
    """Whether knowing the first and last event time (`render_extent`) would make the plan's SQL cheaper."""
    bounds = plan.window.bounds(now)
    return (bounds.start is None or bounds.end is None) and reads_zone(plan)


def render_extent(plan: Plan) -> Statement:
    """The first and last event time of the plan's stream; the engine answers from its statistics."""
    return Statement(f"SELECT MIN({plan.time.sql}), MAX({plan.time.sql}) {to_sql(plan.source)}", ())


def render(plan: Plan, now: Micros, extent: Bounds | None = None) -> Rendered:
    """The statements that answer `plan` at the instant `now`.

    `extent` are bounds that hold every event of the stream; with them an open window costs no more than a closed one.
    """
    bounds = plan.window.bounds(now)
    earlier = None if plan.compare is None else plan.compare.bounds(now)
    if earlier is None:
        return Rendered(_ordered(plan, _measured(plan, bounds, extent)), bounds)
    if plan.grain is None or plan.having is not None:
        return Rendered(_compared(plan, bounds, earlier), bounds, previous_bounds=earlier)
    return Rendered(_ordered(plan, _measured(plan, bounds)), bounds, _plain(plan, earlier), earlier)


def _measured(plan: Plan, bounds: Bounds, extent: Bounds | None = None) -> str:
    """Keys and measures of one window, under the names of the result."""
    shown = [f"k{place} AS {quoted(key.name)}" for place, key in enumerate(plan.keys)]
    shown += [f"{measure.sql} AS {quoted(measure.name)}" for measure in plan.measures]
    return f"SELECT {', '.join(shown)} FROM ({_grouped(written_out(plan, narrowed(bounds, extent)), bounds)})"


def _ordered(plan: Plan, inner: str) -> Statement:
    columns = tuple(column for column in plan.columns if column.role != "previous")
    having = f" WHERE {to_sql(plan.having)}" if plan.having is not None else ""
    sql = f"SELECT * FROM ({inner}){having}{_order_and_limit(plan, columns)}"
    return Statement(sql, columns)


def _plain(plan: Plan, bounds: Bounds) -> Statement:
    columns = tuple(column for column in plan.columns if column.role != "previous")
    # Twice the rows: the earlier window may hold groups that the current one does not.
    return Statement(f"{_measured(plan, bounds)} LIMIT {2 * _FETCHED}", columns)


def _compared(plan: Plan, bounds: Bounds, earlier: Bounds) -> Statement:
    """The earlier window joined on the keys; a bucket is joined with its counterpart."""
    shown = [f"c.{quoted(column.name)}" for column in plan.columns if column.role != "previous"]
    shown += [f"p.{quoted(name)} AS {quoted(name + '__previous')}" for name in (one.name for one in plan.measures)]
    groups = plan.keys if plan.grain is None else plan.keys[1:]
    pairs = [f"c.{quoted(key.name)} IS NOT DISTINCT FROM p.{quoted(key.name)}" for key in groups]
    mapping = ""
    if plan.grain is not None:
        mapping = f"LEFT JOIN ({_counterparts(plan, bounds)}) AS m ON m.bucket = c.{quoted('time')} "
        pairs.append(f"p.{quoted('time')} = m.earlier")
    joined = (
        f"SELECT {', '.join(shown)} FROM ({_measured(plan, bounds)}) AS c {mapping}"
        f"LEFT JOIN ({_measured(plan, earlier)}) AS p ON {' AND '.join(pairs) or 'TRUE'}"
    )
    having = f" WHERE {to_sql(plan.having)}" if plan.having is not None else ""
    sql = f"SELECT * FROM ({joined}){having}{_order_and_limit(plan, plan.columns)}"
    return Statement(sql, plan.columns)


def _counterparts(plan: Plan, bounds: Bounds) -> str:
    """Each bucket of the window beside the earlier bucket that it is compared with."""
    if plan.buckets is None or plan.compare is None or bounds.start is None or bounds.end is None:
        raise AssertionError("a comparison by bucket has a grain and a window with two ends")
    buckets = list(cells(plan.buckets, bounds.start, bounds.end))
    later = ", ".join(to_sql(timestamp(bucket)) for bucket in buckets)
    earlier = ", ".join(to_sql(timestamp(plan.compare.counterpart(bucket))) for bucket in buckets)
    return f"SELECT UNNEST([{later}]) AS bucket, UNNEST([{earlier}]) AS earlier"


def _order_and_limit(plan: Plan, columns: Sequence[Column]) -> str:
    kinds = {column.name: column.type for column in columns}
    asked = [(one.column, one.descending) for one in plan.order if one.column in kinds]
    named = {name for name, _ in asked}
    asked += [(key.name, False) for key in plan.keys if key.name not in named]
    steps = [f"{_sortable(name, kinds[name])} {'DESC' if down else 'ASC'} NULLS LAST" for name, down in asked]
    cut_later = plan.limit is None or (plan.grain is not None and plan.having is None)
    limit = _FETCHED if cut_later or plan.limit is None else min(plan.limit, _FETCHED)
    return (f" ORDER BY {', '.join(steps)}" if steps else "") + f" LIMIT {limit}"


def _sortable(name: str, kind: str) -> str:
    # NaN and infinities are shown as null and so must sort as null.
    return f"CASE WHEN ISFINITE({quoted(name)}) THEN {quoted(name)} END" if kind == "float" else quoted(name)


def _grouped(plan: Plan, bounds: Bounds) -> str:
    shown = [f"{key.scalar.sql} AS k{place}" for place, key in enumerate(plan.keys)]
    shown += [f"{aggregate_sql(plan, one)} AS a{place}" for place, one in enumerate(plan.aggregates)]
    keys = [str(place + 1) for place in range(len(plan.keys))]
    grouping = f" GROUP BY {', '.join(keys)}" if keys else ""
    return f"SELECT {', '.join(shown)} {from_where(plan, bounds)}{grouping}"


def from_where(plan: Plan, bounds: Bounds) -> str:
    """The FROM and WHERE of the plan's rows in `bounds`."""
    source = " ".join([to_sql(plan.source), *(to_sql(join) for join in plan.joins)])
    conditions = []
    if bounds.start is not None:
        conditions.append(f"{plan.time.sql} >= {to_sql(timestamp(bounds.start))}")
    if bounds.end is not None:
        conditions.append(f"{plan.time.sql} < {to_sql(timestamp(bounds.end))}")
    if plan.filter is not None:
        conditions.append(f"({plan.filter.sql})")
    return source + (f" WHERE {' AND '.join(conditions)}" if conditions else "")


_CALLS: Final = {
    AggregateKind.COUNT: "COUNT({})",
    AggregateKind.SUM: "SUM({})",
    AggregateKind.MIN: "MIN({})",
    AggregateKind.MAX: "MAX({})",
    AggregateKind.DISTINCT: "COUNT(DISTINCT {})",
}


def aggregate_sql(plan: Plan, aggregate: Aggregate) -> str:
    """An aggregate's call, with its filter."""
    argument = "*" if aggregate.argument is None else aggregate.argument.sql
    if aggregate.kind is AggregateKind.HOLISTIC and aggregate.tree is not None:
        call = to_sql(aggregate.tree)
    elif aggregate.kind is AggregateKind.MOMENTS:
        call = f"{aggregate.function.upper()}({argument})"
    elif aggregate.kind is AggregateKind.QUANTILE:
        call = f"QUANTILE_CONT({argument}, {aggregate.parameter})"
    elif aggregate.kind in (AggregateKind.FIRST, AggregateKind.LAST):
        name = "ARG_MIN" if aggregate.kind is AggregateKind.FIRST else "ARG_MAX"
        call = f"{name}({argument}, ROW({plan.time.sql}, {quoted(plan.stream)}.{quoted('_seq')}))"
    else:
        call = _CALLS[aggregate.kind].format(argument)
    return call if aggregate.filter is None else f"{call} FILTER (WHERE {aggregate.filter.sql})"


def render_partials(plan: Plan, select: Sequence[exp.Expr], bounds: Bounds, pane: exp.Expr | None = None) -> Statement:
    """State for incremental maintenance: `select` (aliased aggregates over the plan's rows) per pane and keys.

    The output is `pane` (left out when `pane` is None), `k0`, `k1`, … and then the aliases of `select`. Rows are those
    of the plan with event times in `bounds`; with a pane tree, pass `plan.pane.tree` or `plan.compare_pane.tree`.
    """
    shown = [] if pane is None else [f"{to_sql(usually_written_out(pane, plan))} AS pane"]
    keys = [to_sql(usually_written_out(key.scalar.tree, plan)) for key in plan.keys]
    shown += [f"{text} AS k{place}" for place, text in enumerate(keys)]
    grouped = len(shown)
    shown += [to_sql(one) for one in select]
    grouping = f" GROUP BY {', '.join(str(place + 1) for place in range(grouped))}" if grouped else ""
    return Statement(f"SELECT {', '.join(shown)} {from_where(plan, bounds)}{grouping}", ())


def render_projection(plans: Sequence[Plan], scalars: Sequence[exp.Expr]) -> str:
    """One evaluation of row-level trees over the in-memory relation `batch`, which holds rows of the plans' stream.

    All plans must be over one stream. The output is `s0`, `s1`, … in the order of `scalars`; rows may come in another
    order than in `batch`, so pass a scalar that tells them apart (`_seq`) where that matters.
    """
    stream = plans[0].stream
    joins = {to_sql(join): None for plan in plans for join in plan.joins}
    shown = [f"{to_sql(_cheapest(tree, plans))} AS s{place}" for place, tree in enumerate(scalars)]
    return f"SELECT {', '.join(shown)} FROM batch AS {quoted(stream)} {' '.join(joins)}".rstrip()


def _cheapest(tree: exp.Expr, plans: Sequence[Plan]) -> exp.Expr:
    """The first cheaper form that some plan knows of `tree`; the plans may be in different zones."""
    for plan in plans:
        cheaper = usually_written_out(tree, plan)
        if cheaper is not tree:
            return cheaper
    return tree
