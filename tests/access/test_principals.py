"""From a stored credential to a principal: with the rights of this moment, or not at all."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from nowboard.access.grants import OWNER, Grant, grant_of, grant_of_token, grant_of_user, scope_of, to_row
from nowboard.access.guests import bases_of, present_principal
from nowboard.access.principals import principal_of_grant, principal_of_token, principal_of_user
from nowboard.errors import Forbidden
from nowboard.model.principals import HOME, ROLES, Permission, Principal, PrincipalKind
from nowboard.model.scopes import EVERYTHING, NOTHING, Predicate, Scope
from nowboard.records.users import delete_user
from tests.access.people import ACME, EARLIER, LATER, NOW, People

NORTH = Scope(streams={"orders": Predicate("region = 'north'")})
OWN = Scope(everything=True, streams={"orders": Predicate("seller = :user_id")})


def test_a_user_has_the_rights_of_the_role(people: People) -> None:
    ann = people.user("ann", "analyst", attributes={"shop": "a"})
    assert people.call(principal_of_user, ann) == Principal(
        PrincipalKind.USER,
        "ann",
        "Ann",
        "analyst",
        ROLES["analyst"],
        Scope(True, attributes={"shop": "a", "user_id": "ann", "email": "ann@example.org"}),
        ACME,
    )


def test_id_and_address_of_a_user_cannot_be_chosen(people: People) -> None:
    """Predicates name them, so whoever sets attributes must not set these."""
    ann = people.user("ann", attributes={"user_id": "eve", "email": "eve@example.org"})
    found = people.call(principal_of_user, ann)
    assert found is not None
    assert found.scope.attributes == {"user_id": "ann", "email": "ann@example.org"}


def test_a_disabled_user_or_one_of_a_closed_organisation_is_nobody(people: People) -> None:
    people.organisation("shut", disabled_at=EARLIER)
    for user in (people.user("ann", disabled_at=EARLIER), people.user("bob", organisation="shut")):
        assert people.call(principal_of_user, user) is None
        assert people.call(present_principal, user.id, NOW) is None


def test_a_user_whose_role_is_gone_may_do_nothing(people: People) -> None:
    found = people.call(principal_of_user, people.user("ann", "crew"))
    assert found is not None
    assert (found.role, found.permissions, found.scope) == ("crew", frozenset(), NOTHING)


def test_a_token_has_the_rights_of_its_role_within_its_scope(people: People) -> None:
    people.role("editor", scope=Scope(everything=True, masks={"email": "hash"}))
    found = people.call(principal_of_token, people.token("tok", scope=NORTH), NOW)
    assert found == Principal(
        PrincipalKind.TOKEN,
        "tok",
        "Tok",
        "editor",
        ROLES["editor"],
        Scope(streams=NORTH.streams, masks={"email": "hash"}),
        ACME,
    )


@pytest.mark.parametrize(
    "end", [{"expires_at": NOW}, {"expires_at": EARLIER}, {"revoked_at": EARLIER}, {"organisation": "shut"}]
)
def test_a_token_that_is_over_is_nobody(people: People, end: dict[str, Any]) -> None:
    people.organisation("shut", disabled_at=EARLIER)
    row = people.token("tok", **end)
    assert people.call(principal_of_token, row, NOW) is None
    assert people.call(present_principal, "tok", NOW) is None


def test_a_token_never_does_more_than_its_owner(people: People) -> None:
    people.role("viewer", scope=OWN)
    people.user("ann", "viewer")
    found = people.call(principal_of_token, people.token("tok", "admin", scope=NORTH, owner="ann"), NOW)
    assert found is not None
    assert found.permissions == ROLES["viewer"]
    assert found.scope.streams["orders"].conditions == ("region = 'north'", "seller = :user_id")
    assert found.scope.attributes["user_id"] == "ann"
    assert not found.scope.everything
    # nor more than its own role
    people.user("root", "admin")
    weak = people.call(principal_of_token, people.token("weak", "ingest", owner="root"), NOW)
    assert weak is not None
    assert weak.permissions == {Permission.INGEST}


def test_a_token_ends_with_its_owner(people: People) -> None:
    people.user("ann", disabled_at=EARLIER)
    for row in (people.token("first", owner="ann"), people.token("second", owner="nobody")):
        assert people.call(principal_of_token, row, NOW) is None


def test_contradicting_scopes_are_a_refusal(people: People) -> None:
    people.organisation("line", Scope(everything=True, attributes={"line": "n"}))
    user = people.user("ann", attributes={"line": "s"}, organisation="line")
    with pytest.raises(Forbidden) as refused:
        people.call(principal_of_user, user)
    assert refused.value.code == "scope_conflict"
    row = people.token("tok", scope=Scope(everything=True, attributes={"line": "s"}), organisation="line")
    with pytest.raises(Forbidden):
        people.call(principal_of_token, row, NOW)


def test_a_session_stands_for_its_user(people: People) -> None:
    ann = people.user("ann", "analyst")
    grant = grant_of_user(ann)
    assert grant == Grant(PrincipalKind.USER, "ann", "Ann", "analyst", organisation=ACME)
    assert people.call(principal_of_grant, grant, NOW) == people.call(principal_of_user, ann)
    # what the grant says of rights counts for nothing: the user's role does
    claimed = msgspec.structs.replace(grant, role="admin", scope=EVERYTHING)
    assert people.call(principal_of_grant, claimed, NOW) == people.call(principal_of_user, ann)
    people.call(delete_user, "ann")
    assert people.call(principal_of_grant, grant, NOW) is None


def test_a_session_that_was_begun_with_a_token_stands_for_the_token(people: People) -> None:
    row = people.token("tok", "viewer", scope=NORTH, expires_at=LATER)
    grant = msgspec.structs.replace(grant_of_token(row), token="tok")
    found = people.call(principal_of_grant, grant, NOW)
    assert found == people.call(principal_of_token, row, NOW)
    assert found is not None
    assert (found.kind, found.permissions, found.scope) == (PrincipalKind.TOKEN, ROLES["viewer"], NORTH)
    assert people.call(principal_of_grant, grant, LATER) is None
    gone = msgspec.structs.replace(grant, token="gone")
    assert people.call(principal_of_grant, gone, NOW) is None


@pytest.mark.parametrize("kind", [kind for kind in PrincipalKind if kind is not PrincipalKind.USER])
def test_only_users_have_a_session_of_their_own(people: People, kind: PrincipalKind) -> None:
    people.user("ann")
    for name in ("ann", "owner"):
        assert people.call(principal_of_grant, Grant(kind, name, "Ann", "admin", EVERYTHING), NOW) is None


def test_the_owner_is_the_way_in_until_somebody_administers_the_server(people: People) -> None:
    people.user("ann", "admin")
    people.user("bob", "editor", organisation=HOME)
    owner = Principal(PrincipalKind.USER, "owner", "Owner", "admin", ROLES["admin"], EVERYTHING, HOME)
    assert people.call(principal_of_grant, OWNER, NOW) == owner
    assert people.call(present_principal, "owner", NOW) == owner
    people.user("root", "admin", organisation=HOME, disabled_at=EARLIER)
    assert people.call(principal_of_grant, OWNER, NOW) is None
    assert people.call(present_principal, "owner", NOW) is None


def test_who_is_there_at_this_moment(people: People) -> None:
    people.user("ann")
    people.token("tok", "viewer", owner="ann")
    people.token("free", "viewer")
    found = [people.call(present_principal, name, NOW) for name in ("ann", "tok", "nobody")]
    assert [None if each is None else (each.kind, each.id) for each in found] == [
        (PrincipalKind.USER, "ann"),
        (PrincipalKind.TOKEN, "tok"),
        None,
    ]
    # whose rights those of a user or token rest on
    assert people.call(bases_of, "ann") == ("ann",)
    assert people.call(bases_of, "tok") == ("tok", "ann")
    assert people.call(bases_of, "free") == ("free",)


def test_what_is_stored_comes_back_as_it_was() -> None:
    scope = Scope(True, {"orders": Predicate("a = :a", ("b",))}, {"a": [1]}, {"email": "hash"})
    assert scope_of(to_row(scope)) == scope
    assert scope_of({}) == NOTHING
    grant = Grant(PrincipalKind.TOKEN, "tok", "Tok", "viewer", scope, "tok", ACME)
    assert grant_of(to_row(grant)) == grant
    with pytest.raises(msgspec.ValidationError):
        scope_of({"everythin": True})


def test_a_token_stands_for_its_row(people: People) -> None:
    row = people.token("tok", "viewer", scope=NORTH)
    assert grant_of_token(row) == Grant(PrincipalKind.TOKEN, "tok", "Tok", "viewer", NORTH, organisation=ACME)
