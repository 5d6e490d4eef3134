"""Definitions that a scope does not name do not exist for who plans against them."""

from __future__ import annotations

import msgspec
import pytest

from nowboard.model.fields import Field, FieldType
from nowboard.model.scopes import EVERYTHING, NOTHING, Predicate, Scope
from nowboard.model.streams import Catalog, Join, Metric, Stream, Table
from nowboard.model.visible import visible_catalog, visible_stream

FIELDS = (Field("ts", FieldType.TIMESTAMP), Field("shop", FieldType.STRING))
SHOP, CITY = Join("shop", "shops", {"id": "shop"}), Join("city", "cities", {"id": "shop"})
ORDERS = Stream("orders", "ts", FIELDS, joins=(SHOP, CITY))
VISITS = Stream("visits", "ts", FIELDS)
SHOPS, CITIES = (Table(name, ("id",), (Field("id", FieldType.STRING),)) for name in ("shops", "cities"))
CATALOG = Catalog(
    {"orders": ORDERS, "visits": VISITS},
    {"shops": SHOPS, "cities": CITIES},
    {"revenue": Metric("revenue", "orders", "sum(total)"), "people": Metric("people", "visits", "count(*)")},
    7,
)


def scope(*names: str) -> Scope:
    return Scope(streams={name: Predicate("true") for name in names})


def test_everything_shows_everything() -> None:
    assert visible_catalog(CATALOG, EVERYTHING) is CATALOG
    assert visible_stream(ORDERS, EVERYTHING) is ORDERS
    # a predicate narrows rows, not definitions
    some = Scope(everything=True, streams={"orders": Predicate("shop = 'a'")})
    assert visible_catalog(CATALOG, some) == CATALOG


@pytest.mark.parametrize(
    ("names", "streams", "tables", "metrics", "joins"),
    [
        ((), set(), set(), set(), ()),
        (("orders",), {"orders"}, set(), {"revenue"}, ()),
        (("visits", "shops"), {"visits"}, {"shops"}, {"people"}, ()),
        (("orders", "shops"), {"orders"}, {"shops"}, {"revenue"}, (SHOP,)),
        (("orders", "cities"), {"orders"}, {"cities"}, {"revenue"}, (CITY,)),
        (("orders", "shops", "cities"), {"orders"}, {"shops", "cities"}, {"revenue"}, (SHOP, CITY)),
        # a metric's name is not a stream's
        (("revenue",), set(), set(), set(), ()),
    ],
)
def test_what_is_named_is_there(
    names: tuple[str, ...], streams: set[str], tables: set[str], metrics: set[str], joins: tuple[Join, ...]
) -> None:
    seen = visible_catalog(CATALOG, scope(*names))
    assert (set(seen.streams), set(seen.tables), set(seen.metrics)) == (streams, tables, metrics)
    assert seen.offset == 7
    for name, table in seen.tables.items():
        assert table is CATALOG.tables[name]
    for name, metric in seen.metrics.items():
        assert metric is CATALOG.metrics[name]
    if "orders" in streams:
        assert seen.streams["orders"] == msgspec.structs.replace(ORDERS, joins=joins)
        assert visible_stream(ORDERS, scope(*names)).joins == joins


def test_nothing_shows_nothing() -> None:
    assert visible_catalog(CATALOG, NOTHING) == Catalog(offset=7)


def test_a_stream_of_which_nothing_is_left_out_stays_the_same() -> None:
    assert visible_stream(ORDERS, scope("orders", "shops", "cities")) is ORDERS
    assert visible_stream(VISITS, scope("visits")) is VISITS
