"""Roles of an organisation: who changes them, what may be stored, and who comes back with other rights."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from nowboard.access.roles import RoleView, access_role_change, access_role_removal, access_roles
from nowboard.errors import BadRequest, Conflict, Forbidden, NotFound
from nowboard.model.principals import ROLES, Permission, Principal
from nowboard.model.scopes import EVERYTHING, NOTHING, Predicate, Scope
from nowboard.model.wire import CloseCode
from nowboard.query.scopecheck import check_scope
from nowboard.records.roles import get_role
from tests.access.people import ACME, EARLIER, NOW, People, principal
from tests.query.shop import CATALOG

ROOT = principal("root", "admin")
STORES = Scope(streams={"orders": Predicate("store = 'a'")})


def change(people: People, name: str, who: Principal = ROOT, **wanted: Any) -> RoleView:
    check = partial(check_scope, catalog=CATALOG)
    return people.call(access_role_change, who, name, check=check, now=NOW, **wanted)


def remove(people: People, name: str, who: Principal = ROOT) -> None:
    people.call(access_role_removal, who, name, now=NOW)


def test_it_takes_the_permission(people: People) -> None:
    people.role("crew", [Permission.READ])
    editor = principal("ann", "editor")
    calls: list[Any] = [
        lambda: people.call(access_roles, editor, NOW),
        lambda: change(people, "deck", editor, permissions=[Permission.READ]),
        lambda: remove(people, "crew", editor),
    ]
    for call in calls:
        with pytest.raises(Forbidden) as refused:
            call()
        assert refused.value.detail == {"permission": "users"}
    assert people.call(get_role, ACME, "deck") is None
    assert people.call(get_role, ACME, "crew") is not None
    assert people.audited() == []


def test_the_built_in_roles_come_first_then_those_of_ones_own_by_name(people: People) -> None:
    people.role("deck", [Permission.READ])
    people.role("crew", [Permission.QUERY_SQL, Permission.READ], STORES, requests_per_minute=7)
    people.role("viewer", scope=STORES, requests_per_minute=9)
    people.role("theirs", [Permission.READ], organisation="other")
    people.user("bob", "crew")
    views = people.call(access_roles, ROOT, NOW)
    assert [each.name for each in views] == [*ROLES, "crew", "deck"]
    found = {each.name: each for each in views}
    assert found["analyst"] == RoleView("analyst", True, ROLES["analyst"], EVERYTHING, None, {})
    assert found["viewer"] == RoleView("viewer", True, ROLES["viewer"], STORES, 9, {})
    permissions = frozenset({Permission.QUERY_SQL, Permission.READ})
    assert found["crew"] == RoleView("crew", False, permissions, STORES, 7, {"users": ["bob@example.org"]})


def test_a_role_without_permissions_allows_nothing(people: People) -> None:
    people.role("hollow", None)
    (hollow,) = [each for each in people.call(access_roles, ROOT, NOW) if not each.builtin]
    assert hollow.permissions == frozenset()


def test_a_role_of_ones_own_is_made_and_replaced(people: People) -> None:
    made = change(people, "crew", permissions=[Permission.READ, Permission.EXPORT], scope=STORES, requests_per_minute=5)
    assert made == RoleView("crew", False, frozenset({Permission.READ, Permission.EXPORT}), STORES, 5, {})
    row = people.call(get_role, ACME, "crew")
    assert row is not None
    assert (row.permissions, row.requests_per_minute, row.updated_at) == (["export", "read"], 5, NOW)
    people.user("bob", "crew")
    used = change(people, "crew", permissions=[Permission.READ])
    assert used.uses == {"users": ["bob@example.org"]}
    again = change(people, "deck", permissions=[])
    assert again == RoleView("deck", False, frozenset(), EVERYTHING, None, {})
    assert people.audited() == [
        ("root", "role.change", "role", "crew", {"permissions": ["export", "read"]}),
        ("root", "role.change", "role", "crew", {"permissions": ["read"]}),
        ("root", "role.change", "role", "deck", {"permissions": []}),
    ]


def test_a_built_in_role_is_narrowed(people: People) -> None:
    made = change(people, "viewer", scope=STORES, requests_per_minute=5)
    assert made == RoleView("viewer", True, ROLES["viewer"], STORES, 5, {})
    row = people.call(get_role, ACME, "viewer")
    assert row is not None
    assert row.permissions is None
    assert people.audited() == [("root", "role.change", "role", "viewer", {"permissions": None})]


NAMES = "a role's name begins with a letter and has lower-case letters, digits, _ and -, up to 63"
READ = [Permission.READ]


@pytest.mark.parametrize("name", ["", "Crew", "1st", "a b", "crew!", "none", "system", "a" * 64])
def test_names_that_are_none(people: People, name: str) -> None:
    with pytest.raises(BadRequest) as refused:
        change(people, name, permissions=READ)
    assert (refused.value.code, refused.value.message) == ("bad_name", NAMES)


@pytest.mark.parametrize("name", ["c", "deck-2_b", "a" * 63])
def test_names_that_are_some(people: People, name: str) -> None:
    assert change(people, name, permissions=READ).name == name


@pytest.mark.parametrize(
    ("name", "wanted", "part", "message"),
    [
        ("viewer", {"permissions": READ}, "permissions", "the permissions of a built-in role are fixed"),
        ("crew", {}, "permissions", "a role needs its permissions"),
        (
            "crew",
            {"permissions": READ, "requests_per_minute": 0},
            "requests_per_minute",
            "`requests_per_minute` is from 1 to 1,000,000",
        ),
        (
            "viewer",
            {"requests_per_minute": 1_000_001},
            "requests_per_minute",
            "`requests_per_minute` is from 1 to 1,000,000",
        ),
    ],
)
def test_members_that_do_not_fit(people: People, name: str, wanted: dict[str, Any], part: str, message: str) -> None:
    with pytest.raises(BadRequest) as refused:
        change(people, name, **wanted)
    assert (refused.value.code, refused.value.message) == ("bad_body", message)
    assert refused.value.detail == {"part": part}
    assert people.call(get_role, ACME, name) is None


@pytest.mark.parametrize("rate", [1, 1_000_000])
def test_rates_at_the_bounds(people: People, rate: int) -> None:
    assert change(people, "viewer", requests_per_minute=rate).requests_per_minute == rate


def test_the_scope_is_checked(people: People) -> None:
    with pytest.raises(BadRequest) as refused:
        change(people, "viewer", scope=Scope(streams={"orders": Predicate("nothing = 1")}))
    assert refused.value.code == "bad_scope"


def test_nobody_makes_a_role_that_allows_more_than_they_hold(people: People) -> None:
    manager = principal("meg", "manager", STORES, permissions=frozenset({Permission.USERS, Permission.READ}))
    for name, wanted in (
        ("crew", {"permissions": [Permission.SHARE], "scope": STORES}),
        ("crew", {"permissions": READ}),
        ("viewer", {"scope": STORES}),
        ("guest", {}),
    ):
        with pytest.raises(Forbidden) as refused:
            change(people, name, manager, **wanted)
        assert refused.value.code == "beyond_own_rights"
    assert change(people, "crew", manager, permissions=READ, scope=STORES).scope == STORES
    assert change(people, "guest", manager, scope=STORES).scope == STORES


def test_what_the_organisation_narrows_need_not_be_said_again(people: People) -> None:
    people.organisation("line", STORES)
    manager = principal("meg", "admin", STORES, organisation="line")
    assert change(people, "crew", manager, permissions=READ).scope == EVERYTHING
    people.role("viewer", scope=NOTHING, organisation="line")
    remove(people, "viewer", manager)


def test_of_an_organisation_that_is_gone_nothing_is_changed(people: People) -> None:
    with pytest.raises(NotFound) as refused:
        change(people, "crew", principal("root", "admin", organisation="gone"), permissions=READ)
    assert (refused.value.code, refused.value.message) == ("unknown_organisation", "the organisation is gone")


def test_whoever_has_a_changed_role_comes_back_with_the_new_rights(people: People) -> None:
    people.user("ann", "crew")
    people.user("bob", "viewer")
    people.token("tok", "crew")
    change(people, "crew", permissions=READ)
    change(people, "viewer", scope=STORES)
    remove(people, "viewer")
    renewed = (CloseCode.RESTART, "the role changed")
    assert people.changes() == [("ann", *renewed), ("tok", *renewed), ("bob", *renewed), ("bob", *renewed)]
    assert people.changed_at() == {NOW}


def test_a_role_that_nobody_has_is_removed(people: People) -> None:
    people.role("crew", READ)
    people.token("over", "crew", expires_at=EARLIER)
    remove(people, "crew")
    assert people.call(get_role, ACME, "crew") is None
    assert people.audited() == [("root", "role.delete", "role", "crew", {})]
    assert people.changes() == [("over", CloseCode.RESTART, "the role changed")]


def test_a_role_that_is_not_stored_cannot_be_removed(people: People) -> None:
    people.role("theirs", READ, organisation="other")
    for name in ("theirs", "viewer", "nothing"):
        with pytest.raises(NotFound) as refused:
            remove(people, name)
        assert refused.value.code == "unknown_role"
        assert refused.value.message == f"there is no role {name!r} to remove"


def test_a_role_in_use_stays(people: People) -> None:
    people.role("crew", READ)
    people.user("ann", "crew")
    people.user("bob", "crew")
    people.token("tok", "crew")
    people.share("role", "crew")
    with pytest.raises(Conflict) as refused:
        remove(people, "crew")
    assert refused.value.code == "role_in_use"
    assert refused.value.message == (
        "the role 'crew' is in use by 2 users, 1 tokens, 1 shares; give them another one first"
    )
    assert refused.value.detail == {
        "users": ["ann@example.org", "bob@example.org"],
        "tokens": ["Tok"],
        "shares": ["role-crew-view-sales"],
    }
    assert people.call(get_role, ACME, "crew") is not None
    assert people.changes() == []


def test_a_built_in_role_is_widened_again_by_who_holds_what_it_allows(people: People) -> None:
    people.role("admin", scope=STORES)
    people.role("viewer", scope=STORES)
    people.user("vic", "viewer")
    remove(people, "viewer")
    for scope, permissions in ((STORES, ROLES["admin"]), (EVERYTHING, frozenset({Permission.USERS}))):
        weak = principal("meg", "admin", scope, permissions=permissions)
        with pytest.raises(Forbidden) as refused:
            remove(people, "admin", weak)
        assert refused.value.code == "beyond_own_rights"
    assert people.call(get_role, ACME, "viewer") is None
    assert people.call(get_role, ACME, "admin") is not None
