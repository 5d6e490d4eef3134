"""What somebody may hand out: whether one scope is certainly within another, and permissions that they hold."""

from __future__ import annotations

from typing import Any

import pytest

from nowboard.access.handing import check_handing, check_role_of, require_holding
from nowboard.access.narrowing import covers, narrow
from nowboard.errors import BadRequest, Forbidden
from nowboard.model.principals import ROLES, Permission
from nowboard.model.scopes import EVERYTHING, NOTHING, Predicate, Scope
from tests.access.people import ACME, People, principal


def scope(everything: bool = False, masks: dict[str, str] | None = None, **streams: Any) -> Scope:
    attributes = streams.pop("attributes", {})
    return Scope(everything, {name: Predicate(sql) for name, sql in streams.items()}, attributes, masks or {})


NORTH = scope(orders="region in (:region)", attributes={"region": ["north", "west"]})


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (EVERYTHING, EVERYTHING),
        (EVERYTHING, NOTHING),
        (EVERYTHING, NORTH),
        (NOTHING, NOTHING),
        (NORTH, NORTH),
        (NORTH, NOTHING),
        (NORTH, scope(orders="region in (:region)", attributes={"region": "north"})),
        (NORTH, narrow(scope(orders="paid"), scope(orders="region in (:region)", attributes={"region": ["west"]}))),
        (scope(orders="a"), narrow(scope(orders="a"), scope(orders="b OR c"))),
        (scope(True, {"email": "hash"}), scope(True, {"email": "hide", "name": "partial"})),
        # a condition that lets everything through is not missed
        (narrow(NORTH, scope(orders="true")), NORTH),
        (NORTH, narrow(NORTH, scope(orders="true"))),
        # conditions are read as the planner reads them
        (scope(o="x // 2 in (:n)", attributes={"n": [1, 2]}), scope(o="x // 2 in (:n)", attributes={"n": [2]})),
        (scope(o="x in ($n)", attributes={"n": [1, 2]}), scope(o="x in ($n)", attributes={"n": [2]})),
        (scope(o='x in ($"n")', attributes={"n": [1, 2]}), scope(o='x in ($"n")', attributes={"n": [2]})),
        # a stream that is held whole may be given with any condition, and one that is not held is not looked for
        (scope(orders="true"), scope(orders="a")),
        (EVERYTHING, scope(True, orders="a")),
    ],
)
def test_what_is_within(mine: Scope, theirs: Scope) -> None:
    assert covers(mine, theirs)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (NOTHING, EVERYTHING),
        (NORTH, EVERYTHING),
        (NORTH, scope(orders="true")),
        (NORTH, scope(orders="region in (:region) OR true", attributes={"region": "north"})),
        (NORTH, scope(orders="(region in (:region)) AND (paid) OR true", attributes={"region": "north"})),
        (NORTH, scope(orders="NOT (region in (:region))", attributes={"region": "north"})),
        (NORTH, scope(orders="region in (:region)", attributes={"region": "south"})),
        # whoever is given it could be given a value with it
        (NORTH, scope(orders="region in (:region)")),
        (NORTH, scope(orders="region in (:region)", attributes={"region": ["north", "south"]})),
        (NORTH, scope(refunds="region in (:region)", attributes={"region": "north"})),
        (scope(orders="a"), scope(orders="a OR b")),
        (scope(orders="a AND b"), scope(orders="a")),
        (scope(True, orders="a"), EVERYTHING),
        # fewer values let more through
        (scope(o="x not in (:n)", attributes={"n": [1, 2]}), scope(o="x not in (:n)", attributes={"n": [1]})),
        (scope(o="x <> :n", attributes={"n": [1, 2]}), scope(o="x <> :n", attributes={"n": 1})),
        (
            scope(o="x in (:n) AND y < :n", attributes={"n": [1, 2]}),
            scope(o="x in (:n) AND y < :n", attributes={"n": 1}),
        ),
        (scope(True, orders="a"), scope(True, orders="A")),
        (scope(True, {"email": "hash"}), EVERYTHING),
        (scope(True, {"email": "hide"}), scope(True, {"email": "partial"})),
        (scope(True, {"email": "partial"}), EVERYTHING),
        # what cannot be read as a list of values lets nobody choose fewer
        (scope(o="x in (:n", attributes={"n": [1, 2]}), scope(o="x in (:n", attributes={"n": 1})),
        (scope(o=":n in (x)", attributes={"n": [1, 2]}), scope(o=":n in (x)", attributes={"n": 1})),
        (scope(o="x in (y + :n)", attributes={"n": [1, 2]}), scope(o="x in (y + :n)", attributes={"n": 1})),
    ],
)
def test_what_may_reach_further(mine: Scope, theirs: Scope) -> None:
    assert not covers(mine, theirs)


