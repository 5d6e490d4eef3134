"""What a scope shows, and when two scopes share what was computed."""

from __future__ import annotations

import msgspec
import pytest

from nowboard.model.principals import ANONYMOUS, ROLES, SYSTEM, Permission, Principal, PrincipalKind
from nowboard.model.scopes import EVERYTHING, NOTHING, Predicate, Scope

SCOPE = Scope(
    streams={"orders": Predicate("shop in (:shops)", ("paid",)), "shops": Predicate("true")},
    attributes={"shops": ["oslo"], "email": "ann@example.org"},
    masks={"email": "hash"},
)


@pytest.mark.parametrize(
    ("scope", "name", "sees", "whole"),
    [
        (NOTHING, "orders", False, False),
        (EVERYTHING, "orders", True, True),
        (SCOPE, "orders", True, False),
        (SCOPE, "shops", True, True),
        (SCOPE, "visits", False, False),
        (Scope(everything=True, streams={"orders": Predicate("paid")}), "orders", True, False),
        (Scope(everything=True, streams={"orders": Predicate("paid")}), "visits", True, True),
        (Scope(everything=True, streams={"orders": Predicate("true")}), "orders", True, True),
    ],
)
def test_what_is_not_named_is_not_seen(scope: Scope, name: str, sees: bool, whole: bool) -> None:
    assert scope.sees(name) is sees
    assert scope.sees_whole(name) is whole


@pytest.mark.parametrize(
    ("predicate", "whole"),
    [
        (Predicate("true"), True),
        (Predicate(" TRUE\n"), True),
        (Predicate("true", ("True",)), True),
        (Predicate("true", ("paid",)), False),
        (Predicate("paid", ("true",)), False),
        (Predicate("true or paid"), False),
        (Predicate("1 = 1"), False),
        (Predicate(""), False),
    ],
)
def test_only_the_plain_word_lets_every_row_through(predicate: Predicate, whole: bool) -> None:
    assert predicate.whole is whole


def test_every_condition_counts() -> None:
    assert Predicate("a", ("b", "c")).conditions == ("a", "b", "c")


def test_equal_scopes_share() -> None:
    same = Scope(
        streams=dict(reversed(SCOPE.streams.items())),
        attributes=dict(reversed(SCOPE.attributes.items())),
        masks={"email": "hash"},
    )
    assert same.digest == SCOPE.digest
    assert len(SCOPE.digest) == 24
    # users who differ in what no predicate names share as well
    assert msgspec.structs.replace(SCOPE, attributes={"shops": ["oslo"]}).digest == SCOPE.digest
    assert msgspec.structs.replace(SCOPE, attributes={**SCOPE.attributes, "user_id": "a"}).digest == SCOPE.digest


@pytest.mark.parametrize(
    "other",
    [
        NOTHING,
        EVERYTHING,
        msgspec.structs.replace(SCOPE, everything=True),
        msgspec.structs.replace(SCOPE, masks={}),
        msgspec.structs.replace(SCOPE, masks={"email": "hide"}),
        msgspec.structs.replace(SCOPE, attributes={}),
        msgspec.structs.replace(SCOPE, attributes={"shops": ["oslo", "bergen"]}),
        msgspec.structs.replace(SCOPE, attributes={"shops": "oslo"}),
        msgspec.structs.replace(SCOPE, streams={"orders": SCOPE.streams["orders"]}),
        msgspec.structs.replace(SCOPE, streams={**SCOPE.streams, "orders": Predicate("shop in (:shops)")}),
    ],
)
def test_different_scopes_never_share(other: Scope) -> None:
    assert other.digest != SCOPE.digest


def test_an_attribute_that_a_further_condition_names_counts() -> None:
    first, second = (
        Scope(streams={"orders": Predicate("true", ("seller = :seller",))}, attributes={"seller": name})
        for name in ("ann", "bob")
    )
    assert first.digest != second.digest


def test_the_standing_principals() -> None:
    assert not any(ANONYMOUS.may(permission) for permission in Permission)
    assert ANONYMOUS.scope == NOTHING
    assert all(SYSTEM.may(permission) for permission in Permission)
    somebody = Principal(PrincipalKind.USER, "ann", "Ann", "viewer", ROLES["viewer"])
    assert somebody.may(Permission.READ)
    assert not somebody.may(Permission.EDIT)
    assert somebody.scope == NOTHING
