"""How far somebody may go with a dashboard: what ownership, shares, visibility and role allow together."""

from __future__ import annotations

from typing import Any

import pytest

from nowboard.access.levels import Level, level_of, levels_of
from nowboard.model.principals import ROLES, Guest, Permission, Principal
from tests.access.people import EARLIER, LATER, NOW, People, principal


def level(people: People, who: Principal, **row: Any) -> Level:
    return people.call(level_of, who, people.dashboard(**row), NOW)


@pytest.mark.parametrize(
    ("who", "row", "wanted"),
    [
        # the owner, and who administers the organisation
        (principal("ann"), {}, Level.OWN),
        (principal("ann"), {"published": False}, Level.OWN),
        (principal("ann"), {"deleted_at": EARLIER}, Level.OWN),
        (principal("root", "admin"), {}, Level.OWN),
        (principal("root", "admin"), {"deleted_at": EARLIER}, Level.OWN),
        # whoever may not edit does not, whatever is theirs
        (principal("ann", "viewer"), {}, Level.VIEW),
        (principal("ann", "custom", permissions=frozenset({Permission.READ, Permission.ADMIN})), {}, Level.VIEW),
        (principal("bob", "custom", permissions=frozenset({Permission.READ, Permission.ADMIN})), {}, Level.VIEW),
        # whoever may not read has nothing at all
        (principal("ann", "ingest"), {}, Level.NONE),
        (principal("ann", "custom", permissions=ROLES["admin"] - {Permission.READ}), {}, Level.NONE),
        # others see what is the organisation's
        (principal("bob"), {}, Level.NONE),
        (principal("bob"), {"visibility": "organisation"}, Level.VIEW),
        (principal("bob", "viewer"), {"visibility": "organisation"}, Level.VIEW),
        # another organisation's do not exist
        (principal("ann", organisation="other"), {"visibility": "organisation"}, Level.NONE),
        (principal("root", "admin", organisation="other"), {}, Level.NONE),
        (principal("root", "admin", organisation="main"), {}, Level.NONE),
    ],
)
def test_owners_administrators_and_everyone_else(
    people: People, who: Principal, row: dict[str, Any], wanted: Level
) -> None:
    assert level(people, who, **row) is wanted


@pytest.mark.parametrize(
    ("share", "role", "wanted"),
    [
        (("user", "bob", "view"), "editor", Level.VIEW),
        (("user", "bob", "edit"), "editor", Level.EDIT),
        (("role", "editor", "view"), "editor", Level.VIEW),
        (("role", "editor", "edit"), "editor", Level.EDIT),
        # to edit takes the permission besides
        (("user", "bob", "edit"), "viewer", Level.VIEW),
        (("role", "viewer", "edit"), "viewer", Level.VIEW),
        (("user", "bob", "edit"), "ingest", Level.NONE),
        # somebody else's
        (("user", "eve", "edit"), "editor", Level.NONE),
        (("role", "analyst", "edit"), "editor", Level.NONE),
        (("user", "editor", "edit"), "editor", Level.NONE),
        (("role", "bob", "edit"), "editor", Level.NONE),
        # a link gives nothing to who does not come by it
        (("link", None, "view"), "editor", Level.NONE),
    ],
)
def test_what_is_shared(people: People, share: tuple[str, str | None, str], role: str, wanted: Level) -> None:
    people.share(*share)
    assert level(people, principal("bob", role)) is wanted


@pytest.mark.parametrize(
    ("end", "wanted"),
    [
        ({"expires_at": LATER}, Level.EDIT),
        ({"expires_at": NOW + 1}, Level.EDIT),
        ({"expires_at": NOW}, Level.NONE),
        ({"expires_at": EARLIER}, Level.NONE),
        ({"revoked_at": EARLIER}, Level.NONE),
        ({"revoked_at": EARLIER, "expires_at": LATER}, Level.NONE),
    ],
)
def test_a_share_that_is_over_gives_nothing(people: People, end: dict[str, Any], wanted: Level) -> None:
    people.share("user", "bob", "edit", **end)
    assert level(people, principal("bob")) is wanted


@pytest.mark.parametrize("first", ["view", "edit"])
def test_the_most_of_several_shares_holds(people: People, first: str) -> None:
    second = {"view": "edit", "edit": "view"}[first]
    people.share("user", "bob", first)
    people.share("role", "editor", second)
    assert level(people, principal("bob")) is Level.EDIT


def test_a_share_never_lowers_what_the_organisation_sees(people: People) -> None:
    people.share("user", "bob", "edit")
    assert level(people, principal("bob"), visibility="organisation") is Level.EDIT
    assert level(people, principal("cal"), name="other", visibility="organisation") is Level.VIEW


def test_shares_of_another_organisation_say_nothing_here(people: People) -> None:
    people.organisation("other")
    people.share("user", "bob", "edit", organisation="other")
    people.share("role", "editor", "edit", organisation="other")
    assert level(people, principal("bob")) is Level.NONE


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ({}, Level.VIEW),
        ({"visibility": "organisation"}, Level.VIEW),
        ({"published": False}, Level.NONE),
        ({"deleted_at": EARLIER}, Level.NONE),
        ({"name": "other", "visibility": "organisation"}, Level.NONE),
        ({"name": "other", "owner": "link"}, Level.NONE),
        ({"organisation": "other"}, Level.NONE),
    ],
)
@pytest.mark.parametrize("role", ["guest", "admin"])
def test_a_guest_sees_the_one_published_dashboard(
    people: People, row: dict[str, Any], role: str, wanted: Level
) -> None:
    guest = principal("link", role, guest=Guest("sales"))
    # nothing else gives a guest more: neither a share with the role nor one with the id
    people.share("role", role, "edit")
    people.share("role", role, "edit", dashboard="other")
    people.share("user", "link", "edit", dashboard="other")
    assert level(people, guest, **row) is wanted


def test_a_list_is_judged_row_by_row(people: People) -> None:
    own = people.dashboard("own", owner="bob")
    seen = people.dashboard("seen", visibility="organisation")
    edited = people.dashboard("edited")
    hidden = people.dashboard("hidden")
    people.share("user", "bob", "edit", dashboard="edited")
    rows = (hidden, own, seen, edited)
    assert people.call(levels_of, principal("bob"), rows, NOW) == [Level.NONE, Level.OWN, Level.VIEW, Level.EDIT]
    assert people.call(levels_of, principal("bob"), (), NOW) == []


def test_each_level_includes_those_before_it() -> None:
    assert Level.NONE < Level.VIEW < Level.EDIT < Level.OWN
