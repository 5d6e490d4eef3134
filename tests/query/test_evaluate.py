"""Final expressions in Python and in SQL: the same number for the same aggregates."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nowboard.model.scopes import EVERYTHING
from nowboard.query.context import Context
from nowboard.query.evaluate import NotLive, compile_tree
from nowboard.query.rules.safety import cast_safely, divide_safely
from nowboard.query.syntax import parse_scalar, to_sql
from nowboard.query.zones import load_zone
from nowboard.stores.duckdb import DuckDBStore, memory_store
from tests.query.shop import CATALOG, ORDERS

CONTEXT = Context(CATALOG, ORDERS, EVERYTHING, load_zone("UTC"))
KINDS: list[pa.DataType] = [pa.int64(), pa.float64(), pa.decimal128(38, 9), pa.int64()]
SCHEMA = pa.schema([pa.field(f"a{place}", kind) for place, kind in enumerate(KINDS)])

numbers = st.recursive(
    st.sampled_from(["a0", "a1", "a2", "a3", "0", "1", "2.5", "-3", "NULL"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, inner).map(lambda t: f"coalesce({t[0]}, {t[1]})"),
        st.tuples(inner, inner).map(lambda t: f"nullif({t[0]}, {t[1]})"),
        st.tuples(inner, inner).map(lambda t: f"greatest({t[0]}, {t[1]})"),
        st.tuples(inner, inner).map(lambda t: f"least({t[0]}, {t[1]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"case when {t[0]} > {t[1]} then {t[2]} else {t[0]} end"),
        st.tuples(inner, inner).map(lambda t: f"case when {t[0]} is null or not {t[1]} <= 2 then 1 end"),
        inner.map(lambda one: f"abs({one})"),
        inner.map(lambda one: f"(- {one})"),
        inner.map(lambda one: f"cast({one} as double)"),
    ),
    max_leaves=6,
)
values = st.tuples(
    st.one_of(st.none(), st.integers(-5, 5), st.just(1_000_000)),
    st.one_of(st.none(), st.sampled_from([0.0, -1.5, 2.25, 1e6])),
    st.one_of(st.none(), st.sampled_from([Decimal(0), Decimal("1.25"), Decimal("-7.5"), Decimal(100)])),
    st.one_of(st.none(), st.integers(0, 3)),
)


@pytest.fixture(scope="module")
def store() -> DuckDBStore:
    return memory_store()


def both(store: DuckDBStore, text: str, rows: list[tuple[Any, ...]]) -> list[tuple[Any, Any]]:
    """The values in Python and in SQL."""
    tree = divide_safely(cast_safely(parse_scalar(text, "x"), CONTEXT), CONTEXT)
    compiled = compile_tree(tree)
    table = pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], SCHEMA)
    found = store.evaluate(table, f"SELECT {to_sql(tree)} AS x FROM batch").column("x").to_pylist()
    return [(compiled(row), value) for row, value in zip(rows, found, strict=True)]


def same(left: Any, right: Any) -> bool:
    if left is None or right is None or isinstance(left, str | bool):
        return bool(left == right)
    return math.isclose(float(left), float(right), rel_tol=1e-9, abs_tol=1e-6)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=numbers, rows=st.lists(values, min_size=1, max_size=5))
def test_arithmetic(store: DuckDBStore, text: str, rows: list[tuple[Any, ...]]) -> None:
    for in_python, in_sql in both(store, text, rows):
        assert same(in_python, in_sql), (text, rows, in_python, in_sql)


@pytest.mark.parametrize(
    "text",
    [
        "round(a1, 1)", "round(a1)", "round(a2, 2)", "round(a0 / a3, 3)", "round(a1, -1)", "a0 // a3", "a0 % a3",
        "a1 % a3", "cast(a1 as bigint)", "cast(a2 as bigint)", "a0 = a3 and a1 > 0", "a0 = a3 or a1 > 0",
        "not a0 > 1", "a0 is null", "a0 is not null", "case when a0 > 1 then 'many' else 'few' end",
        "a0 between 1 and 3", "a0 <> a3",
        "round(100.0 * a0 / a3, 1)", "a0 / 0", "a1 / (a0 - a0)", "a2 * a0", "a2 / a1", "a2 + a1",
    ],
)  # fmt: skip
def test_functions(store: DuckDBStore, text: str) -> None:
    rows = [
        (left, float_, decimal, right)
        for left in (None, 0, 1, -3, 7)
        for float_ in (None, 0.0, 0.5, 1.5, -2.5, 2.45)
        for decimal in (None, Decimal("1.5"), Decimal("-0.25"), Decimal("2.675"))
        for right in (0, 2)
    ]
    try:
        found = both(store, text, rows)
    except NotLive:
        return
    for row, (in_python, in_sql) in zip(rows, found, strict=True):
        assert same(in_python, in_sql), (text, row, in_python, in_sql)


def test_what_only_the_store_evaluates_is_named() -> None:
    with pytest.raises(NotLive):
        compile_tree(parse_scalar("upper(a0)", "x"))
