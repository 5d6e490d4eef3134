"""Every name of a relation in a statement becomes a subquery of what the principal may see, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest
from sqlglot import exp

from nowboard.errors import BadQuery, Forbidden
from nowboard.model.fields import Field, FieldType, Role
from nowboard.model.scopes import EVERYTHING, NOTHING, Predicate, Scope
from nowboard.model.streams import Catalog, Join, Stream
from nowboard.query.context import Context
from nowboard.query.rules.relations import Relations
from nowboard.query.syntax import parse_statement, to_sql
from nowboard.query.zones import load_zone
from tests.query.shop import SHOPS

ORDERS = Stream(
    "orders",
    "ts",
    (
        Field("ts", FieldType.TIMESTAMP, Role.TIME),
        Field("store", FieldType.STRING),
        Field("email", FieldType.STRING, pii="email"),
    ),
    joins=(Join("shop", "shops", {"id": "store"}),),
)
VISITS = Stream("visits", "ts", ORDERS.fields[:2])
CATALOG = Catalog({"orders": ORDERS, "visits": VISITS}, {"shops": SHOPS})
STORE = Scope(streams={"orders": Predicate("store = :mine")}, attributes={"mine": "a"})


def relations(scope: Scope = EVERYTHING, **filters: Any) -> Relations:
    context = Context(CATALOG, Stream("", "", ()), scope, load_zone("UTC"), "sql", salt="pepper")
    return Relations(context, filters)


def scoped(sql: str, scope: Scope = EVERYTHING, **filters: Any) -> str:
    return to_sql(relations(scope, **filters).apply_scope(parse_statement(sql, "sql")))


def refused(sql: str, scope: Scope = EVERYTHING) -> tuple[str, dict[str, Any]]:
    with pytest.raises((BadQuery, Forbidden)) as raised:
        scoped(sql, scope)
    return raised.value.message, raised.value.detail or {}


PLAIN = 'SELECT "orders"."ts", "orders"."store", "orders"."email" FROM "stream_orders" AS "orders"'
SHOPS_PLAIN = 'SELECT "shops"."id", "shops"."city" FROM "table_shops" AS "shops"'


@pytest.mark.parametrize(
    ("sql", "printed"),
    [
        ("SELECT store FROM orders", f'SELECT store FROM ({PLAIN}) AS "orders"'),
        ("SELECT store FROM ORDERS", f'SELECT store FROM ({PLAIN}) AS "orders"'),
        ("SELECT o.store FROM orders AS o", f"SELECT o.store FROM ({PLAIN}) AS o"),
        ("SELECT city FROM shops", f'SELECT city FROM ({SHOPS_PLAIN}) AS "shops"'),
        (
            "SELECT 1 FROM orders JOIN shops ON id = store",
            f'SELECT 1 FROM ({PLAIN}) AS "orders" JOIN ({SHOPS_PLAIN}) AS "shops" ON id = store',
        ),
        (
            "SELECT (SELECT max(ts) FROM orders) FROM shops",
            f'SELECT (SELECT MAX(ts) FROM ({PLAIN}) AS "orders") FROM ({SHOPS_PLAIN}) AS "shops"',
        ),
    ],
)
def test_relations_become_what_is_visible_of_them(sql: str, printed: str) -> None:
    assert scoped(sql) == printed


def test_rows_obey_the_predicate() -> None:
    assert scoped("SELECT store FROM orders", STORE) == (
        f"""SELECT store FROM ({PLAIN} WHERE ("orders"."store" = 'a')) AS "orders\""""
    )
    shops = Scope(streams={"shops": Predicate("city = 'Oslo'")})
    assert scoped("SELECT city FROM shops", shops) == (
        f"""SELECT city FROM ({SHOPS_PLAIN} WHERE ("shops"."city" = 'Oslo')) AS "shops\""""
    )


def test_a_predicate_brings_in_the_table_that_it_reads() -> None:
    made = relations(Scope(streams={"orders": Predicate("shop.city = 'Oslo'")}))
    printed = to_sql(made.apply_scope(parse_statement("SELECT store FROM orders", "sql")))
    assert 'LEFT JOIN "table_shops" AS "shop" ON "shop"."id" = ("orders"."store")' in printed
    assert """WHERE ("shop"."city" = 'Oslo')""" in printed
    assert (made.streams, made.tables) == ({"orders"}, {"shops"})


def test_what_was_read_is_noted() -> None:
    made = relations()
    made.apply_scope(parse_statement("SELECT 1 FROM orders, visits", "sql"))
    assert (made.streams, made.tables) == ({"orders", "visits"}, set())
    made = relations()
    made.apply_scope(parse_statement("SELECT 1 FROM shops", "sql"))
    assert (made.streams, made.tables) == (set(), {"shops"})


def test_masked_fields_are_masked_under_their_own_name() -> None:
    printed = scoped("SELECT email FROM orders", Scope(everything=True, masks={"email": "hash"}))
    assert """LEFT(SHA256('pepper' || "orders"."email"), 16) AS "email\"""" in printed
    printed = scoped("SELECT email FROM orders", Scope(everything=True, masks={"email": "hide"}))
    assert 'CAST(NULL AS TEXT) AS "email"' in printed
    assert '"orders"."email"' not in printed


