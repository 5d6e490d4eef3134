"""Scopes on top of each other allow what all of them allow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nowboard.access.narrowing import narrow
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
        found = joined.streams.get(stream, Predicate("true")).sql
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
    assert joined.streams["s"].sql == "(a OR b) AND (c OR d)"


def test_one_attribute_has_one_value() -> None:
    assert narrow(Scope(attributes={"a": 1}), Scope(attributes={"a": 1, "b": 2})).attributes == {"a": 1, "b": 2}
    with pytest.raises(Forbidden) as refused:
        narrow(Scope(attributes={"vessels": [1]}), Scope(attributes={"vessels": [1, 2]}))
    assert refused.value.code == "scope_conflict"
