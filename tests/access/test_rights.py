"""What a role allows in an organisation, read from the rows of this moment."""

from __future__ import annotations

from typing import Any

import pytest

from nowboard.access.narrowing import narrow
from nowboard.access.rights import CLOSED, NO_RIGHTS, Rights, permissions_of, rights_of
from nowboard.errors import Forbidden
from nowboard.model.principals import ROLES, Permission
from nowboard.model.scopes import EVERYTHING, NOTHING, Predicate, Scope
from nowboard.records.roles import RoleRow
from tests.access.people import ACME, EARLIER, NOW, People

LINE = Scope(streams={"positions": Predicate("line = :line"), "orders": Predicate("true")}, attributes={"line": "n"})
ABOARD = Scope(everything=True, streams={"positions": Predicate("vessel in (:vessels)")}, masks={"name": "partial"})


def rights(people: People, role: str, organisation: str = ACME, **attributes: Any) -> Rights:
    return people.call(rights_of, organisation, role, attributes)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_built_in_role_allows_what_it_says_and_sees_what_its_organisation_sees(people: People, role: str) -> None:
    assert rights(people, role) == Rights(ROLES[role], EVERYTHING)
    people.organisation("line", LINE)
    assert rights(people, role, "line") == Rights(ROLES[role], LINE)


def test_a_narrowed_role_sees_what_both_allow(people: People) -> None:
    people.organisation("line", LINE)
    people.role("viewer", scope=ABOARD, organisation="line")
    found = rights(people, "viewer", "line", vessels=["v1"])
    assert found.permissions == ROLES["viewer"]
    assert found.scope.streams["positions"].conditions == ("line = :line", "vessel in (:vessels)")
    assert found.scope.attributes == {"line": "n", "vessels": ["v1"]}
    assert found.scope.masks == {"name": "partial"}
    assert not found.scope.everything
    assert found.scope == narrow(narrow(LINE, ABOARD), Scope(True, attributes={"vessels": ["v1"]}))
    # only this role is narrowed
    assert rights(people, "analyst", "line").scope == LINE


def test_a_role_narrows_in_its_own_organisation_alone(people: People) -> None:
    people.organisation("line")
    people.role("viewer", scope=NOTHING, organisation="line")
    assert rights(people, "viewer", "line").scope == NOTHING
    assert rights(people, "viewer").scope == EVERYTHING


def test_a_role_of_ones_own_allows_what_is_stored(people: People) -> None:
    people.role("crew", [Permission.READ, Permission.QUERY_SQL], ABOARD)
    assert rights(people, "crew") == Rights(frozenset({Permission.READ, Permission.QUERY_SQL}), ABOARD)


def test_a_role_that_there_is_not_allows_nothing(people: People) -> None:
    people.role("crew", [Permission.READ], organisation="main")
    for role in ("crew", "", "Admin", "none"):
        assert rights(people, role) == NO_RIGHTS == Rights(frozenset(), NOTHING, closed=False)


def test_a_stored_role_without_permissions_that_is_not_built_in_allows_nothing(people: People) -> None:
    people.role("crew", None, EVERYTHING)
    assert rights(people, "crew") == NO_RIGHTS


def test_a_closed_organisation_allows_nothing_to_anybody(people: People) -> None:
    people.organisation("shut", disabled_at=NOW)
    for organisation in ("shut", "never"):
        found = rights(people, "admin", organisation)
        assert found == CLOSED == Rights(frozenset(), NOTHING, closed=True)
    assert not rights(people, "admin").closed


def test_nobody_chooses_an_attribute_that_the_organisation_decides(people: People) -> None:
    people.organisation("line", LINE)
    assert rights(people, "viewer", "line", line="n").scope == LINE
    with pytest.raises(Forbidden) as refused:
        rights(people, "viewer", "line", line="s")
    assert (refused.value.code, refused.value.detail) == ("scope_conflict", {"attribute": "line"})


def test_what_is_stored_is_no_permission_unless_it_is_on_the_list() -> None:
    row = RoleRow(ACME, "crew", ["read", "rule the world", "share"], {}, None, EARLIER)
    assert permissions_of("crew", row) == frozenset({Permission.READ, Permission.SHARE})
    assert permissions_of("crew", None) is None
    assert permissions_of("viewer", None) == ROLES["viewer"]
    # what is stored under the name of a built-in role does not widen it
    assert permissions_of("viewer", row) == ROLES["viewer"]
