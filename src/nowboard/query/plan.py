"""The plan of a metric query: one tree from which one-off SQL, live accumulators and cache keys are all derived.

A plan is pure data. Expressions are SQLGlot trees in the planner's own dialect (DuckDB), over the relation aliases that
`source` brings in: the stream under its own name, joined tables under their join names. User text never goes further
than the parser: what runs is the printed tree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from sqlglot import exp

from nowboard.model.frames import Column, Order
from nowboard.query.compare import ShiftedWindow
from nowboard.query.grids import Grid
from nowboard.query.windows import Pane, WindowPlan


@dataclass(frozen=True)
class Scalar:
    """A row-level expression. `sql` is its canonical print: equal text means equal value, so projections share it."""

    tree: exp.Expr
    sql: str
    type: str


@dataclass(frozen=True)
class Key:
    """A group-by column of the result."""

    name: str
    scalar: Scalar
    label: str | None = None


class AggregateKind(Enum):
    """What can be maintained incrementally, and HOLISTIC, which cannot. Averages are planned as sum / count."""

    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    MOMENTS = "moments"
    FIRST = "first"
    LAST = "last"
    DISTINCT = "distinct"
    QUANTILE = "quantile"
    HOLISTIC = "holistic"


@dataclass(frozen=True)
class Aggregate:
    """One accumulator per group.

    `argument` is None for `count(*)`. Rows for which `filter` is not true do not count. `function` says which value is
    read from it: `var_samp`, `var_pop`, `stddev_samp`, `stddev_pop` for moments, otherwise the kind itself. `parameter`
    is a quantile's fraction. FIRST and LAST order by event time, then by `_seq`, and pass over nulls. `tree` is the
    whole call of a HOLISTIC aggregate, without its filter.
    """

    kind: AggregateKind
    function: str
    argument: Scalar | None = None
    filter: Scalar | None = None
    parameter: float | None = None
    type: str = "float"
    tree: exp.Expr | None = None


@dataclass(frozen=True)
class PlannedMeasure:
    """A result column computed from aggregates. In `tree`, column `a<i>` stands for `Plan.aggregates[i]`.

    `sql` is its print.
    """

    name: str
    tree: exp.Expr
    column: Column
    sql: str = ""


@dataclass(frozen=True)
class Plan:
    """Everything that decides a metric query's answer except the data and the clock.

    `filter` already holds the query's `where`, the dashboard filters and the principal's scope. With `grain`, the key
    `time` (a bucket's first instant) comes first in `keys` and in the result. `pane` splits events so that each pane
    lies wholly inside or outside of the window at every instant. `live` is False for what cannot be maintained
    incrementally; `why_not` then says why and the query is re-run instead.

    Result columns are the keys, then the measures, then their `previous` columns. `having` is an expression over those
    by name. `buckets` is the grid of `grain`. Equal `fingerprint`s mean equal answers at equal offsets and instants;
    equal `source_fingerprint`s mean the same rows before any window.
    """

    stream: str
    tables: tuple[str, ...]
    source: exp.From
    joins: tuple[exp.Join, ...]
    time: Scalar
    filter: Scalar | None
    keys: tuple[Key, ...]
    aggregates: tuple[Aggregate, ...]
    measures: tuple[PlannedMeasure, ...]
    window: WindowPlan
    pane: Pane | None
    columns: tuple[Column, ...]
    order: tuple[Order, ...] = ()
    limit: int | None = None
    having: exp.Expr | None = None
    compare: ShiftedWindow | None = None
    compare_pane: Pane | None = None
    grain: str | None = None
    timezone: str = "UTC"
    fill: str = "natural"
    live: bool = True
    why_not: str | None = None
    fingerprint: str = ""
    source_fingerprint: str = ""
    buckets: Grid | None = None
    parameters: dict[str, object] = field(default_factory=dict)
