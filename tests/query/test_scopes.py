"""A row predicate as part of a plan: all of its conditions hold, and what cannot be applied refuses."""

from __future__ import annotations

from typing import Any

import pytest

from nowboard.errors import BadQuery, Forbidden
from nowboard.model.scopes import EVERYTHING, NOTHING, Predicate, Scope
from nowboard.model.streams import Catalog
from nowboard.model.visible import visible_stream
from nowboard.query.context import Context
from nowboard.query.plan import Scalar
from nowboard.query.rules.restrict import restrict_joins
from nowboard.query.scopes import as_stream, read_condition, scope_predicate, table_stream, with_restrictions
from nowboard.query.syntax import parse_scalar, to_sql
from nowboard.query.zones import load_zone
from tests.query.shop import CATALOG, ORDERS
from tests.query.tenants import PLACES, VAULTS, VISITS

STORES = Scope(
    streams={"orders": Predicate("store in (:stores)"), "shops": Predicate("city = :city")},
    attributes={"stores": ["a", "b"], "city": "Oslo"},
)


def context(scope: Scope = STORES, **members: Any) -> Context:
    return Context(CATALOG, visible_stream(ORDERS, scope), scope, load_zone("UTC"), **members)


def predicate(sql: str, *also: str, scope: Scope = STORES, **members: Any) -> Scalar:
    found = scope_predicate(context(scope, **members), Predicate(sql, also))
    assert found is not None
    return found


def test_no_predicate_is_no_condition() -> None:
    assert scope_predicate(context(), None) is None


@pytest.mark.parametrize(
    ("conditions", "sql"),
    [
        (("store in (:stores)",), """("orders"."store" IN ('a', 'b'))"""),
        (("paid or qty > 1",), '("orders"."paid" OR "orders"."qty" > 1)'),
        (("paid or qty > 1", "qty < 9"), '(("orders"."paid" OR "orders"."qty" > 1) AND ("orders"."qty" < 9))'),
        (
            ("paid", "qty < 9 or true", "shop.city = :city"),
            """(("orders"."paid") AND ("orders"."qty" < 9 OR TRUE) AND ("shop"."city" = 'Oslo'))""",
        ),
        (("true",), "(TRUE)"),
        (("null",), "(NULL)"),
    ],
)
def test_conditions_become_one_tree_in_parentheses(conditions: tuple[str, ...], sql: str) -> None:
    found = predicate(*conditions)
    assert (found.sql, found.type) == (sql, "boolean")
    assert to_sql(found.tree) == sql


def test_a_predicate_cannot_fail_the_query_it_guards() -> None:
    """Division by nothing and text that is no number are null, as everywhere: the row is not seen."""
    assert predicate("1 / qty > 0").sql == '(1 / NULLIF("orders"."qty", 0) > 0)'
    assert predicate("cast(status as integer) > 0").sql == '(TRY_CAST("orders"."status" AS INT) > 0)'


def test_a_predicate_takes_values_from_the_scope_and_from_nowhere_else() -> None:
    found = predicate("store in (:stores)", parameters={"stores": ["everywhere"]})
    assert found.sql == """("orders"."store" IN ('a', 'b'))"""
    with pytest.raises(Forbidden):
        predicate("store = :mine", parameters={"mine": "everywhere"})


def test_a_predicate_reads_what_its_principal_does_not_see() -> None:
    """Fields as they are, not as masks show them, and tables that the scope does not name."""
    hidden = Scope(streams={"orders": Predicate("true")}, masks={"email": "hide"})
    assert context(hidden).stream.joins == ()
    found = predicate("email = 'a@b.c' and shop.city = 'Oslo'", scope=hidden)
    assert found.sql == """("orders"."email" = 'a@b.c' AND "shop"."city" = 'Oslo')"""
    # a join of which only some rows are in scope keeps its plain name there
    restricted = with_restrictions(context())
    assert restricted.restricted
    again = scope_predicate(restricted, Predicate("shop.city = 'Oslo'"))
    assert again is not None
    assert again.sql == """("shop"."city" = 'Oslo')"""


@pytest.mark.parametrize(
    "conditions",
    [
        ("store = :nowhere",),
        ("nothing = 1",),
        ("qty",),
        ("store",),
        ("qty > 1) or (true",),
        ("",),
        ("count(*) > 1",),
        ("true", "nothing = 1"),
        ("true", "store in (:nowhere)"),
        ("store = :stores",),
    ],
)
def test_what_cannot_be_applied_is_a_refusal_that_tells_nothing(conditions: tuple[str, ...]) -> None:
    with pytest.raises(Forbidden) as refused:
        predicate(*conditions)
    assert refused.value.code == "no_scope"
    assert refused.value.message == "Your row scope for orders cannot be applied; ask an administrator."
    assert refused.value.detail == {"stream": "orders"}


