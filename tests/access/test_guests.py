"""Who comes by a link: never more than its maker sees now, saw then, and asked for."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from nowboard.access.guests import LinkLimits, check_attributes, named_in, principal_of_share, trimmed
from nowboard.errors import Forbidden
from nowboard.model.principals import Guest, Permission, Principal, PrincipalKind
from nowboard.model.scopes import EVERYTHING, NOTHING, Predicate, Scope
from nowboard.records.roles import delete_role
from nowboard.records.users import change_user
from tests.access.people import ACME, EARLIER, LATER, NOW, People

LIMITS = LinkLimits(Guest("sales", ("count",), filters={"shop": ["oslo"]}), EVERYTHING)
NORTH = Scope(everything=True, streams={"orders": Predicate("region = 'north'")})


def comes(people: People, **share: Any) -> Principal | None:
    share = {"limits": LIMITS, **share}
    return people.call(principal_of_share, people.share(**share), NOW)


def test_who_comes_by_a_link(people: People) -> None:
    people.user("ann", attributes={"shop": "oslo"})
    people.dashboard()
    assert comes(people, expires_at=LATER) == Principal(
        PrincipalKind.SHARE,
        "link-view-sales",
        "Link to sales",
        "guest",
        frozenset({Permission.READ}),
        EVERYTHING,
        ACME,
        LIMITS.guest,
        LATER,
        ("ann",),
    )


def test_a_link_of_a_token_rests_on_the_token_and_its_owner(people: People) -> None:
    people.user("ann")
    people.dashboard()
    people.token("tok", owner="ann")
    people.dashboard("of-token", owner="tok")
    limits = LinkLimits(Guest("of-token"), EVERYTHING)
    found = comes(people, by="tok", dashboard="of-token", limits=limits)
    assert found is not None
    assert found.rests_on == ("tok", "ann")


@pytest.mark.parametrize(
    "share",
    [
        {"expires_at": NOW},
        {"expires_at": EARLIER},
        {"revoked_at": EARLIER},
        {"kind": "user", "subject": "bob"},
        {"kind": "role", "subject": "guest"},
        {"by": "nobody"},
        {"dashboard": "other"},
        {"dashboard": "private"},
        {"organisation": "other"},
    ],
)
def test_a_link_that_is_none_or_is_over(people: People, share: dict[str, Any]) -> None:
    people.organisation("other")
    people.user("ann")
    people.dashboard()
    people.dashboard(organisation="other")
    people.dashboard("private", owner="bob")
    assert comes(people, **share) is None


def test_what_the_maker_has_for_a_while_holds_for_the_link_as_long(people: People) -> None:
    """A token with an end, and a dashboard that was shared with the maker until then."""
    people.user("ann")
    people.dashboard("shared", owner="bob")
    people.share("user", "ann", dashboard="shared", expires_at=LATER)
    people.token("tok", owner="ann", expires_at=LATER)
    people.dashboard("of-token", owner="tok")
    for maker, name in (("ann", "shared"), ("tok", "of-token")):
        row = people.share(by=maker, dashboard=name, limits=LinkLimits(Guest(name), EVERYTHING))
        assert people.call(principal_of_share, row, NOW) is not None
        assert people.call(principal_of_share, row, LATER) is None


def test_a_link_ends_when_its_maker_may_not_share_any_more(people: People) -> None:
    people.user("ann")
    people.dashboard()
    people.dashboard("open", owner="bob", visibility="organisation")
    assert comes(people) is not None
    # whoever sees a dashboard keeps the links that they made to it
    seen = LinkLimits(Guest("open"), EVERYTHING)
    assert comes(people, dashboard="open", limits=seen) is not None
    people.call(change_user, "ann", {"role": "viewer"})
    assert comes(people, expires_at=LATER, subject="2") is None
    people.call(change_user, "ann", {"role": "editor", "disabled_at": EARLIER})
    assert comes(people, expires_at=LATER, subject="3") is None


def test_a_link_shows_what_maker_organisation_role_and_limits_allow_together(people: People) -> None:
    people.organisation("line", Scope(streams={name: Predicate("line = 'n'") for name in ("orders", "visits")}))
    people.role("editor", scope=NORTH, organisation="line")
    people.role("guest", scope=Scope(everything=True, masks={"email": "hide"}), organisation="line")
    people.user("ann", organisation="line")
    people.dashboard(organisation="line")
    asked = Scope(streams={"orders": Predicate("paid")})
    found = comes(people, limits=LinkLimits(Guest("sales"), asked), organisation="line")
    assert found is not None
    assert not found.scope.everything
    assert list(found.scope.streams) == ["orders"]
    assert found.scope.streams["orders"].conditions == ("line = 'n'", "region = 'north'", "paid")
    assert found.scope.masks == {"email": "hide"}
    # what the maker loses, the link loses
    people.call(change_user, "ann", {"role": "admin"})
    people.role("admin", scope=Scope(streams={"visits": Predicate("true")}), organisation="line")
    less = comes(people, limits=LinkLimits(Guest("sales"), asked), organisation="line", subject="2")
    assert less is not None
    assert less.scope.streams == {}


def test_a_guest_learns_nothing_of_the_maker_but_what_decides(people: People) -> None:
    people.role("editor", scope=Scope(everything=True, streams={"orders": Predicate("shop in (:shops)")}))
    people.user("ann", attributes={"shops": ["oslo"], "salary": 100})
    people.dashboard()
    found = comes(people)
    assert found is not None
    assert found.scope.attributes == {"shops": ["oslo"]}


def test_a_guest_whose_role_is_made_less_may_do_less(people: People) -> None:
    people.user("ann")
    people.dashboard()
    people.role("guest", scope=NOTHING)
    found = comes(people)
    assert found is not None
    assert found.scope == NOTHING
    people.call(delete_role, ACME, "guest")
    again = comes(people, subject="2")
    assert again is not None
    assert again.scope == EVERYTHING


def test_contradictions_are_a_refusal(people: People) -> None:
    """The link was made with another value than its maker has now: neither of the two is used."""
    people.role("editor", scope=Scope(everything=True, streams={"orders": Predicate("shop = :shop")}))
    people.user("ann", attributes={"shop": "bergen"})
    people.dashboard()
    then = Scope(everything=True, streams={"orders": Predicate("shop = :shop")}, attributes={"shop": "oslo"})
    with pytest.raises(Forbidden) as refused:
        comes(people, limits=LinkLimits(Guest("sales"), then))
    assert refused.value.code == "scope_conflict"


def test_limits_without_a_scope_show_nothing(people: People) -> None:
    people.user("ann")
    people.dashboard()
    found = comes(people, limits={"guest": {"dashboard": "sales"}})
    assert found is not None
    assert found.scope == NOTHING


SCOPE = Scope(
    everything=True,
    streams={"orders": Predicate("shop in (:shops)", ("seller = $seller",))},
    attributes={"shops": ["oslo"], "email": "ann@example.org"},
    masks={"email": "hash"},
)


def test_what_predicates_name_is_kept() -> None:
    assert {"shops", "seller"} <= named_in(SCOPE)
    assert "email" not in named_in(SCOPE)
    assert trimmed(SCOPE) == msgspec.structs.replace(SCOPE, attributes={"shops": ["oslo"]})


@pytest.mark.parametrize(
    ("given", "free"),
    [
        ({}, ()),
        ({"colour": "red"}, ()),
        ({"shops": ["oslo"]}, ()),
        ({"seller": "bob"}, ("seller",)),
        ({"colour": "red", "shops": ["oslo"], "seller": "bob"}, ("seller",)),
    ],
)
def test_attributes_that_may_be_given(given: dict[str, Any], free: tuple[str, ...]) -> None:
    check_attributes(SCOPE, Scope(attributes=given), free)


@pytest.mark.parametrize(
    ("given", "free", "named"),
    [
        ({"shops": ["bergen"]}, (), "shops"),
        ({"seller": "bob"}, (), "seller"),
        ({"colour": "red", "seller": "bob"}, (), "seller"),
        ({"shops": ["oslo"], "seller": "bob"}, ("shops",), "seller"),
    ],
)
def test_attributes_that_choose_rows_are_refused(given: dict[str, Any], free: tuple[str, ...], named: str) -> None:
    with pytest.raises(Forbidden) as refused:
        check_attributes(SCOPE, Scope(attributes=given), free)
    assert refused.value.code == "scope_conflict"
    assert refused.value.detail == {"attribute": named}
    assert refused.value.message == (
        f"the attribute {named!r} cannot be set: the scope that this one narrows decides by it"
    )