def test_filters_hold_for_every_stream_that_has_the_field() -> None:
    printed = scoped("SELECT 1 FROM orders, visits, shops", store=["a"], email=["x"])
    orders = f"""({PLAIN} WHERE "orders"."store" IN ('a') AND "orders"."email" IN ('x')) AS "orders\""""
    seen = 'SELECT "visits"."ts", "visits"."store" FROM "stream_visits" AS "visits"'
    visits = f"""({seen} WHERE "visits"."store" IN ('a')) AS "visits\""""
    assert printed == f'SELECT 1 FROM {orders}, {visits}, ({SHOPS_PLAIN}) AS "shops"'


def test_filters_and_predicate_hold_together() -> None:
    printed = scoped("SELECT 1 FROM orders", STORE, email=["x"])
    assert """"orders"."store" = 'a'""" in printed
    assert """"orders"."email" IN ('x')""" in printed
    assert " OR " not in printed


def test_a_filter_on_a_join_sees_the_rows_that_are_in_scope() -> None:
    oslo = Scope(streams={"orders": Predicate("true"), "shops": Predicate("city = 'Oslo'")})
    printed = scoped("SELECT 1 FROM orders", oslo, **{"shop.city": ["Bergen"]})
    assert 'AS "shop" ON' not in printed
    assert """."city" = 'Oslo')""" in printed
    assert """."city" IN ('Bergen')""" in printed


@pytest.mark.parametrize("name", ["mine", "MINE"])
def test_the_name_of_a_with_query_stays_apart_from_every_relation(name: str) -> None:
    printed = scoped(f"WITH {name} AS (SELECT * FROM orders) SELECT * FROM mine AS m, Mine")
    assert printed == (
        f'WITH "with mine" AS (SELECT * FROM ({PLAIN}) AS "orders") '
        'SELECT * FROM "with mine" AS m, "with mine" AS "mine"'
    )


def test_a_with_query_may_take_the_name_of_what_is_hidden() -> None:
    """Were it refused, it would tell that there is such a stream."""
    printed = scoped("WITH visits AS (SELECT * FROM orders) SELECT * FROM visits", STORE)
    assert 'FROM "with visits" AS "visits"' in printed
    assert "stream_visits" not in printed


@pytest.mark.parametrize("name", ["orders", "shops", "Orders"])
def test_a_with_query_does_not_take_a_name_that_is_seen(name: str) -> None:
    message, detail = refused(f"WITH {name} AS (SELECT 1) SELECT 1")
    assert message == f"The name {name.lower()!r} is taken."
    assert detail["part"] == "sql"
    assert detail["hint"] == "give the WITH query another name"
    assert detail["line"] == 1


def test_two_with_queries_have_two_names() -> None:
    message, _ = refused("WITH a AS (SELECT 1), A AS (SELECT 2) SELECT 1")
    assert message == "The name 'a' is taken."


def test_recursion_is_not_available() -> None:
    message, detail = refused("WITH RECURSIVE a AS (SELECT 1) SELECT * FROM a")
    assert message == "Recursive queries are not available."
    assert detail["part"] == "sql"
    assert "line" in detail


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM main.orders",
        "SELECT 1 FROM a.b.orders",
        "SELECT 1 FROM read_csv('x')",
        "SELECT 1 FROM orders TABLESAMPLE 10%",
    ],
)
def test_a_relation_is_a_name_and_nothing_else(sql: str) -> None:
    message, detail = refused(sql)
    assert message == "A relation is the name of a stream or table."
    assert (detail["part"], detail["line"]) == ("sql", 1)


def test_unknown_relations_have_a_hint_and_a_place() -> None:
    message, detail = refused("SELECT 1\nFROM ordres")
    assert message == "There is no stream or table called 'ordres'."
    assert (detail["part"], detail["hint"], detail["line"]) == ("sql", "did you mean 'orders'?", 2)
    assert refused("SELECT 1 FROM shosp")[1]["hint"] == "did you mean 'shops'?"


@pytest.mark.parametrize("name", ["visits", "shops", "nothing", "stream_orders", "table_shops"])
def test_what_is_out_of_scope_is_refused_as_what_is_not_there(name: str) -> None:
    with pytest.raises(Forbidden) as raised:
        scoped(f"SELECT 1 FROM {name}", STORE)
    assert raised.value.code == "no_scope"
    assert raised.value.message == f"There is no stream or table {name!r} that you may see."
    detail = raised.value.detail or {}
    assert (detail["stream"], detail["part"], detail["line"]) == (name, "sql", 1)
    assert "visits" not in str(detail["hint"])
    with pytest.raises(Forbidden):
        scoped("SELECT 1 FROM orders", NOTHING)


def test_no_name_reaches_the_store_as_it_was_written() -> None:
    tree = relations(STORE).apply_scope(
        parse_statement("WITH a AS (SELECT * FROM orders) SELECT * FROM a WHERE EXISTS (SELECT 1 FROM orders)", "sql")
    )
    assert {node.name for node in tree.find_all(exp.Table)} == {"stream_orders", "with a"}