def test_a_condition_can_be_read_before_its_values_are_known() -> None:
    tree = read_condition(context(NOTHING), "store in (:stores) or shop.city = :city", bind=False)
    assert to_sql(tree) == '("orders"."store" IN ($stores) OR "shop"."city" = $city)'
    with pytest.raises(BadQuery) as refused:
        read_condition(context(NOTHING), "store in (:stores)", bind=True)
    assert (refused.value.detail or {})["part"] == "scope"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("qty + 1", "A row scope is a condition, such as `vessel_id in (:vessels)`."),
        ("lower(store)", "A row scope is a condition, such as `vessel_id in (:vessels)`."),
        ("nothing = 1", "Stream orders has no field 'nothing'."),
        ("getenv('HOME') = 'x'", None),
        ("store = ", None),
        ("lower(qty) = 'a'", None),
    ],
)
def test_what_is_wrong_with_a_condition_is_said_with_its_place(text: str, message: str | None) -> None:
    for part in ("scope", "streams.orders"):
        with pytest.raises(BadQuery) as refused:
            read_condition(context(), text, bind=True, part=part)
        assert (refused.value.detail or {})["part"] == part
        assert message is None or refused.value.message == message


def test_joins_of_which_only_some_rows_are_in_scope() -> None:
    found = with_restrictions(context())
    assert list(found.restricted) == ["shop"]
    restriction = found.restricted["shop"]
    assert restriction.alias.startswith("shop ")
    assert to_sql(restriction.condition) == f"""("{restriction.alias}"."city" = 'Oslo')"""
    assert (found.stream, found.scope) == (context().stream, STORES)
    # equal conditions have equal names, others have others
    assert with_restrictions(context()).restricted["shop"].alias == restriction.alias
    bergen = Scope(streams=STORES.streams, attributes={**STORES.attributes, "city": "Bergen"})
    assert with_restrictions(context(bergen)).restricted["shop"].alias != restriction.alias


def test_a_join_that_is_whole_does_not_stop_those_behind_it() -> None:
    scope = Scope(streams={"visits": Predicate("true"), "places": Predicate("true"), "vaults": Predicate("id = 'a1'")})
    catalog = Catalog({"visits": VISITS}, {"places": PLACES, "vaults": VAULTS})
    assert list(with_restrictions(Context(catalog, VISITS, scope, load_zone("UTC"))).restricted) == ["vault"]
    scope = Scope(everything=True, streams={"vaults": Predicate("id = 'a1'")})
    assert list(with_restrictions(Context(catalog, VISITS, scope, load_zone("UTC"))).restricted) == ["vault"]


@pytest.mark.parametrize(
    "scope",
    [
        EVERYTHING,
        Scope(streams={"orders": Predicate("true"), "shops": Predicate("true")}),
        Scope(streams={"orders": Predicate("true")}),
        Scope(everything=True, streams={"orders": Predicate("store = 'a'")}),
    ],
)
def test_other_joins_stay_as_they_are(scope: Scope) -> None:
    plain = context(scope)
    assert with_restrictions(plain) is plain


def test_a_restriction_that_cannot_be_applied_is_a_refusal() -> None:
    scope = Scope(streams={"orders": Predicate("true"), "shops": Predicate("city = :city")})
    with pytest.raises(Forbidden) as refused:
        with_restrictions(context(scope))
    assert refused.value.detail == {"stream": "shops"}


def test_columns_of_a_restricted_join_are_read_from_its_rows() -> None:
    found = with_restrictions(context())
    alias = found.restricted["shop"].alias
    tree = parse_scalar('"shop"."city" = "orders"."store" or "shop"."id" = \'a\'', "x")
    restricted = to_sql(restrict_joins(tree, found))
    assert restricted == f'"{alias}"."city" = "orders"."store" OR "{alias}"."id" = \'a\''
    plain = parse_scalar('"shop"."city"', "x")
    assert to_sql(restrict_joins(plain, context())) == '"shop"."city"'


def test_another_stream_is_looked_at_by_the_same_principal() -> None:
    table = table_stream(CATALOG, "shops")
    assert (table.name, table.time, table.fields) == ("shops", "", CATALOG.tables["shops"].fields)
    found = as_stream(with_restrictions(context(parameters={"x": 1})), table)
    assert (found.stream, found.scope, found.restricted) == (table, STORES, {})
    assert found.parameters == {"x": 1}
