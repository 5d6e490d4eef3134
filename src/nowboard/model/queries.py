"""What a widget asks, as it is written. Parsing into a plan is the job of `nowboard.query`."""

from __future__ import annotations

from typing import Any

import msgspec


class Measure(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A named aggregate of a query. `sql` may be left out when `name` is a metric of the stream.

    `filter` is an SQL predicate that this measure alone obeys.
    """

    name: str
    sql: str | None = None
    filter: str | None = None
    label: str | None = None
    unit: str | None = None
    format: str | None = None
    decimals: int | None = None


class Dimension(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A named group-by expression. `sql` may be left out when `name` is a field."""

    name: str
    sql: str | None = None
    label: str | None = None


class Window(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which event times count. Exactly one of `last`, `since`, `from`/`to` and `all` is given.

    `last`: a sliding duration such as `90s`, `15m`, `1h`, `7d`. `since`: the running calendar `hour day week month
    quarter year` in the query's zone (weeks start on Monday). `from_`/`to`: RFC 3339 instants or dates in the query's
    zone, start included, end excluded.
    """

    last: str | None = None
    since: str | None = None
    from_: str | None = msgspec.field(name="from", default=None)
    to: str | None = None
    all: bool = False


class Compare(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Ask the same for an earlier time: `shift` back by `1h 1d 1w 1mo 1y` (calendar units keep the local time).

    `shift: "window"` means the window just before. Each measure `m` gains a column `m__previous`.
    """

    shift: str


class MetricQuery(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Measures of one stream, grouped and windowed. See docs/reference/queries.md."""

    stream: str
    measures: tuple[str | Measure, ...]
    by: tuple[str | Dimension, ...] = ()
    grain: str | None = None
    window: Window | None = None
    where: str | None = None
    having: str | None = None
    order: tuple[str, ...] = ()
    limit: int | None = None
    compare: Compare | None = None
    timezone: str | None = None
    fill: str | None = None


class Parameter(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A typed placeholder `:name` of an SQL query."""

    name: str
    type: str
    default: Any = None
    required: bool = False
    allowed: tuple[Any, ...] | None = None


class SqlQuery(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Read-only SQL over streams and tables by their names, with typed parameters."""

    sql: str
    parameters: tuple[Parameter, ...] = ()
    timezone: str | None = None
    limit: int | None = None


Query = MetricQuery | SqlQuery


def parse_query(data: Any) -> Query:
    """A query from JSON data. Raises `msgspec.ValidationError` that names the member at fault."""
    kind: type[MetricQuery | SqlQuery] = SqlQuery if isinstance(data, dict) and "sql" in data else MetricQuery
    return msgspec.convert(data, kind)
