"""The `orders` stream, its table and its metric, and events of it in any number."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec
import pyarrow as pa

from nowboard.clock import SECOND, Micros
from nowboard.model.arrow import schema_of, table_schema
from nowboard.model.events import Definition, Events, RecordKind
from nowboard.model.fields import Field, FieldType, Role
from nowboard.model.streams import Metric, Stream, Table

START: Micros = 1_700_000_000 * SECOND

ORDERS = Stream(
    name="orders",
    time="at",
    fields=(
        Field("at", FieldType.TIMESTAMP, Role.TIME),
        Field("channel", FieldType.STRING),
        Field("total", FieldType.DECIMAL, Role.MEASURE),
        Field("items", FieldType.INTEGER, Role.MEASURE),
        Field("weight", FieldType.FLOAT, Role.MEASURE),
        Field("paid", FieldType.BOOLEAN),
        Field("extra", FieldType.JSON),
    ),
)
CHANNELS = Table("channels", ("code",), (Field("code", FieldType.STRING), Field("title", FieldType.STRING)))
REVENUE = Metric("revenue", "orders", "sum(total)")

Row = dict[str, object]


def define_stream(stream: Stream = ORDERS) -> Definition:
    return Definition(RecordKind.STREAM, stream.name, msgspec.json.encode(stream))


def define_table(rows: Sequence[Row]) -> Definition:
    content = pa.Table.from_pylist(list(rows), schema=table_schema(CHANNELS))
    return Definition(RecordKind.TABLE, CHANNELS.name, msgspec.json.encode(CHANNELS), content)


def define_metric() -> Definition:
    return Definition(RecordKind.METRIC, REVENUE.name, msgspec.json.encode(REVENUE))


def drop(stream: str = "orders") -> Definition:
    return Definition(RecordKind.DROP, stream, b"{}")


def batch(count: int, *, start: int = 0, stream: Stream = ORDERS) -> pa.RecordBatch:
    """`count` rows numbered from `start` in `items`; event times one second apart."""
    numbers = range(start, start + count)
    columns: dict[str, Sequence[object]] = {
        "channel": [f"channel {number % 3}" for number in numbers],
        "total": [Decimal(number) * Decimal("0.99") for number in numbers],
        "items": numbers,
        "weight": [number / 4 for number in numbers],
        "paid": [number % 2 == 0 for number in numbers],
        "extra": [f'{{"n": {number}}}' for number in numbers],
    }
    times = pa.array([START + number * SECOND for number in numbers], pa.int64()).cast(pa.timestamp("us"))
    arrays = [
        times if field.name == "at" else pa.array(columns.get(field.name, [None] * count), field.type)
        for field in schema_of(stream)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema_of(stream))


def events(
    count: int = 1,
    *,
    start: int = 0,
    ids: Sequence[str | None] | None = None,
    key: str | None = None,
    received_at: Micros = START,
    stream: Stream = ORDERS,
    principal: str = "user:1",
) -> Events:
    columns = batch(count, start=start, stream=stream)
    return Events(stream.name, columns, received_at, None if ids is None else tuple(ids), key, principal)
