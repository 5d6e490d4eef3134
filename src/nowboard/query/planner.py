"""From a metric query as it is written to its plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlglot import exp

from nowboard.errors import BadQuery
from nowboard.model.fields import is_name
from nowboard.model.frames import Column
from nowboard.model.queries import Dimension, Measure, MetricQuery
from nowboard.model.scopes import Scope
from nowboard.model.streams import Catalog, Metric
from nowboard.query.arrange import plan_having, plan_order
from nowboard.query.columns import check_names, measure_column, result_columns
from nowboard.query.compare import plan_compare
from nowboard.query.context import Context, find_stream, near
from nowboard.query.decompose import Decomposer, both, column_kind, scalar_of
from nowboard.query.evaluate import NotLive, compile_tree
from nowboard.query.filters import filter_predicate
from nowboard.query.fingerprints import with_fingerprints
from nowboard.query.grids import Grid, cell_length, grain_grid
from nowboard.query.guard import check_aggregate, check_scalar
from nowboard.query.joins import plan_joins, plan_source, trees_of
from nowboard.query.plan import Aggregate, AggregateKind, Key, Plan, PlannedMeasure, Scalar
from nowboard.query.rules import MEASURE_RULES, SCALAR_RULES, apply
from nowboard.query.scopes import scope_predicate, with_restrictions
from nowboard.query.syntax import column, derived_name, parse_scalar, reject, to_sql
from nowboard.query.types import Typing
from nowboard.query.windows import WindowPlan, pane_of, plan_window, window_length
from nowboard.query.zones import load_zone

MAX_ROWS: Final = 10_000
"""No result has more rows; the frame then says `truncated`. A screen cannot show more."""

MAX_COLUMNS: Final = 100
"""Measures and groups of one query together."""

_FILLS: Final = ("natural", "zero", "null", "none")
_TIME: Final = "time"


def plan(
    query: MetricQuery,
    catalog: Catalog,
    scope: Scope,
    *,
    filters: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
    salt: str = "",
) -> Plan:
    """The plan of `query` as `scope` sees it.

    `filters` are dashboard filters (field -> values or {min, max}); those the stream does not have are ignored.
    `parameters` are the values of `:name` placeholders. `salt` makes hashed masks differ between installations.
    Raises `BadQuery` that names the part, and `Forbidden` (`no_scope`) when the stream is out of scope.
    """
    try:
        return _Planner(query, catalog, scope, dict(filters or {}), dict(parameters or {}), salt).plan()
    except RecursionError as error:
        raise BadQuery("The query is nested too deeply.", detail={"part": "query"}) from error


class _Planner:
    def __init__(
        self,
        query: MetricQuery,
        catalog: Catalog,
        scope: Scope,
        filters: dict[str, Any],
        parameters: dict[str, Any],
        salt: str,
    ) -> None:
        stream = find_stream(catalog, scope, query.stream)
        self._predicate = scope.streams.get(stream.name)
        self._query = query
        self._stream = stream
        self._filters = filters
        self._zone = load_zone(query.timezone or "UTC")
        context = Context(catalog, stream, scope, self._zone, parameters=parameters, salt=salt)
        self._context = with_restrictions(context)
        self._decomposer = Decomposer()
        self._grid: Grid | None = None if query.grain is None else grain_grid(query.grain, self._zone)
        self._check()

    def _check(self) -> None:
        query = self._query
        if not query.measures:
            raise BadQuery("A query needs a measure.", detail={"part": "measures", "hint": 'such as "count(*)"'})
        if len(query.measures) + len(query.by) > MAX_COLUMNS:
            raise BadQuery(f"A query has at most {MAX_COLUMNS} columns.", detail={"part": "measures"})
        if query.fill is not None and query.fill not in _FILLS:
            detail = {"part": "fill", "hint": "use one of " + ", ".join(_FILLS)}
            raise BadQuery(f"{query.fill!r} is no way to fill gaps.", detail=detail)
        if query.limit is not None and query.limit < 1:
            raise BadQuery("A limit is 1 or more.", detail={"part": "limit"})

    def plan(self) -> Plan:
        """See `plan`."""
        query, stream = self._query, self._stream
        time = column(stream.time, stream.name)
        window = plan_window(query.window, self._zone, self._grid)
        compare = None if query.compare is None else plan_compare(query.compare.shift, window, self._zone, self._grid)
        self._check_buckets(window)
        keys = self._keys(time)
        measures = tuple(self._measure(spec, index) for index, spec in enumerate(query.measures))
        condition = self._filter()
        columns = result_columns(keys, measures, grain=self._grid is not None, compared=compare is not None)
        check_names(columns)
        having = plan_having(query.having, columns)
        aggregates = tuple(self._decomposer.aggregates)
        why_not = _why_not(aggregates, measures, having, columns)
        joins, tables = plan_joins(self._context, trees_of(keys, condition, aggregates))
        found = Plan(
            stream=stream.name,
            tables=tables,
            source=plan_source(stream.name),
            joins=joins,
            time=Scalar(time, to_sql(time), "timestamp"),
            filter=condition,
            keys=keys,
            aggregates=aggregates,
            measures=measures,
            window=window,
            pane=pane_of(window.grid, time),
            columns=columns,
            order=plan_order(query.order, columns, grain=self._grid is not None, grouped=bool(query.by)),
            limit=None if query.limit is None else min(query.limit, MAX_ROWS),
            having=having,
            compare=compare,
            compare_pane=None if compare is None else pane_of(compare.grid, time),
            grain=query.grain,
            timezone=self._zone.name,
            fill=query.fill or "natural",
            live=why_not is None,
            why_not=why_not,
            buckets=self._grid,
        )
        return with_fingerprints(found)

    def _check_buckets(self, window: WindowPlan) -> None:
        length = window_length(window)
        if self._grid is None or length is None:
            return
        buckets = length // cell_length(self._grid)
        if buckets > MAX_ROWS:
            message = f"The window holds {buckets:,} buckets of {self._query.grain}; at most {MAX_ROWS:,} are shown."
            raise BadQuery(message, detail={"part": "grain", "hint": "use a longer grain or a shorter window"})

    def _keys(self, time: exp.Expr) -> tuple[Key, ...]:
        keys = []
        if self._grid is not None:
            bucket = self._grid.tree(time)
            keys.append(Key(_TIME, Scalar(bucket, to_sql(bucket), "timestamp")))
        for index, spec in enumerate(self._query.by):
            keys.append(self._key(spec, index))
        return tuple(keys)

    def _key(self, spec: str | Dimension, index: int) -> Key:
        if isinstance(spec, Dimension):
            text = spec.sql or spec.name
            part = f"by[{index}].sql" if spec.sql else f"by[{index}].name"
            return Key(spec.name, self._scalar(text, part), spec.label)
        plain = is_name(spec) or all(is_name(piece) for piece in spec.split(".", 1))
        return Key(spec if plain else derived_name(spec, index), self._scalar(spec, f"by[{index}]"))

    def _scalar(self, text: str, part: str) -> Scalar:
        context = self._context.within(part)
        tree = parse_scalar(text, part)
        check_scalar(tree, part)
        return scalar_of(apply(SCALAR_RULES, tree, context), context)

    def _predicate_of(self, text: str, part: str) -> Scalar:
        found = self._scalar(text, part)
        if found.type not in ("boolean", "string"):
            raise BadQuery("A condition is needed here, such as `status = 'paid'`.", detail={"part": part})
        return found

    def _measure(self, spec: str | Measure, index: int) -> PlannedMeasure:
        metrics = self._context.catalog.metrics_of(self._stream.name)
        part = f"measures[{index}]"
        if isinstance(spec, str) and not is_name(spec):
            spec = Measure(derived_name(spec, index), spec)
        elif isinstance(spec, str):
            spec = Measure(spec)
        elif spec.sql is not None:
            part += ".sql"
        metric = metrics.get(spec.name)
        text = spec.sql if spec.sql is not None else self._metric_sql(spec.name, metric, part)
        condition = None if spec.filter is None else self._predicate_of(spec.filter, f"measures[{index}].filter")
        context = self._context.within(part if spec.sql is not None else f"metrics.{spec.name}.sql")
        tree = parse_scalar(text, context.part)
        check_aggregate(tree, context.part)
        tree = apply(MEASURE_RULES, tree, context)
        kind = column_kind(Typing(context.column_type, context.part).of(tree))
        final = self._decomposer.take(tree, context, condition)
        if not any(True for _ in final.find_all(exp.Column)):
            reject("A measure needs an aggregate.", context.part, hint='such as "count(*)" or "sum(field)"')
        shown = measure_column(spec, metric if spec.sql is None else None, kind)
        return PlannedMeasure(spec.name, final, shown, to_sql(final))

    def _metric_sql(self, name: str, metric: Metric | None, part: str) -> str:
        if metric is not None:
            return metric.sql
        field = self._stream.field(name)
        known = list(self._context.catalog.metrics_of(self._stream.name))
        hint = f"{name} is a field: write an aggregate, such as sum({name})" if field else near(name, known)
        message = f"Stream {self._stream.name} has no metric called {name!r}."
        raise BadQuery(message, detail={"part": part, "hint": hint})

    def _filter(self) -> Scalar | None:
        found = scope_predicate(self._context, self._predicate)
        if self._query.where is not None:
            found = both(found, self._predicate_of(self._query.where, "where"))
        for name, wanted in self._filters.items():
            found = both(found, filter_predicate(self._context, name, wanted))
        return found


def _why_not(
    aggregates: Sequence[Aggregate],
    measures: Sequence[PlannedMeasure],
    having: exp.Expr | None,
    columns: Sequence[Column],
) -> str | None:
    """Why the plan cannot be maintained incrementally; None when it can."""
    for aggregate in aggregates:
        if aggregate.kind is AggregateKind.HOLISTIC:
            return f"{aggregate.function}() needs every event again"
    places = {column.name: exp.column(f"a{place}") for place, column in enumerate(columns)}
    trees = [measure.tree for measure in measures]
    if having is not None:
        trees.append(having.transform(lambda node: places[node.name] if isinstance(node, exp.Column) else node))
    try:
        for tree in trees:
            compile_tree(tree)
    except NotLive as reason:
        return str(reason)
    return None
