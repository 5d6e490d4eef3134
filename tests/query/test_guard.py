"""The guard and the scope rule against a hostile corpus."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nowboard.errors import BadQuery, Forbidden
from nowboard.model.queries import SqlQuery
from nowboard.model.scopes import EVERYTHING, NOTHING, Predicate, Scope
from nowboard.query.planner import plan
from nowboard.query.sqlquery import plan_sql
from nowboard.stores.duckdb import DuckDBStore
from tests.query.shop import CATALOG, NOW, answered, ask, make_store, order

HOSTILE = [
    line
    for line in (Path(__file__).parent.parent / "fixtures/query/hostile.sql").read_text().splitlines()
    if line and not line.startswith("--")
]
MINE = Scope(streams={"orders": Predicate("store in (:stores)")}, attributes={"stores": ["a"]})
CANARY = "canary@example.org"


@pytest.fixture(scope="module")
def store() -> Iterator[DuckDBStore]:
    made = make_store(
        [
            order(NOW - 1, store="a", email="me@example.org", status="it's", qty=1),
            order(NOW - 2, store="b", email=CANARY, status="paid", qty=2),
        ]
    )
    yield made
    made.close()


def test_the_corpus_is_large() -> None:
    assert len(HOSTILE) >= 150
    assert len(set(HOSTILE)) == len(HOSTILE)


@pytest.mark.parametrize("sql", HOSTILE)
def test_hostile_statements_are_refused(sql: str) -> None:
    with pytest.raises(BadQuery) as caught:
        plan_sql(SqlQuery(sql), CATALOG, EVERYTHING)
    assert caught.value.detail is not None
    assert caught.value.detail["part"] == "sql"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT email FROM orders",
        "SELECT email FROM orders AS o",
        "SELECT email FROM ORDERS",
        'SELECT email FROM "orders"',
        'SELECT email FROM "Orders" AS "stream_orders"',
        "SELECT o.email FROM orders o JOIN orders p ON true",
        "SELECT p.email FROM orders o LEFT JOIN orders p ON o.qty < p.qty",
        "SELECT email FROM orders UNION SELECT email FROM orders",
        "SELECT email FROM (SELECT * FROM orders)",
        "WITH a AS (SELECT * FROM orders) SELECT email FROM a",
        "WITH a AS (SELECT * FROM orders), b AS (SELECT * FROM a) SELECT email FROM b",
        "WITH a AS (SELECT * FROM orders) SELECT email FROM (WITH b AS (SELECT * FROM orders) SELECT * FROM b)",
        "SELECT (SELECT min(email) FROM orders)",
        "SELECT email FROM orders WHERE email IN (SELECT email FROM orders)",
        "SELECT email FROM orders o WHERE EXISTS (SELECT 1 FROM orders p WHERE p.email <> o.email) OR true",
        "SELECT email FROM orders -- WHERE store = 'b'",
        "SELECT email FROM orders /* */ WHERE true OR store = 'b'",
        "SELECT min(email) OVER () FROM orders",
        "SELECT email FROM orders QUALIFY row_number() OVER (ORDER BY email) < 10",
        "SELECT orders FROM orders",
        "SELECT o FROM orders o",
        "SELECT * FROM orders AS o(a, b, c, d, e, f, g, h, i, j, k)",
        "FROM orders SELECT email",
        "FROM orders",
        "SELECT DISTINCT email FROM orders",
        "SELECT string_agg(email, ',') FROM orders",
        "SELECT email FROM orders EXCEPT SELECT email FROM orders WHERE store = 'z'",
        "SELECT q.email FROM orders CROSS JOIN orders q",
        "TABLE orders",
    ],
)
def test_scope_holds_whatever_the_spelling(store: DuckDBStore, sql: str) -> None:
    seen = answered(store, {"sql": sql}, MINE)
    assert CANARY not in str(seen)
    assert CANARY in str(answered(store, {"sql": sql})), "the statement must show the canary without the scope"


def test_only_declared_columns_are_seen(store: DuckDBStore) -> None:
    names = [column.name for column in answered(store, {"sql": "SELECT * FROM orders"}).columns]
    assert names == [field.name for field in CATALOG.streams["orders"].fields]
    for name in ("_seq", "_received", "rowid"):
        with pytest.raises(BadQuery):
            answered(store, {"sql": f"SELECT {name} FROM orders"})
        with pytest.raises(BadQuery):
            plan(ask({"stream": "orders", "measures": [f"max({name})"]}).query, CATALOG, EVERYTHING)  # type: ignore[arg-type]


def test_out_of_scope_is_refused(store: DuckDBStore) -> None:
    for query in ({"sql": "SELECT 1 FROM orders"}, {"stream": "orders", "measures": ["count(*)"]}):
        with pytest.raises(Forbidden) as caught:
            answered(store, query, NOTHING)
        assert caught.value.code == "no_scope"
    with pytest.raises(Forbidden):
        answered(store, {"sql": "SELECT * FROM shops"}, MINE)
    named = Scope(streams={"shops": Predicate("city = 'Oslo'")})
    assert [row[1] for row in answered(store, {"sql": "SELECT * FROM shops"}, named).rows] == ["Oslo"]


@pytest.mark.parametrize(
    ("sql", "attributes"),
    [
        ("store in (:stores)", {}),
        ("store in (:stores)", {"stores": {"a": 1}}),
        ("store = :store", {"store": ["a"]}),
        ("stor = 'a'", {}),
        ("store = 'a' or", {}),
        ("store = 'a') or (true", {}),
        ("exists (select 1)", {}),
        ("getenv('HOME') = 'x'", {}),
        ("qty", {}),
    ],
)
def test_a_scope_that_cannot_be_applied_is_a_refusal(store: DuckDBStore, sql: str, attributes: dict[str, Any]) -> None:
    scope = Scope(streams={"orders": Predicate(sql)}, attributes=attributes)
    for query in ({"sql": "SELECT 1 FROM orders"}, {"stream": "orders", "measures": ["count(*)"]}):
        with pytest.raises(Forbidden) as caught:
            answered(store, query, scope)
        assert caught.value.code == "no_scope"
        assert "getenv" not in caught.value.message


@pytest.mark.parametrize(
    "value", ["it's", "'; DROP TABLE stream_orders; --", "\\", "\\'", 'a"b', "€\n\t", "%", "$1", ":x"]
)
def test_values_are_never_text_of_a_statement(store: DuckDBStore, value: str) -> None:
    expected = [(1,)] if value == "it's" else [(0,)]
    by_filter = answered(store, {"stream": "orders", "measures": ["count(*)"]}, filters={"status": [value]})
    assert list(by_filter.rows) == expected
    by_parameter = answered(
        store,
        {"sql": "SELECT count(*) FROM orders WHERE status = :s", "parameters": [{"name": "s", "type": "string"}]},
        parameters={"s": value},
    )
    assert list(by_parameter.rows) == expected
    scope = Scope(streams={"orders": Predicate("status = :s")}, attributes={"s": value})
    assert list(answered(store, {"stream": "orders", "measures": ["count(*)"]}, scope).rows) == expected
    in_query = answered(
        store, {"stream": "orders", "measures": ["count(*)"], "where": "status = :s"}, parameters={"s": value}
    )
    assert list(in_query.rows) == expected


def test_an_empty_list_of_attributes_sees_nothing(store: DuckDBStore) -> None:
    scope = Scope(streams={"orders": Predicate("store in (:stores)")}, attributes={"stores": []})
    assert answered(store, {"stream": "orders", "measures": ["count(*)"]}, scope).rows == ((0,),)
    inverse = Scope(streams={"orders": Predicate("store not in (:stores)")}, attributes={"stores": []})
    assert answered(store, {"stream": "orders", "measures": ["count(*)"]}, inverse).rows == ((0,),)


@pytest.mark.parametrize(
    "sql",
    [
        "(" * 3000 + "1" + ")" * 3000,
        "SELECT " + "(" * 200 + "1" + ")" * 200,
        "SELECT 1" + " + 1" * 6000,
        "SELECT '" + "x" * 30_000 + "'",
        "SELECT '\0'",
        "",
        ";",
        "-- nothing",
    ],
)
def test_texts_that_are_too_much_are_refused(sql: str) -> None:
    with pytest.raises(BadQuery):
        plan_sql(SqlQuery(sql), CATALOG, EVERYTHING)


@pytest.mark.parametrize("mask", ["hide", "hash", "partial", "unknown"])
def test_masks_hold_in_every_place(store: DuckDBStore, mask: str) -> None:
    scope = Scope(everything=True, masks={"email": mask})
    queries: list[dict[str, Any]] = [
        {"sql": "SELECT * FROM orders"},
        {"sql": "SELECT lower(email) FROM orders"},
        {"sql": "SELECT o FROM orders o"},
        {"stream": "orders", "measures": ["count(*)"], "by": ["email"]},
        {"stream": "orders", "measures": [{"name": "x", "sql": "max(email)"}]},
        {"stream": "orders", "measures": [{"name": "x", "sql": "last(email)"}]},
        {"stream": "orders", "measures": [{"name": "x", "sql": "mode(email)"}]},
        {"stream": "orders", "measures": ["count(*)"], "by": [{"name": "x", "sql": "upper(email)"}]},
    ]
    for query in queries:
        assert "canary" not in str(answered(store, query, scope)).lower()
    probe: dict[str, Any] = {"stream": "orders", "measures": ["count(*)"], "where": f"email = '{CANARY}'"}
    assert answered(store, probe, scope).rows == ((0,),)
    probe = {"stream": "orders", "measures": [{"name": "n", "sql": f"count(*) filter (where email like '{CANARY}')"}]}
    assert answered(store, probe, scope).rows == ((0,),)
    assert answered(store, {"stream": "orders", "measures": ["count(*)"]}, scope, filters={"email": [CANARY]}).rows == (
        (0,),
    )
    hashed = answered(store, {"stream": "orders", "measures": ["count(distinct email)"]}, scope).rows
    assert hashed == ({"hide": ((0,),), "hash": ((2,),), "partial": ((2,),), "unknown": ((0,),)}[mask])


def test_scope_sees_what_the_mask_hides(store: DuckDBStore) -> None:
    scope = Scope(
        streams={"orders": Predicate("email = :me")}, attributes={"me": "me@example.org"}, masks={"email": "hide"}
    )
    assert answered(store, {"sql": "SELECT email, store FROM orders"}, scope).rows == ((None, "a"),)
