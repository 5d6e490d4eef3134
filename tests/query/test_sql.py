"""SQL queries: parameters, spellings that are allowed, and the printed statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from nowboard.errors import BadQuery
from nowboard.model.queries import SqlQuery
from nowboard.model.scopes import EVERYTHING
from nowboard.query.sqlquery import plan_sql
from nowboard.stores.duckdb import DuckDBStore
from tests.query.shop import CATALOG, NOW, answered, make_store, order


@pytest.fixture(scope="module")
def store() -> Iterator[DuckDBStore]:
    made = make_store(
        [
            order(NOW - 1, store="a", status="paid", qty=1, total=10, price=1.5, paid=True, extra='{"k": {"n": 7}}'),
            order(NOW - 2, store="b", status="open", qty=2, total=20, price=2.5, paid=False),
            order(NOW - 3, store="a", status=None, qty=3, total=30),
        ]
    )
    yield made
    made.close()


def rows(store: DuckDBStore, sql: str, **parameters: tuple[str, Any]) -> tuple[Any, ...]:
    declared = [{"name": name, "type": kind} for name, (kind, _) in parameters.items()]
    given = {name: value for name, (_, value) in parameters.items()}
    return answered(store, {"sql": sql, "parameters": declared}, parameters=given).rows


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT store, count(*) AS n FROM orders GROUP BY store ORDER BY n DESC", (("a", 2), ("b", 1))),
        ("SELECT store, count(*) FROM orders GROUP BY ALL ORDER BY 1", (("a", 2), ("b", 1))),
        (
            "SELECT city, sum(total) FROM orders o JOIN shops s ON s.id = o.store GROUP BY 1 ORDER BY 1",
            (("Bergen", "20"), ("Oslo", "40")),
        ),
        (
            "SELECT city FROM orders LEFT JOIN shops ON shops.id = orders.store ORDER BY orders.ts",
            (("Oslo",), ("Bergen",), ("Oslo",)),
        ),
        (
            "SELECT city FROM orders JOIN (SELECT id AS store, city FROM shops) USING (store) WHERE qty = 1",
            (("Oslo",),),
        ),
        ("WITH a AS (SELECT * FROM orders), b AS (SELECT qty FROM a WHERE qty > 1) SELECT sum(qty) FROM b", ((5,),)),
        ("SELECT qty, sum(qty) OVER (ORDER BY ts) AS s FROM orders ORDER BY ts", ((3, 3), (2, 5), (1, 6))),
        (
            "SELECT qty FROM orders QUALIFY row_number() OVER (PARTITION BY store ORDER BY ts DESC) = 1 ORDER BY 1",
            ((1,), (2,)),
        ),
        ("SELECT lag(qty) OVER (ORDER BY ts) FROM orders ORDER BY ts", ((None,), (3,), (2,))),
        ("SELECT qty FROM orders WHERE EXISTS (SELECT 1 FROM shops WHERE id = store AND city = 'Bergen')", ((2,),)),
        ("SELECT qty FROM orders WHERE store IN (SELECT id FROM shops WHERE city = 'Bergen')", ((2,),)),
        ("SELECT DISTINCT store FROM orders ORDER BY store", (("a",), ("b",))),
        ("SELECT store FROM orders UNION SELECT 'z' ORDER BY store", (("a",), ("b",), ("z",))),
        ("SELECT extra->'k'->>'n' FROM orders WHERE extra IS NOT NULL", (("7",),)),
        ("SELECT extra->>'$.k.n' FROM orders WHERE extra IS NOT NULL", (("7",),)),
        ("SELECT qty / 0, qty % 0, cast(status AS integer) FROM orders WHERE status = 'paid'", ((None, None, None),)),
        ("SELECT count(*) FILTER (WHERE paid), string_agg(status, '-' ORDER BY ts) FROM orders", ((1, "open-paid"),)),
        (
            "SELECT * EXCLUDE (ts, total, price, email, salary, paid, extra, channel, status) FROM orders LIMIT 1",
            ((1, "a"),),
        ),
        ('SELECT qty AS "select", store AS "a""b" FROM orders ORDER BY qty LIMIT 1', ((1, "a"),)),
        ("SELECT a.qty FROM orders a, orders b WHERE a.qty = b.qty ORDER BY 1 OFFSET 2", ((3,),)),
        ("FROM orders SELECT max(qty)", ((3,),)),
        ("SELECT 1 AS one", ((1,),)),
    ],
)
def test_what_is_allowed_works(store: DuckDBStore, sql: str, expected: tuple[Any, ...]) -> None:
    assert rows(store, sql) == expected


@pytest.mark.parametrize(
    ("kind", "value", "condition", "count"),
    [
        ("string", "paid", "status = :p", 1),
        ("integer", 2, "qty >= :p", 2),
        ("integer", "2", "qty >= :p", 2),
        ("float", 1.5, "price = :p", 1),
        ("decimal", "20", "total = :p", 1),
        ("boolean", True, "paid = :p", 1),
        ("timestamp", (NOW - 2) / 1000, "ts >= :p", 2),
        ("timestamp", "2024-03-09T16:02:02Z", "ts >= :p", 3),
        ("string", None, "status IS NOT DISTINCT FROM :p", 1),
        ("string[]", ["paid", "open"], "status IN (:p)", 2),
        ("string[]", [], "status IN (:p)", 0),
        ("string[]", ["paid"], "status NOT IN (:p)", 1),
        ("integer[]", [1, 3], "qty IN (:p)", 2),
        ("timestamp[]", [(NOW - 1) / 1000], "ts IN (:p)", 1),
    ],
)
def test_parameters_are_typed_and_bound(store: DuckDBStore, kind: str, value: Any, condition: str, count: int) -> None:
    assert rows(store, f"SELECT count(*) FROM orders WHERE {condition}", p=(kind, value)) == ((count,),)


def test_parameters_never_enter_the_text() -> None:
    from_json = {"sql": "SELECT * FROM orders WHERE status = $p", "parameters": [{"name": "p", "type": "string"}]}
    made = plan_sql(_parsed(from_json), CATALOG, EVERYTHING, parameters={"p": "secret' OR 1=1"})
    assert "secret" not in made.sql
    assert made.values == {"p_p": "secret' OR 1=1"}


def _parsed(data: dict[str, Any]) -> SqlQuery:
    return msgspec.convert(data, SqlQuery)


@pytest.mark.parametrize(
    ("declared", "given", "part"),
    [
        ({"name": "p", "type": "integer"}, {"p": "x"}, "parameters.p"),
        ({"name": "p", "type": "integer", "required": True}, {}, "parameters.p"),
        ({"name": "p", "type": "string", "allowed": ["a", "b"]}, {"p": "c"}, "parameters.p"),
        ({"name": "p", "type": "string[]", "allowed": ["a", "b"]}, {"p": ["a", "c"]}, "parameters.p"),
        ({"name": "p", "type": "string[]"}, {"p": "a"}, "parameters.p"),
        ({"name": "p", "type": "text"}, {"p": "a"}, "parameters.p.type"),
        ({"name": "P!", "type": "string"}, {}, "parameters[0].name"),
    ],
)
def test_parameters_that_do_not_fit_are_named(declared: dict[str, Any], given: dict[str, Any], part: str) -> None:
    query = _parsed({"sql": "SELECT 1", "parameters": [declared]})
    with pytest.raises(BadQuery) as caught:
        plan_sql(query, CATALOG, EVERYTHING, parameters=given)
    assert caught.value.detail is not None
    assert caught.value.detail["part"] == part


def test_defaults_and_lists_in_wrong_places(store: DuckDBStore) -> None:
    query = {
        "sql": "SELECT count(*) FROM orders WHERE qty > :p",
        "parameters": [{"name": "p", "type": "integer", "default": 1}],
    }
    assert answered(store, query).rows == ((2,),)
    assert answered(store, query, parameters={"p": 2, "other": "ignored"}).rows == ((1,),)
    with pytest.raises(BadQuery, match="can only stand in"):
        rows(store, "SELECT $p", p=("string[]", ["a"]))
    with pytest.raises(BadQuery, match="can only stand in"):
        rows(store, "SELECT 1 FROM orders WHERE status IN ('x', :p)", p=("string[]", ["a"]))


def test_local_reads_the_clock_of_the_query(store: DuckDBStore) -> None:
    query = {"sql": "SELECT DISTINCT hour(local(ts)) AS h, hour(ts) AS u FROM orders", "timezone": "Asia/Tokyo"}
    assert answered(store, query).rows == ((1, 16),)


@pytest.mark.parametrize(
    ("sql", "line", "column"),
    [
        ("SELECT *\nFROM ordrs", 2, 6),
        ("SELECT\n  getenv('x')", 2, 3),
        ("SELECT *\nFROM orders\nWHERE (qty = ", 3, 12),
        ("SELECT 1, :nope", None, None),
    ],
)
def test_errors_point_into_the_text(sql: str, line: int | None, column: int | None) -> None:
    with pytest.raises(BadQuery) as caught:
        plan_sql(SqlQuery(sql), CATALOG, EVERYTHING)
    detail = caught.value.detail
    assert detail is not None
    assert (detail.get("line"), detail.get("column")) == (line, column)


def test_unknown_relations_have_a_hint() -> None:
    with pytest.raises(BadQuery) as caught:
        plan_sql(SqlQuery("SELECT * FROM ordrs"), CATALOG, EVERYTHING)
    assert caught.value.detail is not None
    assert caught.value.detail["hint"] == "did you mean 'orders'?"


def test_limits_must_be_positive() -> None:
    with pytest.raises(BadQuery):
        plan_sql(SqlQuery("SELECT 1", limit=0), CATALOG, EVERYTHING)
