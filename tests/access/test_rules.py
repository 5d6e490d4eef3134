"""Who may do what, and what they are told when they may not."""

from __future__ import annotations

import pytest

from nowboard.access.rules import may_see, require, require_home, require_member, require_operator, require_whole
from nowboard.errors import Forbidden
from nowboard.model.principals import HOME, ROLES, Guest, Permission, Principal
from nowboard.model.scopes import EVERYTHING, NOTHING, Predicate, Scope
from tests.access.people import principal

NORTH = Scope(streams={"orders": Predicate("region = 'north'"), "shops": Predicate("true")})


@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize("permission", list(Permission))
def test_a_permission_that_the_role_lacks_is_named(role: str, permission: Permission) -> None:
    who = principal("ann", role)
    if permission in ROLES[role]:
        require(who, permission)
        return
    with pytest.raises(Forbidden) as refused:
        require(who, permission)
    assert refused.value.code == "forbidden"
    assert refused.value.message == (
        f"this needs the permission `{permission.value}`, which the role {role!r} does not have"
    )
    assert refused.value.detail == {"permission": permission.value}


def test_a_guest_is_no_member() -> None:
    require_member(principal("ann", "guest"))
    with pytest.raises(Forbidden) as refused:
        require_member(principal("link", "admin", guest=Guest("sales")))
    assert refused.value.code == "guest"
    assert refused.value.message == "a share shows its dashboard and nothing else; sign in for this"


@pytest.mark.parametrize(
    "who",
    [
        principal("ann", "admin"),
        principal("ann", "admin", organisation=HOME, scope=NORTH),
        principal("ann", "admin", organisation=HOME, scope=NOTHING),
        principal("ann", "admin", scope=NORTH),
    ],
)
def test_operators_are_unscoped_and_at_home(who: Principal) -> None:
    with pytest.raises(Forbidden) as refused:
        require_operator(who, Permission.CACHE)
    assert refused.value.code == "operators_only"
    assert refused.value.message == "this is for administrators of the whole server"


def test_an_operator_needs_the_permission_itself() -> None:
    require_operator(principal("ann", "admin", organisation=HOME), Permission.CACHE)
    with pytest.raises(Forbidden) as refused:
        require_operator(principal("ann", "editor", organisation=HOME), Permission.CACHE)
    assert refused.value.detail == {"permission": "cache"}


def test_what_the_scope_does_not_name_cannot_be_seen() -> None:
    assert may_see(principal("ann", scope=EVERYTHING), "anything")
    assert may_see(principal("ann", scope=NORTH), "orders")
    assert not may_see(principal("ann", scope=NORTH), "refunds")
    assert not may_see(principal("ann", scope=NOTHING), "orders")


@pytest.mark.parametrize("scope", [EVERYTHING, Scope(streams={"orders": Predicate(" TRUE ")})])
def test_who_sees_every_row_may_change_what_is_common(scope: Scope) -> None:
    require_whole(principal("ann", scope=scope), "orders")
    require_whole(principal("ann", scope=scope), "orders", "table")


@pytest.mark.parametrize(
    "scope", [NOTHING, NORTH, Scope(everything=True, streams={"orders": Predicate("region = 'north'")})]
)
def test_who_sees_some_rows_may_not(scope: Scope) -> None:
    with pytest.raises(Forbidden) as refused:
        require_whole(principal("ann", scope=scope), "orders")
    assert refused.value.code == "no_scope"
    assert refused.value.message == "stream 'orders' is outside of your scope, or only some of its rows are inside"
    assert refused.value.detail == {"stream": "orders"}
    with pytest.raises(Forbidden) as refused:
        require_whole(principal("ann", scope=scope), "orders", "table")
    assert refused.value.message.startswith("table 'orders' is outside of your scope")
    assert refused.value.detail == {"table": "orders"}


def test_only_administrators_of_the_first_organisation_manage_organisations() -> None:
    require_home(principal("ann", "admin", organisation=HOME))
    with pytest.raises(Forbidden) as refused:
        require_home(principal("ann", "admin"))
    assert refused.value.message == "only administrators of the first organisation manage organisations"
    with pytest.raises(Forbidden) as refused:
        require_home(principal("ann", "editor", organisation=HOME))
    assert refused.value.detail == {"permission": "admin"}
