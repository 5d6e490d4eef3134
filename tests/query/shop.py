"""A small shop: a stream of orders with a joined table, in a store in memory."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa

from nowboard.clock import HOUR, SECOND, Micros
from nowboard.model.arrow import schema_of, table_schema
from nowboard.model.engine import Ask
from nowboard.model.events import Definition, Events, Record, RecordKind
from nowboard.model.fields import Field, FieldType, Role
from nowboard.model.frames import Result
from nowboard.model.queries import parse_query
from nowboard.model.scopes import EVERYTHING, Scope
from nowboard.model.streams import Catalog, Goal, Join, Metric, Stream, Table
from nowboard.query.answer import answer
from nowboard.query.canonical import prepare
from nowboard.stores.duckdb import DuckDBStore, memory_store

NOW: Micros = 1_710_000_123 * SECOND
"""2024-03-09T16:02:03Z."""

EPOCH = "test"

ORDERS = Stream(
    "orders",
    "ts",
    (
        Field("ts", FieldType.TIMESTAMP, Role.TIME),
        Field("total", FieldType.DECIMAL, Role.MEASURE),
        Field("qty", FieldType.INTEGER, Role.MEASURE),
        Field("price", FieldType.FLOAT, Role.MEASURE),
        Field("status", FieldType.STRING),
        Field("channel", FieldType.STRING),
        Field("email", FieldType.STRING, pii="email"),
        Field("salary", FieldType.INTEGER, pii="money"),
        Field("paid", FieldType.BOOLEAN),
        Field("extra", FieldType.JSON),
        Field("store", FieldType.STRING),
    ),
    joins=(Join("shop", "shops", {"id": "store"}),),
)
SHOPS = Table("shops", ("id",), (Field("id", FieldType.STRING), Field("city", FieldType.STRING)))
METRICS = {
    "revenue": Metric("revenue", "orders", "sum(total)", unit="EUR", format="currency", goal=Goal(100.0)),
    "order_count": Metric("order_count", "orders", "count(*)"),
    "aov": Metric("aov", "orders", "revenue / order_count", decimals=2),
}
CATALOG = Catalog({"orders": ORDERS}, {"shops": SHOPS}, METRICS, 3)

Row = Mapping[str, Any]


def order(at: Micros, **values: Any) -> Row:
    """One order; fields that are not given are null."""
    return {"ts": at, **values}


def random_orders(count: int, *, span: Micros = 3 * HOUR, seed: int = 1, now: Micros = NOW) -> list[Row]:
    """Orders of the last `span`, out of order, with nulls."""
    chance = random.Random(seed)
    return [
        order(
            now - chance.randrange(span),
            total=Decimal(chance.randrange(-500, 10_000)) / 100,
            qty=chance.choice([None, 0, 1, 2, 3]),
            price=chance.choice([None, 0.5, 1.25, 19.99, -3.0]),
            status=chance.choice(["paid", "open", None]),
            channel=chance.choice(["web", "app", "shop"]),
            email=f"u{chance.randrange(20)}@example.org",
            salary=chance.randrange(1000),
            paid=chance.choice([True, False, None]),
            store=chance.choice(["a", "b", "z", None]),
        )
        for _ in range(count)
    ]


def make_store(rows: Sequence[Row] = ()) -> DuckDBStore:
    """A store in memory that holds `rows`."""
    store = memory_store()
    body = msgspec.json.encode
    shops = pa.Table.from_pylist([{"id": "a", "city": "Oslo"}, {"id": "b", "city": "Bergen"}], table_schema(SHOPS))
    contents: list[Events | Definition] = [
        Definition(RecordKind.STREAM, "orders", body(ORDERS)),
        Definition(RecordKind.TABLE, "shops", body(SHOPS), shops),
    ]
    store.apply([Record(offset, content) for offset, content in enumerate(contents, 1)], epoch=EPOCH)
    if rows:
        append(store, rows)
    return store


def append(store: DuckDBStore, rows: Sequence[Row]) -> None:
    """One more record of orders."""
    batch = pa.RecordBatch.from_pylist([dict(row) for row in rows], schema=schema_of(ORDERS))
    events = Events("orders", batch, received_at=NOW)
    store.apply([Record(store.applied + 1, events, store.applied * 1000)], epoch=EPOCH)


def ask(query: Any, scope: Scope = EVERYTHING, **more: Any) -> Ask:
    """An ask from JSON data."""
    return Ask(parse_query(query), scope, more.get("parameters", {}), more.get("filters", {}))


def answered(store: DuckDBStore, query: Any, scope: Scope = EVERYTHING, *, now: Micros = NOW, **more: Any) -> Result:
    """The answer to a query at `now`."""
    prepared = prepare(ask(query, scope, **more), CATALOG, salt="pepper")
    with store.snapshot() as snapshot:
        return answer(prepared, snapshot, now, EPOCH, timeout=10)


def offsets_of(store: DuckDBStore) -> Any:
    """What an engine would tell the runner: here every relation moves with the store."""

    def offsets(names: Collection[str]) -> tuple[int, ...]:
        return tuple(store.applied for _ in names)

    return offsets
