"""Embed tokens that we sign: within the rights of who asks, and nothing that would be refused later."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
import pytest

from nowboard.access.embed_keys import KeyLimits
from nowboard.access.embed_tokens import (
    LONGEST,
    NewToken,
    SignedToken,
    access_embed_token,
    principal_of_embed,
)
from nowboard.access.shares import GuestLimits
from nowboard.access.signing import read
from nowboard.clock import HOUR, SECOND
from nowboard.errors import BadRequest, Forbidden, NotFound
from nowboard.model.dashboards import Dashboard
from nowboard.model.principals import Principal
from nowboard.model.scopes import EVERYTHING, Predicate, Scope
from nowboard.query.scopecheck import check_scope
from nowboard.records.embed_keys import revoke_embed_key
from nowboard.records.users import change_user
from tests.access.boards import DAY
from tests.access.embedding import KEY, OPEN, OTHER, SECONDS, SECRET, STORES, key
from tests.access.people import NOW, People, principal
from tests.query.shop import CATALOG

ANN = principal("ann")


def issue(people: People, who: Principal = ANN, dashboard: str = "sales", **wanted: Any) -> SignedToken:
    check = partial(check_scope, catalog=CATALOG)
    token = NewToken(**{"key": KEY, **wanted})
    return people.call(
        access_embed_token,
        who,
        dashboard,
        token,
        parse=lambda document: msgspec.convert(document, Dashboard),
        check=check,
        now=NOW,
    )


def said(made: SignedToken) -> dict[str, Any]:
    return dict(read(made.token, KEY, SECRET))


def test_a_token_that_we_sign_says_who_had_it_signed(office: People) -> None:
    key(office)
    limits = GuestLimits(("count",), ("channel",), {"shop": ["a"]}, {"n": 1}, DAY)
    made = issue(office, subject="kim", lifetime=HOUR + 1, limits=limits)
    assert (made.key, made.expires_at) == (KEY, NOW + HOUR)
    assert said(made) == {
        "dashboard": "sales",
        "scope": {"everything": True, "streams": {}},
        "exp": SECONDS + 3_600,
        "sub": "kim",
        "widgets": ["count"],
        "fields": ["channel"],
        "filters": {"shop": ["a"]},
        "parameters": {"n": 1},
        "window": DAY,
        "by": "ann",
        "iat": SECONDS,
    }
    found = office.call(principal_of_embed, KEY, made.token, NOW)
    assert found is not None
    assert (found.id, found.rests_on) == (f"{KEY}/kim", (KEY, "ann"))
    detail = {"key": KEY, "sub": "kim", "expires_at": NOW + HOUR}
    assert office.audited() == [("ann", "embed_token.create", "dashboard", "sales", detail)]


def test_a_token_lives_an_hour_unless_it_says_otherwise(office: People) -> None:
    key(office)
    assert issue(office).expires_at == NOW + HOUR
    assert issue(office, lifetime=LONGEST).expires_at == NOW + LONGEST
    assert issue(office, lifetime=SECOND).expires_at == NOW + SECOND
    for lifetime in (0, -1, SECOND - 1, LONGEST + 1):
        with pytest.raises(BadRequest) as refused:
            issue(office, lifetime=lifetime)
        assert refused.value.code == "bad_expiry"
        assert refused.value.message == "an embed token lives from 1 second to 24 hours"


@pytest.mark.parametrize("subject", ["a" * 151, "a\nb"])
def test_subjects_that_are_none(office: People, subject: str) -> None:
    key(office)
    with pytest.raises(BadRequest) as refused:
        issue(office, subject=subject)
    assert refused.value.code == "bad_name"
    assert refused.value.message == "`sub` has at most 150 printable characters"
    assert said(issue(office, subject="a" * 150))["sub"] == "a" * 150


def test_only_for_ones_own_dashboard_and_with_a_key_of_the_organisation(office: People) -> None:
    key(office, KeyLimits(EVERYTHING, ("sales",)))
    key(office, name=OTHER, organisation="other")
    office.dashboard("more")
    with pytest.raises(NotFound):
        issue(office, dashboard="nothing")
    with pytest.raises(Forbidden) as refused:
        issue(office, dashboard="more")
    assert refused.value.detail == {"dashboard": "more"}
    office.call(revoke_embed_key, KEY, NOW)
    for name in (KEY, OTHER, "emk_none"):
        with pytest.raises(NotFound) as missing:
            issue(office, key=name)
        assert missing.value.code == "unknown_embed_key"
        assert missing.value.message == f"there is no embed key {name!r}"


def test_limits_must_be_there(office: People) -> None:
    key(office)
    with pytest.raises(BadRequest) as refused:
        issue(office, limits=GuestLimits(widgets=("nothing",)))
    assert (refused.value.code, refused.value.detail) == ("bad_limits", {"part": "widgets"})
    with pytest.raises(BadRequest) as refused:
        issue(office, limits=GuestLimits(scope=Scope(streams={"orders": Predicate("nothing = 1")})))
    assert refused.value.code == "bad_scope"


def test_the_rows_are_those_of_who_has_it_signed(office: People) -> None:
    key(office)
    office.role("editor", scope=STORES)
    office.call(change_user, "ann", {"attributes": {"stores": ["a"], "salary": 1}})
    own = {"everything": True, "streams": {"orders": {"sql": "store in (:stores)"}}, "attributes": {"stores": ["a"]}}
    assert said(issue(office))["scope"] == own
    asked = Scope(streams={"orders": Predicate("channel = :channel")}, attributes={"channel": "web"})
    narrowed = said(issue(office, limits=GuestLimits(scope=asked)))["scope"]
    assert narrowed == {
        "streams": {"orders": {"sql": "store in (:stores)", "also": ["channel = :channel"]}},
        "attributes": {"stores": ["a"], "channel": "web"},
    }
    with pytest.raises(Forbidden) as refused:
        issue(office, limits=GuestLimits(scope=Scope(everything=True, attributes={"stores": ["b"]})))
    assert refused.value.code == "scope_conflict"


def test_masks_that_were_asked_for_are_in_the_token(office: People) -> None:
    key(office)
    office.role("editor", scope=Scope(everything=True, masks={"money": "hide"}))
    made = issue(office, limits=GuestLimits(scope=Scope(everything=True, masks={"email": "hash"})))
    assert said(made)["scope"]["masks"] == {"email": "hash", "money": "hide"}
    assert said(issue(office))["scope"]["masks"] == {"money": "hide"}


def test_a_token_that_ends_has_others_signed_until_then(office: People) -> None:
    key(office)
    office.token("tok", owner="ann", expires_at=NOW + HOUR)
    office.dashboard("of-token", owner="tok")
    assert said(issue(office, principal("tok"), dashboard="of-token"))["by"] == "tok"


def test_attributes_that_no_predicate_names_are_left_out_beside_predicates(office: People) -> None:
    key(office)
    asked = Scope(streams={"orders": Predicate("channel = :channel")}, attributes={"channel": "web", "colour": "red"})
    assert said(issue(office, limits=GuestLimits(scope=asked)))["scope"]["attributes"] == {"channel": "web"}


def test_attributes_alone_fill_what_the_key_leaves_open(office: People) -> None:
    key(office, OPEN)
    scope = Scope(attributes={"stores": ["a"]})
    made = issue(office, limits=GuestLimits(scope=scope))
    assert said(made)["scope"] == {"everything": True, "streams": {}, "attributes": {"stores": ["a"]}}
    found = office.call(principal_of_embed, KEY, made.token, NOW)
    assert found is not None
    assert found.scope == msgspec.structs.replace(STORES, attributes={"stores": ["a"]})


def test_what_would_be_refused_later_is_refused_now(office: People) -> None:
    key(office)
    with pytest.raises(BadRequest) as refused:
        issue(office, limits=GuestLimits(scope=Scope(attributes={"stroe": ["a"]})))
    assert (refused.value.code, refused.value.detail) == ("bad_limits", {"part": "scope"})
    assert refused.value.message == "no predicate names the attribute 'stroe' of the embed token's scope"
