"""What a widget asks, as it is written. Parsing into a plan is the job of `nowboard.query`."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from nowboard.model.bounds import Few, Many, Name, Some, Sql, Title


class Measure(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A named aggregate of a query. `sql` may be left out when `name` is a metric of the stream.

    `filter` is an SQL predicate that this measure alone obeys.
    """

    name: Name
    sql: Sql | None = None
    filter: Sql | None = None
    label: Title | None = None
    unit: Name | None = None
    format: Name | None = None
    decimals: int | None = None


class Dimension(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A named group-by expression. `sql` may be left out when `name` is a field."""

    name: Name
    sql: Sql | None = None
    label: Title | None = None


class Window(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which event times count. Exactly one of `last`, `since`, `from`/`to` and `all` is given.

    `last`: a sliding duration such as `90s`, `15m`, `1h`, `7d`. `since`: the running calendar `hour day week month
    quarter year` in the query's zone (weeks start on Monday). `from_`/`to`: RFC 3339 instants or dates in the query's
    zone, start included, end excluded.
    """

    last: Name | None = None
    since: Name | None = None
    from_: Name | None = msgspec.field(name="from", default=None)
    to: Name | None = None
    all: bool = False


class Compare(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Ask the same for an earlier time: `shift` back by `1h 1d 1w 1mo 1y` (calendar units keep the local time).

    `shift: "window"` means the window just before. Each measure `m` gains a column `m__previous`.
    """

    shift: Name


class MetricQuery(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Measures of one stream, grouped and windowed. See docs/reference/queries.md."""

    stream: Name
    measures: Annotated[tuple[Sql | Measure, ...], Some]
    by: Annotated[tuple[Sql | Dimension, ...], Few] = ()
    grain: Name | None = None
    window: Window | None = None
    where: Sql | None = None
    having: Sql | None = None
    order: Annotated[tuple[Sql, ...], Few] = ()
    limit: int | None = None
    compare: Compare | None = None
    timezone: Name | None = None
    fill: Name | None = None


class Parameter(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A typed placeholder `:name` of an SQL query."""

    name: Name
    type: Name
    default: Any = None
    required: bool = False
    allowed: Annotated[tuple[Any, ...], Many] | None = None


class SqlQuery(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Read-only SQL over streams and tables by their names, with typed parameters."""

    sql: Sql
    parameters: Annotated[tuple[Parameter, ...], Some] = ()
    timezone: Name | None = None
    limit: int | None = None


Query = MetricQuery | SqlQuery


def parse_query(data: Any) -> Query:
    """A query from JSON data. Raises `msgspec.ValidationError` that names the member at fault."""
    kind: type[MetricQuery | SqlQuery] = SqlQuery if isinstance(data, dict) and "sql" in data else MetricQuery
    return msgspec.convert(data, kind)
