"""Streams, tables and metrics: what can be asked about."""

from __future__ import annotations

import msgspec

from nowboard.clock import HOUR, MINUTE, Micros
from nowboard.model.fields import Field


class Join(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A table joined to a stream under the name `name`.

    `on` maps columns of the table to SQL scalars over the stream's fields: `{"faa": "origin"}`. The columns must be the
    table's key, so that a join never multiplies events; an event without a match keeps its row with nulls.
    """

    name: str
    table: str
    on: dict[str, str]


class Stream(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A named, typed sequence of events.

    `time` names the timestamp field that is the event time. `retention` is in microseconds of event time (None keeps
    all). Events later than `now + future_limit` are rejected. `open` streams take new fields as they come; closed ones
    reject them. `stamp` gives events without a time the instant of their arrival; otherwise they are rejected.
    """

    name: str
    time: str
    fields: tuple[Field, ...]
    joins: tuple[Join, ...] = ()
    description: str | None = None
    retention: Micros | None = None
    future_limit: Micros = 10 * MINUTE
    dedup_window: Micros = 24 * HOUR
    open: bool = True
    stamp: bool = False

    def field(self, name: str) -> Field | None:
        """The field called `name`, or None."""
        return next((field for field in self.fields if field.name == name), None)


class Follow(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where a table's rows come from: a relation of the database behind one of the settings' connections.

    `relation` is `schema.name` or `name`. It is read every `every` microseconds; with `refresh`, which is for
    materialised views, it is refreshed before.
    """

    connection: str
    relation: str
    every: Micros = HOUR
    refresh: bool = False

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Schema and name, or the name alone. What follows the first dot is the name, with all of its signs."""
        schema, dot, name = self.relation.partition(".")
        return (schema, name) if dot else (schema,)


class Table(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Reference data joined to streams. `key` names the columns that identify a row.

    A table that follows a relation has its rows from there. `content` is then a hash of the rows that it was given
    last: it is journalled with them, so that equal rows are recognised whatever became of the server since.
    """

    name: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    description: str | None = None
    follow: Follow | None = None
    content: str | None = None

    def field(self, name: str) -> Field | None:
        """The column called `name`, or None."""
        return next((field for field in self.fields if field.name == name), None)


class Goal(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a metric should reach: `value`, and whether higher or lower is better."""

    value: float
    better: str = "higher"


class Metric(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A named SQL aggregate over a stream.

    `format` is one of `number integer percent currency duration bytes`; `unit` is what is counted (`flights`, `min`,
    `EUR`): shown once beside the number.
    """

    name: str
    stream: str
    sql: str
    label: str | None = None
    description: str | None = None
    unit: str | None = None
    format: str | None = None
    decimals: int | None = None
    goal: Goal | None = None


class Catalog(msgspec.Struct, frozen=True):
    """Everything that can be asked about, at one journal offset. A change yields a new catalog."""

    streams: dict[str, Stream] = {}
    tables: dict[str, Table] = {}
    metrics: dict[str, Metric] = {}
    offset: int = 0

    def metrics_of(self, stream: str) -> dict[str, Metric]:
        """The metrics over `stream`, by name."""
        return {name: metric for name, metric in self.metrics.items() if metric.stream == stream}
