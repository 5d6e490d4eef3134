"""Frames: a result at (epoch, offset) as a snapshot, or as a delta on a named base offset.

Rows hold JSON-ready values in column order: null, boolean, number or string. A `timestamp` is a number of milliseconds
since the Unix epoch (with a fraction only below a millisecond). An `integer` outside ±(2^53 − 1) and every `decimal`
is a string, so that no client loses digits. NaN and infinities are null.

Row order is part of the result: by `order` (nulls last in both directions; strings by code point; false before true),
then by the key columns ascending. A client that re-sorts after a delta by this rule holds the order of the server.
"""

from __future__ import annotations

import msgspec

Value = None | bool | int | float | str
Row = tuple[Value, ...]
Position = tuple[str, int]
"""(epoch, offset)."""


class Column(msgspec.Struct, frozen=True, omit_defaults=True):
    """A column of a result.

    `role` is `time` (the bucket of a grain), `dimension`, `measure`, `previous` (the compared value of measure `of`)
    or `value` (SQL). `unit`, `format`, `decimals`, `label` and `goal` come from the metric or measure.
    """

    name: str
    type: str
    role: str = "value"
    of: str | None = None
    label: str | None = None
    unit: str | None = None
    format: str | None = None
    decimals: int | None = None
    goal: float | None = None
    better: str | None = None


class Order(msgspec.Struct, frozen=True, omit_defaults=True):
    """One sort key of a result."""

    column: str
    descending: bool = False


class Result(msgspec.Struct, frozen=True, omit_defaults=True):
    """A whole result: what a snapshot carries and what a query answers.

    `mode` is `live`, `requery`, `cached`, `stale` or `fresh`. `as_of` and `window` are milliseconds since the epoch;
    `window` is [start, end) with null for an open side. `truncated` says that a row cap cut the result.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    epoch: str
    offset: int
    as_of: int
    key: tuple[str, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int | None = None
    mode: str = "fresh"
    approximate: tuple[str, ...] = ()
    window: tuple[int | None, int | None] | None = None
    grain: str | None = None
    timezone: str | None = None
    truncated: bool = False


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """What changed in a live query's result between `base` and `offset`.

    `upsert` holds whole rows, `remove` holds key tuples; removals come first. A clock tick that expires rows moves
    nothing in the journal, so `base == offset` is legal and applying a change twice is harmless.
    """

    base: int
    offset: int
    as_of: int
    upsert: tuple[Row, ...] = ()
    remove: tuple[Row, ...] = ()
    window: tuple[int | None, int | None] | None = None
    approximate: tuple[str, ...] | None = None


class Update(msgspec.Struct, frozen=True):
    """One step of one channel: a change, or a whole result where no row-wise change exists.

    `ingested_at` is when the oldest event in this step was received (microseconds), for the latency histograms.
    """

    channel: str
    content: Result | Change
    ingested_at: int | None = None
