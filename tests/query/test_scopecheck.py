"""Scopes are checked when they are stored, and who stores one is told what is wrong and where."""

from __future__ import annotations

import pytest

from nowboard.errors import BadRequest
from nowboard.model.scopes import Predicate, Scope
from nowboard.query.scopecheck import MOST_STREAMS, check_scope
from tests.query.shop import CATALOG


def refusal(scope: Scope) -> BadRequest:
    with pytest.raises(BadRequest) as refused:
        check_scope(scope, CATALOG)
    assert refused.value.code == "bad_scope"
    return refused.value


def only(sql: str, *also: str, stream: str = "orders", **attributes: object) -> Scope:
    return Scope(streams={stream: Predicate(sql, also)}, attributes=dict(attributes))


@pytest.mark.parametrize(
    ("scope", "named"),
    [
        (only("store in (:stores)"), {"stores"}),
        (only("store in (:stores)", stores=["a"]), set()),
        (only("store in (:stores)", "shop.city = :city", stores=["a"]), {"city"}),
        (only("true", "store = :mine"), {"mine"}),
        (only("city = :city", stream="shops"), {"city"}),
        # a stream may be named before it is there, as long as nothing is said about its fields
        (only("true", stream="later"), set()),
        (only(" TRUE ", "true", stream="later"), set()),
        (Scope(masks={"email": "hide", "name": "hash", "money": "partial"}), set()),
        (Scope(everything=True, attributes={"line": "n"}), set()),
    ],
)
def test_what_is_well_formed_names_the_attributes_without_a_value(scope: Scope, named: set[str]) -> None:
    assert check_scope(scope, CATALOG) == named


def test_every_predicate_is_looked_at() -> None:
    scope = Scope(
        streams={"later": Predicate("true"), "orders": Predicate("store = :a"), "shops": Predicate("id = :b")}
    )
    assert check_scope(scope, CATALOG) == {"a", "b"}
    for broken in ("later", "orders", "shops"):
        streams = {**scope.streams, broken: Predicate("nothing = 1")}
        assert (refusal(Scope(streams=streams)).detail or {})["part"] == f"streams.{broken}"


@pytest.mark.parametrize(
    ("sql", "said", "hint"),
    [
        ("nothing = 1", "Stream orders has no field 'nothing'.", None),
        ("statsu = 'paid'", "Stream orders has no field 'statsu'.", "did you mean 'status'?"),
        ("qty + 1", "A row scope is a condition, such as `vessel_id in (:vessels)`.", None),
        ("true) or (true", None, None),
    ],
)
def test_what_is_wrong_with_a_predicate_is_said(sql: str, said: str | None, hint: str | None) -> None:
    error = refusal(only(sql))
    assert error.message.startswith("the predicate for 'orders' is not valid: ")
    assert said is None or error.message == f"the predicate for 'orders' is not valid: {said}"
    assert (error.detail or {})["part"] == "streams.orders"
    assert hint is None or (error.detail or {})["hint"] == hint


def test_the_place_in_the_text_is_told() -> None:
    assert (refusal(only("qty > 1 and\n nothing = 1")).detail or {})["line"] == 2


@pytest.mark.parametrize("value", [["a"], {"a": 1}])
def test_a_value_that_does_not_fit_its_place_is_found(value: object) -> None:
    """A list stands in `in (…)`: without this a scope would be stored that refuses everything."""
    assert check_scope(only("store = :mine", mine="a"), CATALOG) == set()
    assert (refusal(only("store = :mine", mine=value)).detail or {})["part"] == "streams.orders"


def test_a_predicate_that_is_nested_too_deeply_is_refused() -> None:
    for text, said in (
        ("(" * 3_000 + "true" + ")" * 3_000, "The expression is nested too deeply."),
        (" or ".join(["paid"] * 1_500), "It is nested too deeply."),
    ):
        error = refusal(only(text))
        assert error.message == f"the predicate for 'orders' is not valid: {said}"
        assert error.detail == {"part": "streams.orders"}


def test_a_condition_over_what_is_not_there_is_refused() -> None:
    error = refusal(only("line = 'n'", stream="later"))
    assert error.message == "there is no stream or table 'later'; only `true` can be said of it yet"
    assert error.detail == {"part": "streams.later"}


def test_names_of_attributes_and_masks() -> None:
    error = refusal(only("store = :Mine"))
    assert error.message == "'Mine' is no name for an attribute"
    assert error.detail == {"part": "streams.orders"}
    error = refusal(Scope(attributes={"a b": 1}))
    assert (error.message, error.detail) == ("'a b' is no name for an attribute", {"part": "attributes.a b"})
    error = refusal(Scope(masks={"email": "blur"}))
    assert error.message == "there is no mask 'blur'; masks are hide, hash, partial"
    assert error.detail == {"part": "masks.email"}


def test_a_scope_names_a_bounded_number_of_streams() -> None:
    streams = {f"s{number}": Predicate("true") for number in range(MOST_STREAMS)}
    assert check_scope(Scope(streams=streams), CATALOG) == set()
    error = refusal(Scope(streams={**streams, "one_more": Predicate("true")}))
    assert error.message == f"a scope names at most {MOST_STREAMS} streams and tables"
    assert error.detail == {"part": "streams"}
