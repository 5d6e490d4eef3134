"""C12 and C14: values never become tokens, and names stay names, whatever they are made of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlglot import Dialect

from nowboard.errors import BadQuery
from nowboard.model.queries import Parameter, SqlQuery
from nowboard.model.scopes import EVERYTHING, Predicate, Scope
from nowboard.query.canonical import prepare
from nowboard.query.sqlquery import plan_sql
from nowboard.query.syntax import quoted
from nowboard.stores.duckdb import DuckDBStore
from tests.query.shop import CATALOG, NOW, answered, ask, make_store, order

TEXTS = st.text(max_size=200) | st.sampled_from(
    ["'; DROP TABLE stream_orders; --", "' OR 1=1 --", "\\'", "$p_p", ":p", "/*", "*/", "'||getenv('HOME')||'", "''"]
)
SQL = "SELECT store FROM orders WHERE status = :p OR status LIKE :p /* :p */ ORDER BY store"
TOKENS = Dialect.get_or_raise("duckdb").tokenize


@pytest.fixture(scope="module")
def store() -> Iterator[DuckDBStore]:
    made = make_store([order(NOW - 1, store="a", status="paid"), order(NOW - 2, store="canary", status=None)])
    yield made
    made.close()


def printed(value: str) -> str:
    query = SqlQuery(SQL, (Parameter("p", "string"),))
    return plan_sql(query, CATALOG, EVERYTHING, parameters={"p": value}).sql


@given(TEXTS.filter(lambda text: "\0" not in text))
def test_a_parameter_changes_no_token(value: str) -> None:
    """C12: not in the statement, and so not in a comment either."""
    assert printed(value) == printed("plain")


@given(TEXTS.filter(lambda text: "\0" not in text and text.isprintable()))
@example("'; DROP TABLE stream_orders; --")
def test_a_literal_is_one_token(value: str) -> None:
    """C12: filters, `where` parameters and attributes of scopes are written out as literals, never as anything else."""
    query = {"stream": "orders", "measures": ["count(*)"], "where": "status = :p"}
    mine = Scope(streams={"orders": Predicate("store = :p")}, attributes={"p": value})
    plain = Scope(streams={"orders": Predicate("store = :p")}, attributes={"p": "plain"})
    asks = [
        (ask(query, EVERYTHING, parameters={"p": value}), ask(query, EVERYTHING, parameters={"p": "plain"})),
        (ask({**query, "where": "true"}, mine), ask({**query, "where": "true"}, plain)),
        (
            ask({**query, "where": "true"}, EVERYTHING, filters={"status": [value]}),
            ask({**query, "where": "true"}, EVERYTHING, filters={"status": ["plain"]}),
        ),
    ]
    for with_value, with_plain in asks:
        kinds = []
        for each in (with_value, with_plain):
            plan = prepare(each, CATALOG).plan
            assert plan is not None
            assert plan.filter is not None
            kinds.append([token.token_type for token in TOKENS(plan.filter.sql)])
        assert kinds[0] == kinds[1]


@given(st.text(min_size=1, max_size=60).filter(lambda text: "\0" not in text))
@example('a"] (b')
@example('x"; DROP TABLE stream_orders; --')
def test_a_name_is_a_name_or_refused(value: str) -> None:
    """C14: names of streams, fields, joins, result columns and filters."""
    bodies: list[dict[str, object]] = [
        {"stream": value, "measures": ["count(*)"]},
        {"stream": "orders", "measures": [{"name": value, "sql": "count(*)"}]},
        {"stream": "orders", "measures": ["count(*)"], "by": [{"name": value, "sql": "store"}]},
        {"stream": "orders", "measures": ["count(*)"], "by": [{"name": quoted(value)}]},
        {"stream": "orders", "measures": ["count(*)"], "order": [value]},
        {"sql": f"SELECT store AS {quoted(value)} FROM orders"},
        {"sql": f"SELECT 1 FROM {quoted(value)}"},
        {"sql": f"SELECT {quoted(value)} FROM orders"},
    ]
    for body in bodies:
        try:
            prepare(ask(body, EVERYTHING, filters={value: ["x"]}), CATALOG)
        except BadQuery:
            continue


@pytest.mark.parametrize("byte", range(1, 256))
def test_result_columns_of_any_byte(store: DuckDBStore, byte: int) -> None:
    """C14."""
    name = f'a{chr(byte)}"]b'
    try:
        found = answered(store, {"sql": f"SELECT store AS {quoted(name)} FROM orders ORDER BY 1"})
    except BadQuery:
        return
    assert [column.name for column in found.columns] == [name]
    assert found.rows == (("a",), ("canary",))
