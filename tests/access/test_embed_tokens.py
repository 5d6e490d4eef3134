"""Who shows an embed token: never more than its key allows, and than whoever had it signed may see now."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from nowboard.access.embed_keys import KeyLimits
from nowboard.access.embed_tokens import (
    key_in,
    principal_of_embed,
)
from nowboard.access.signing import sign
from nowboard.clock import HOUR, SECOND, Micros
from nowboard.errors import Forbidden, Unauthenticated
from nowboard.model.principals import Guest, Permission, Principal, PrincipalKind
from nowboard.model.scopes import EVERYTHING, NOTHING, Scope
from nowboard.records.embed_keys import revoke_embed_key
from nowboard.records.users import change_user
from tests.access.boards import DAY
from tests.access.embedding import KEY, OPEN, OTHER, SECONDS, SECRET, STORES, key
from tests.access.people import ACME, NOW, People, principal
from tests.access.signing import forged

ANN = principal("ann")


def claims(**changes: Any) -> dict[str, Any]:
    """Those of a usual token; a change to None leaves one out."""
    usual = {"dashboard": "sales", "scope": {"everything": True}, "exp": SECONDS + 600, "sub": "kim"}
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def shown(people: People, now: Micros = NOW, **changes: Any) -> Principal | None:
    return people.call(principal_of_embed, KEY, sign(KEY, SECRET, claims(**changes)), now)


def guest(people: People, **changes: Any) -> Principal:
    found = shown(people, **changes)
    assert found is not None
    return found


def refusal(people: People, **changes: Any) -> Unauthenticated:
    with pytest.raises(Unauthenticated) as refused:
        shown(people, **changes)
    assert refused.value.code == "bad_token"
    return refused.value


# --- who shows a token ---


def test_who_shows_a_token(office: People) -> None:
    key(office)
    assert guest(office) == Principal(
        PrincipalKind.SHARE,
        f"{KEY}/kim",
        "kim",
        "guest",
        frozenset({Permission.READ}),
        EVERYTHING,
        ACME,
        Guest("sales"),
        NOW + 600 * SECOND,
        (KEY,),
    )
    nameless = guest(office, sub=None)
    assert (nameless.id, nameless.name) == (f"{KEY}/sales", "shop")


def test_limits_of_a_token_hold(office: People) -> None:
    key(office)
    found = guest(
        office, widgets=["count"], fields=["channel"], filters={"shop": ["a"]}, parameters={"n": 1}, window=DAY
    )
    assert found.guest == Guest("sales", ("count",), ("channel",), {"shop": ["a"]}, {"n": 1}, DAY)


def test_a_key_that_is_revoked_or_unknown_lets_nobody_in(office: People) -> None:
    assert shown(office) is None
    key(office)
    office.call(revoke_embed_key, KEY, NOW)
    assert shown(office) is None


def test_a_token_is_signed_with_its_key(office: People) -> None:
    key(office)
    for token in (
        sign(KEY, b"x" * 32, claims()),
        sign(OTHER, SECRET, claims()),
        sign(KEY, SECRET, claims())[:-2],
    ):
        with pytest.raises(Unauthenticated) as refused:
            office.call(principal_of_embed, KEY, token, NOW)
        assert refused.value.code == "bad_token"


def test_a_key_is_for_its_dashboards(office: People) -> None:
    key(office, KeyLimits(EVERYTHING, ("sales", "more")))
    assert guest(office).guest == Guest("sales")
    with pytest.raises(Forbidden) as refused:
        shown(office, dashboard="else")
    assert refused.value.message == "the embed key is not for dashboard 'else'"
    assert refused.value.detail == {"dashboard": "else"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"exp": SECONDS}, "the embed token is over"),
        ({"exp": SECONDS - 1}, "the embed token is over"),
        ({"exp": SECONDS + 86_461}, "an embed token lives for 24 hours at most"),
        ({"iat": SECONDS - 3_600, "exp": SECONDS + 83_000}, "an embed token lives for 24 hours at most"),
        # one that says that it begins later does not live longer
        ({"iat": SECONDS + 9_999, "exp": SECONDS + 90_000}, "an embed token lives for 24 hours at most"),
        ({"nbf": SECONDS + 61}, "the embed token is not valid yet"),
        ({"sub": "a" * 151}, "`sub` has at most 150 printable characters"),
        ({"sub": "a\nb"}, "`sub` has at most 150 printable characters"),
    ],
)
def test_tokens_outside_of_their_time_or_form(office: People, changes: dict[str, Any], message: str) -> None:
    key(office)
    assert refusal(office, **changes).message == message


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": SECONDS + 1},
        {"exp": SECONDS + 86_460},
        {"iat": SECONDS - 3_600, "exp": SECONDS + 82_860},
        {"nbf": SECONDS + 60},
        {"nbf": SECONDS - 60, "iat": SECONDS - 60},
        {"sub": "a" * 150},
    ],
)
def test_tokens_at_the_bounds(office: People, changes: dict[str, Any]) -> None:
    key(office)
    assert guest(office, **changes).role == "guest"


@pytest.mark.parametrize("changes", [{"exp": None}, {"scope": None}, {"dashboard": None}, {"widgts": ["count"]}])
def test_what_is_missing_or_misspelt_is_refused(office: People, changes: dict[str, Any]) -> None:
    """A limit that is misspelt would leave everything open."""
    key(office)
    assert refusal(office, **changes).message.startswith("the embed token does not say what it must: ")


@pytest.mark.parametrize(
    "scope", [{}, {"everything": False}, {"streams": {}}, {"attributes": {}, "masks": {"a": "hide"}}]
)
def test_a_scope_that_says_nothing_shows_nothing(office: People, scope: dict[str, Any]) -> None:
    key(office)
    assert refusal(office, scope=scope).message == "the embed token's scope says nothing, so it shows nothing"


# --- what of the rows ---


def test_attributes_that_the_key_leaves_open_are_the_tokens_to_give(office: People) -> None:
    key(office, OPEN)
    found = guest(office, scope={"attributes": {"stores": ["a"]}})
    assert found.scope == msgspec.structs.replace(STORES, attributes={"stores": ["a"]})


def test_others_are_not(office: People) -> None:
    key(office, KeyLimits(STORES))
    with pytest.raises(Forbidden) as refused:
        shown(office, scope={"attributes": {"stores": ["a"]}})
    assert (refused.value.code, refused.value.detail) == ("scope_conflict", {"attribute": "stores"})


def test_an_attribute_that_nothing_names_is_refused(office: People) -> None:
    """It was meant to narrow something."""
    key(office, OPEN)
    error = refusal(office, scope={"attributes": {"stores": ["a"], "stroe": ["b"]}})
    assert error.message == "no predicate names the attribute 'stroe' of the embed token's scope"
    assert error.detail == {"attribute": "stroe"}


def test_a_token_narrows_its_key(office: People) -> None:
    office.role("guest", scope=Scope(everything=True, masks={"email": "hide"}))
    key(office, KeyLimits(STORES, open=("stores",)))
    found = guest(
        office,
        scope={
            "streams": {"orders": {"sql": "channel = :channel"}},
            "attributes": {"stores": ["a"], "channel": "web"},
            "masks": {"money": "hash"},
        },
    )
    assert not found.scope.everything
    assert found.scope.streams["orders"].conditions == ("store in (:stores)", "channel = :channel")
    assert found.scope.attributes == {"stores": ["a"], "channel": "web"}
    assert found.scope.masks == {"email": "hide", "money": "hash"}
    everything = guest(office, scope={"everything": True, "streams": {"orders": {"sql": "paid"}}})
    assert everything.scope.everything


def test_guests_of_an_organisation_that_shows_them_nothing(office: People) -> None:
    key(office)
    office.role("guest", scope=NOTHING)
    assert guest(office).scope == NOTHING


# --- on behalf of somebody ---


def test_a_token_that_somebody_had_signed_shows_no_more_than_they_see(office: People) -> None:
    key(office)
    office.role("editor", scope=STORES)
    office.call(change_user, "ann", {"attributes": {"stores": ["a"], "salary": 1}})
    found = guest(office, by="ann")
    assert found.scope == msgspec.structs.replace(STORES, attributes={"stores": ["a"]})
    assert found.rests_on == (KEY, "ann")
    with pytest.raises(Forbidden) as refused:
        shown(office, by="ann", scope={"attributes": {"stores": ["b"]}})
    assert refused.value.code == "scope_conflict"


def test_a_token_of_a_token_rests_on_all_of_them(office: People) -> None:
    key(office)
    office.token("tok", owner="ann", expires_at=NOW + HOUR)
    assert guest(office, by="tok").rests_on == (KEY, "tok", "ann")


@pytest.mark.parametrize("name", ["nobody", "eve", "vic"])
def test_a_token_ends_when_who_had_it_signed_may_not_share_here(office: People, name: str) -> None:
    key(office)
    assert shown(office, by=name) is None


# --- which key ---


def test_which_key_a_token_names() -> None:
    assert key_in(sign(KEY, SECRET, claims())) == KEY
    for header in ({"kid": "emk_XYZ"}, {"kid": KEY + "0"}, {"kid": 1}, {}, [KEY], KEY):
        assert key_in(forged(header, claims(), SECRET)) is None
    for token in ("", "a", "a.b", "a.b.c", "a.b.c.d", "!.b.c", f"{'a' * 701}.b.c", "nb_secret"):
        assert key_in(token) is None
    at_bound = next(
        token
        for token in (forged({"kid": KEY, "pad": "x" * length}, {}, SECRET) for length in range(500, 400, -1))
        if len(token.partition(".")[0]) <= 700
    )
    assert key_in(at_bound) == KEY
    assert key_in(forged({"kid": KEY, "pad": "x" * 600}, {}, SECRET)) is None
    four = sign(KEY, SECRET, claims()) + ".more"
    assert key_in(four) is None
