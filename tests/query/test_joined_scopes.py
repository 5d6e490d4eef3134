"""Rows of joined tables obey the scope; predicates of the scope itself look at the whole table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from nowboard.errors import BadQuery, BadRequest, Forbidden
from nowboard.model.scopes import EVERYTHING, Predicate, Scope
from nowboard.query.canonical import prepare
from nowboard.query.scopecheck import check_scope
from nowboard.stores.duckdb import DuckDBStore
from tests.query.shop import CATALOG, NOW, answered, ask, make_store, order

BY_CITY = {"stream": "orders", "measures": ["count(*)"], "by": ["shop.city"]}
OSLO = Scope(streams={"orders": Predicate("true"), "shops": Predicate("city = :city")}, attributes={"city": "Oslo"})


@pytest.fixture(scope="module")
def store() -> Iterator[DuckDBStore]:
    made = make_store([order(NOW - 1, store="a", qty=1), order(NOW - 2, store="b", qty=2)])
    yield made
    made.close()


def test_rows_of_a_joined_table_that_are_out_of_scope_do_not_match(store: DuckDBStore) -> None:
    assert set(answered(store, BY_CITY, OSLO).rows) == {("Oslo", 1), (None, 1)}
    assert set(answered(store, BY_CITY).rows) == {("Oslo", 1), ("Bergen", 1)}
    probe = {**BY_CITY, "where": "shop.city = 'Bergen' or length(shop.city) = 6"}
    assert answered(store, probe, OSLO).rows == ()
    filtered = answered(store, {"stream": "orders", "measures": ["count(*)"]}, OSLO, filters={"shop.city": ["Bergen"]})
    assert filtered.rows == ((0,),)


def test_a_table_that_the_scope_does_not_name_is_not_joined(store: DuckDBStore) -> None:
    with pytest.raises(BadQuery, match="joins nothing called 'shop'"):
        answered(store, BY_CITY, Scope(streams={"orders": Predicate("true")}))


def test_a_predicate_looks_at_tables_that_its_principal_does_not_see(store: DuckDBStore) -> None:
    """Were it joined to what is visible only, `coalesce` and `is null` would let other rows through."""
    hidden = Scope(streams={"orders": Predicate("shop.city = 'Bergen'")})
    assert answered(store, {"sql": "SELECT store FROM orders"}, hidden).rows == (("b",),)
    narrowed = Scope(
        streams={"orders": Predicate("coalesce(shop.city, 'x') <> 'Bergen'"), "shops": Predicate("city = 'Oslo'")}
    )
    for query in ({"sql": "SELECT store FROM orders"}, {**BY_CITY, "by": ["store"], "measures": ["sum(qty)"]}):
        assert [row[0] for row in answered(store, query, narrowed).rows] == ["a"]
    assert answered(store, BY_CITY, narrowed).rows == (("Oslo", 1),)


def test_scopes_that_see_other_rows_of_a_table_do_not_share_a_join() -> None:
    """C25: live queries of one stream are evaluated in one statement, so each restriction has a name of its own."""
    other = Scope(streams=OSLO.streams, attributes={"city": "Bergen"})
    plans = [prepare(ask(BY_CITY, scope), CATALOG).plan for scope in (OSLO, other, EVERYTHING)]
    aliases = [join.this.alias for found in plans if found is not None for join in found.joins]
    assert len(set(aliases)) == 3
    assert aliases[2] == "shop"


@pytest.mark.parametrize(
    ("stream", "sql"),
    [
        ("orders", "true) OR (true"),
        ("orders", "store = 'a') OR (true"),
        ("orders", "store = 'a' OR (true"),
        ("orders", "store = 'a'; true"),
        ("orders", "store = 'a' /*"),
        ("orders", "qty"),
        ("orders", "count(*) > 1"),
        ("orders", "nothing = 1"),
        ("orders", "getenv('HOME') = 'x'"),
        ("orders", "exists (select 1)"),
        ("orders", "store in (select id from shops)"),
        ("orders", "qty = 'x' and lower(qty) = 'x'"),
        ("orders", ":Stores = store"),
        ("orders", ""),
        ("shops", "store = 'a'"),
        ("nowhere", "a = 1"),
    ],
)
def test_predicates_are_checked_when_they_are_stored(stream: str, sql: str) -> None:
    for predicate in (Predicate(sql), Predicate("true", (sql,))):
        with pytest.raises(BadRequest) as refused:
            check_scope(Scope(streams={stream: predicate}), CATALOG)
        assert refused.value.code == "bad_scope"
        assert (refused.value.detail or {})["part"] == f"streams.{stream}"


@pytest.mark.parametrize(
    ("scope", "named"),
    [
        (Scope(streams={"orders": Predicate("store in (:stores) or shop.city = :city")}), {"stores", "city"}),
        (OSLO, set()),
        (Scope(streams={"nowhere": Predicate(" TRUE ")}), set()),
        (Scope(streams={"orders": Predicate("store = 'a' -- or qty")}, masks={"email": "hash"}), set()),
    ],
)
def test_attributes_without_a_value_are_named(scope: Scope, named: set[str]) -> None:
    assert check_scope(scope, CATALOG) == named


@pytest.mark.parametrize("scope", [Scope(masks={"email": "blur"}), Scope(attributes={"a b": 1})])
def test_masks_and_attributes_are_checked(scope: Scope) -> None:
    with pytest.raises(BadRequest):
        check_scope(scope, CATALOG)


@pytest.mark.parametrize(
    "also", ["true) OR (true", "true -- ", "true /*", "1 = 1 OR 1 = 1", "true; true", "true) --", "(true", '"']
)
@pytest.mark.parametrize("first", ["store = 'a'", "store = 'a' --", "store = 'a' /* */", "false OR store = 'a'"])
def test_no_condition_loosens_another(store: DuckDBStore, first: str, also: str) -> None:
    """Each is read alone and the trees are joined: the worst that a broken one can do is to refuse everything."""
    queries: list[dict[str, Any]] = [{"sql": "SELECT store FROM orders"}, {**BY_CITY, "by": ["store"]}]
    for conditions in ((first, also), (also, first)):
        scope = Scope(streams={"orders": Predicate(conditions[0], (conditions[1],))})
        for query in queries:
            try:
                seen = [row[0] for row in answered(store, query, scope).rows]
            except Forbidden as refused:
                seen = [refused.code]
            assert seen in (["a"], ["no_scope"])