def test_permissions_that_are_not_held_are_named() -> None:
    ann = principal("ann", "analyst")
    require_holding(ann, ROLES["viewer"])
    require_holding(ann, ())
    with pytest.raises(Forbidden) as refused:
        require_holding(ann, ROLES["editor"])
    assert refused.value.code == "beyond_own_rights"
    assert refused.value.detail == {"permissions": ["define", "edit", "ingest", "share"]}
    assert refused.value.message == ("you cannot hand out what you do not hold yourself: define, edit, ingest, share")


def test_a_scope_that_is_not_held_is_refused() -> None:
    ann = principal("ann", scope=NORTH)
    require_holding(ann, (), NORTH)
    require_holding(ann, (), NOTHING)
    with pytest.raises(Forbidden) as refused:
        require_holding(ann, (), EVERYTHING)
    assert refused.value.code == "beyond_own_rights"
    assert refused.value.message == "you cannot hand out a scope that is wider than your own, or that may be"


def test_what_somebody_would_have_is_what_is_handed_out(people: People) -> None:
    """The rights of organisation, role and attributes together: neither alone decides."""
    people.organisation("line", NORTH)
    people.role("viewer", scope=scope(True, visits="line = :line"), organisation="line")
    people.role("crew", [Permission.READ], NORTH)
    ann = principal("ann", scope=narrow(NORTH, scope(True, attributes={"line": "n"})))
    people.call(check_handing, ann, ACME, "crew", {})
    people.call(check_handing, ann, "line", "viewer", {"line": "n"})
    for organisation, role in ((ACME, "viewer"), ("line", "admin"), (ACME, "admin")):
        with pytest.raises(Forbidden) as refused:
            people.call(check_handing, ann, organisation, role, {})
        assert refused.value.code == "beyond_own_rights"


def test_the_value_of_an_attribute_is_handed_out_too(people: People) -> None:
    people.role("crew", [Permission.READ], scope(orders="shop in (:shops)"))
    ann = principal("ann", scope=scope(orders="shop in (:shops)", attributes={"shops": ["oslo", "bergen"]}))
    people.call(check_handing, ann, ACME, "crew", {"shops": ["oslo"]})
    wrong: list[dict[str, Any]] = [{"shops": ["oslo", "paris"]}, {}]
    for attributes in wrong:
        with pytest.raises(Forbidden) as refused:
            people.call(check_handing, ann, ACME, "crew", attributes)
        assert refused.value.code == "beyond_own_rights"


def test_roles_that_an_organisation_has(people: People) -> None:
    people.role("crew", [Permission.READ])
    people.role("viewer", scope=NOTHING)
    people.role("deck", [Permission.READ], organisation="other")
    people.role("hollow", None)
    for role in (*ROLES, "crew"):
        assert people.call(check_role_of, ACME, role) == role
    for role in ("deck", "hollow", "", "boss"):
        with pytest.raises(BadRequest) as refused:
            people.call(check_role_of, ACME, role)
        assert refused.value.code == "unknown_role"
        assert refused.value.message == f"there is no role {role!r}"
        assert refused.value.detail == {"roles": ["guest", "viewer", "ingest", "analyst", "editor", "admin"]}
