"""Scopes on top of each other allow what all of them allow."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nowboard.access.narrowing import covers, narrow
from nowboard.errors import Forbidden
from nowboard.model.scopes import EVERYTHING, NOTHING, Predicate, Scope

STREAMS = ("orders", "visits", "stock")
PREDICATES = ("true", "shop = 'a'", "shop = 'b'", "total > 10")
scopes = st.builds(
    Scope,
    everything=st.booleans(),
    streams=st.dictionaries(st.sampled_from(STREAMS), st.sampled_from(PREDICATES).map(Predicate)),
    masks=st.dictionaries(st.sampled_from(("email", "name")), st.sampled_from(("partial", "hash", "hide"))),
)


def names(scope: Scope, stream: str) -> bool:
    return scope.everything or stream in scope.streams


@given(scopes, scopes)
def test_a_stream_is_visible_when_both_name_it_and_under_both_predicates(first: Scope, second: Scope) -> None:
    joined = narrow(first, second)
    for stream in STREAMS:
        assert names(joined, stream) == (names(first, stream) and names(second, stream))
        if not names(joined, stream):
            continue
        found = joined.streams.get(stream, Predicate("true")).conditions
        for scope in (first, second):
            assert stream not in scope.streams or scope.streams[stream].sql in found


@given(scopes)
def test_everything_changes_nothing_and_nothing_leaves_nothing(scope: Scope) -> None:
    assert narrow(scope, EVERYTHING) == scope == narrow(EVERYTHING, scope)
    assert not narrow(scope, NOTHING).streams
    assert not narrow(scope, NOTHING).everything


@given(scopes, scopes)
def test_the_stronger_mask_holds(first: Scope, second: Scope) -> None:
    order = [None, "partial", "hash", "hide"]
    for tag in ("email", "name"):
        wanted = max(first.masks.get(tag), second.masks.get(tag), key=order.index)
        assert narrow(first, second).masks.get(tag) == wanted


def test_an_unknown_mask_is_the_strongest() -> None:
    assert narrow(Scope(masks={"email": "blur"}), Scope(masks={"email": "hash"})).masks == {"email": "blur"}


def test_predicates_cannot_loosen_each_other() -> None:
    joined = narrow(Scope(streams={"s": Predicate("a OR b")}), Scope(streams={"s": Predicate("c OR d")}))
    assert joined.streams["s"].conditions == ("a OR b", "c OR d")
    third = narrow(joined, Scope(streams={"s": Predicate("true) OR (true", ("c OR d",))}))
    assert third.streams["s"].conditions == ("a OR b", "c OR d", "true) OR (true")


MINE = Scope(
    streams={"orders": Predicate("shop = :shop"), "stock": Predicate("true")},
    attributes={"shop": "a", "user_id": "usr_1"},
    masks={"email": "hash"},
)


@pytest.mark.parametrize(
    "given",
    [
        NOTHING,
        Scope(masks={"email": "hide"}),
        MINE,
        msgspec.structs.replace(MINE, masks={"email": "hide", "name": "partial"}),
        narrow(MINE, Scope(everything=True, streams={"orders": Predicate("total > 1")})),
    ],
)
def test_what_is_narrower_is_covered(given: Scope) -> None:
    given = msgspec.structs.replace(given, masks={"email": "hash", **given.masks})
    assert covers(MINE, given)
    assert covers(EVERYTHING, given)


@pytest.mark.parametrize(
    "given",
    [
        EVERYTHING,
        Scope(streams={"visits": Predicate("true")}, masks={"email": "hash"}),
        Scope(streams={"orders": Predicate("true")}, masks={"email": "hash"}),
        Scope(streams={"orders": Predicate("shop = :shop")}, masks={"email": "hash"}),
        Scope(streams={"orders": Predicate("shop = :shop")}, attributes={"shop": "b"}, masks={"email": "hash"}),
        Scope(streams={"orders": Predicate("shop = :shop OR true")}, attributes={"shop": "a"}, masks={"email": "hash"}),
        msgspec.structs.replace(MINE, masks={}),
        msgspec.structs.replace(MINE, masks={"email": "partial"}),
    ],
)
def test_what_is_wider_is_not(given: Scope) -> None:
    assert not covers(MINE, given)


def test_a_condition_with_an_attribute_of_its_user_is_never_covered() -> None:
    """Whoever is given the scope would bring another value."""
    held = Scope(streams={"orders": Predicate("shop = :shop")})
    assert not covers(held, held)


@given(scopes, scopes)
def test_what_is_narrowed_is_covered_by_both(first: Scope, second: Scope) -> None:
    assert covers(first, narrow(first, second))
    assert covers(second, narrow(first, second))


def test_one_attribute_has_one_value() -> None:
    assert narrow(Scope(attributes={"a": 1}), Scope(attributes={"a": 1, "b": 2})).attributes == {"a": 1, "b": 2}
    with pytest.raises(Forbidden) as refused:
        narrow(Scope(attributes={"vessels": [1]}), Scope(attributes={"vessels": [1, 2]}))
    assert refused.value.code == "scope_conflict"
    assert refused.value.message == "two scopes give the attribute 'vessels' different values; ask an administrator"
    assert refused.value.detail == {"attribute": "vessels"}
