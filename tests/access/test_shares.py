"""Sharing a dashboard: who may, with whom, as what, and whose sockets end when a share does."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
import pytest

from nowboard.access.guests import LinkLimits
from nowboard.access.secrets import digest
from nowboard.access.shares import (
    GuestLimits,
    IssuedShare,
    NewShare,
    access_share_creation,
    access_share_revocation,
    access_shares,
    expired_share_ends,
    owned_dashboard,
    share_end,
)
from nowboard.errors import BadRequest, Forbidden, NotFound, Unauthenticated
from nowboard.model.dashboards import Dashboard
from nowboard.model.principals import Guest, Permission, Principal
from nowboard.model.scopes import EVERYTHING, NOTHING, Predicate, Scope
from nowboard.model.wire import CloseCode
from nowboard.query.scopecheck import check_scope
from nowboard.records.shares import ShareRow, find_share, get_share
from nowboard.records.users import change_user
from tests.access.boards import DAY
from tests.access.people import ACME, EARLIER, LATER, NOW, People, principal
from tests.query.shop import CATALOG

ANN = principal("ann")
STORES = Scope(everything=True, streams={"orders": Predicate("store in (:stores)")})


def read(document: Any) -> Dashboard:
    return msgspec.convert(document, Dashboard)


def make(people: People, who: Principal = ANN, dashboard: str = "sales", **wanted: Any) -> IssuedShare:
    share = NewShare(**{"kind": "link", **wanted})
    check = partial(check_scope, catalog=CATALOG)
    return people.call(access_share_creation, who, dashboard, share, parse=read, check=check, now=NOW)


def refusal(people: People, who: Principal = ANN, **wanted: Any) -> BadRequest:
    with pytest.raises(BadRequest) as refused:
        make(people, who, **wanted)
    assert people.call(access_shares, who, "sales", NOW) == []
    return refused.value


# --- who may ---


@pytest.mark.parametrize("who", [ANN, principal("root", "admin")])
def test_the_owner_and_administrators_share(office: People, who: Principal) -> None:
    row, maker = office.call(owned_dashboard, who, "sales", NOW)
    assert (row.organisation, row.id) == (ACME, "sales")
    assert (maker.id, maker.permissions) == (who.id, who.permissions)
    # rights are read anew, with the attributes of the account
    assert maker.scope.attributes == {"user_id": who.id, "email": f"{who.id}@example.org"}


@pytest.mark.parametrize(
    ("who", "name", "error", "code", "message"),
    [
        (
            principal("bob"),
            "open",
            Forbidden,
            "forbidden",
            "only the owner of a dashboard and administrators share it",
        ),
        (principal("bob"), "sales", NotFound, "unknown_dashboard", "there is no dashboard 'sales'"),
        (ANN, "nothing", NotFound, "unknown_dashboard", "there is no dashboard 'nothing'"),
        (ANN, "trash", NotFound, "unknown_dashboard", "there is no dashboard 'trash'"),
        (principal("eve", "admin"), "sales", NotFound, "unknown_dashboard", "there is no dashboard 'sales'"),
        (principal("gone"), "sales", Unauthenticated, "unauthenticated", "sign in, or send an API token"),
        (principal("nobody"), "sales", Unauthenticated, "unauthenticated", "sign in, or send an API token"),
    ],
)
def test_nobody_else_does(
    office: People, who: Principal, name: str, error: type[Forbidden], code: str, message: str
) -> None:
    office.dashboard("open", visibility="organisation")
    office.dashboard("trash", deleted_at=EARLIER)
    with pytest.raises(error) as refused:
        office.call(owned_dashboard, who, name, NOW)
    assert (refused.value.code, refused.value.message) == (code, message)
    if error is Forbidden:
        assert refused.value.detail == {"level": "own"}


def test_who_may_see_a_dashboard_does_not_share_it(office: People) -> None:
    office.share("user", "bob", "edit")
    with pytest.raises(Forbidden) as refused:
        make(office, principal("bob"))
    assert refused.value.detail == {"level": "own"}


def test_rights_are_those_of_the_session_and_of_this_moment(office: People) -> None:
    """A session that was begun with less gains nothing, and one from before loses what its user lost."""
    less = msgspec.structs.replace(ANN, permissions=frozenset({Permission.READ, Permission.EDIT}))
    with pytest.raises(Forbidden) as refused:
        office.call(owned_dashboard, less, "sales", NOW)
    assert refused.value.detail == {"permission": "share"}
    narrow = msgspec.structs.replace(ANN, scope=Scope(streams={"orders": Predicate("true")}))
    _, maker = office.call(owned_dashboard, narrow, "sales", NOW)
    assert maker.scope.streams == narrow.scope.streams
    assert not maker.scope.everything
    office.call(change_user, "ann", {"role": "viewer"})
    with pytest.raises(Forbidden) as refused:
        office.call(owned_dashboard, ANN, "sales", NOW)
    assert refused.value.detail == {"permission": "share"}


# --- with whom ---


def test_a_share_with_somebody(office: People) -> None:
    issued = make(office, kind="user", subject="bob", level="edit", expires_at=LATER)
    row = issued.row
    assert row.id.startswith("shr_")
    assert msgspec.structs.replace(row, id="") == ShareRow(
        "", ACME, "sales", "user", "bob", "edit", {}, NOW, "ann", LATER
    )
    assert issued.secret is None
    assert office.call(access_shares, ANN, "sales", NOW) == [row]
    detail = {"dashboard": "sales", "kind": "user", "subject": "bob", "level": "edit"}
    assert office.audited() == [
        ("ann", "share.create", "share", row.id, detail),
        ("ann", "share.list", "dashboard", "sales", {}),
    ]


@pytest.mark.parametrize("subject", ["viewer", "crew", "guest"])
def test_a_share_with_a_role(office: People, subject: str) -> None:
    office.role("crew", [Permission.READ])
    made = make(office, kind="role", subject=subject)
    assert (made.row.kind, made.row.subject, made.row.level) == ("role", subject, "view")
    assert (made.row.expires_at, made.secret) == (None, None)


def test_a_link_has_a_secret_that_is_not_stored(office: People) -> None:
    made = make(office)
    assert made.secret is not None
    assert made.secret.startswith("ns_")
    assert office.call(find_share, digest(made.secret)) == made.row
    assert (made.row.kind, made.row.subject, made.row.level) == ("link", None, "view")
    assert msgspec.convert(made.row.limits, LinkLimits) == LinkLimits(Guest("sales"), EVERYTHING)


KINDS = "`kind` is user, role or link, and `level` is view or edit"
LINKS = "a link has no `subject`, and its `level` is view"


@pytest.mark.parametrize(
    ("wanted", "code", "message"),
    [
        ({"kind": "planet"}, "bad_share", KINDS),
        ({"kind": "user", "subject": "bob", "level": "own"}, "bad_share", KINDS),
        ({"level": "edit"}, "bad_share", LINKS),
        ({"subject": "bob"}, "bad_share", LINKS),
        ({"expires_at": NOW}, "bad_expiry", "a share cannot be over before it begins"),
        ({"expires_at": EARLIER}, "bad_expiry", "a share cannot be over before it begins"),
        ({"kind": "user"}, "bad_share", "there is no user '' in this organisation"),
        ({"kind": "user", "subject": "nobody"}, "bad_share", "there is no user 'nobody' in this organisation"),
        ({"kind": "user", "subject": "eve"}, "bad_share", "there is no user 'eve' in this organisation"),
        ({"kind": "user", "subject": "gone"}, "bad_share", "there is no user 'gone' in this organisation"),
        ({"kind": "role"}, "unknown_role", "there is no role ''"),
        ({"kind": "role", "subject": "bob"}, "unknown_role", "there is no role 'bob'"),
        ({"kind": "role", "subject": "deck"}, "unknown_role", "there is no role 'deck'"),
    ],
)
def test_shares_that_are_none(office: People, wanted: dict[str, Any], code: str, message: str) -> None:
    office.role("deck", [Permission.READ], organisation="other")
    error = refusal(office, **wanted)
    assert (error.code, error.message) == (code, message)


def test_a_share_is_over_after_it_began(office: People) -> None:
    assert make(office, expires_at=NOW + 1).row.expires_at == NOW + 1


@pytest.mark.parametrize(("kind", "subject"), [("user", "bob"), ("role", "viewer")])
def test_only_links_are_limited(office: People, kind: str, subject: str) -> None:
    error = refusal(office, kind=kind, subject=subject, limits=GuestLimits())
    assert (error.code, error.detail) == ("bad_limits", {"part": "limits"})
    assert error.message == "only links are limited; users and roles have a scope of their own"


def test_a_dashboard_has_a_bounded_number_of_shares(office: People) -> None:
    for number in range(500):
        office.share("user", f"{number}")
    with pytest.raises(BadRequest) as refused:
        make(office)
    assert refused.value.code == "bad_share"
    assert refused.value.message == "a dashboard has at most 500 shares; revoke some"
    office.call(access_share_revocation, ANN, "sales", "user-0-view-sales", NOW)
    make(office)


# --- as what: the limits of a link ---


def stored(people: People, **limits: Any) -> LinkLimits:
    return msgspec.convert(make(people, limits=GuestLimits(**limits)).row.limits, LinkLimits)


def test_limits_of_a_link_are_kept(office: People) -> None:
    found = stored(
        office,
        widgets=("count", "table"),
        fields=("channel",),
        filters={"shop": ["oslo"]},
        parameters={"shop": "oslo"},
    )
    assert found.guest == Guest("sales", ("count", "table"), ("channel",), {"shop": ["oslo"]}, {"shop": "oslo"}, None)
    assert stored(office, widgets=("count",), window=DAY).guest == Guest("sales", ("count",), window=DAY)


def test_limits_must_be_there_in_the_published_version(office: People) -> None:
    error = refusal(office, limits=GuestLimits(widgets=("nothing",)))
    assert (error.code, error.detail) == ("bad_limits", {"part": "widgets"})


def test_a_draft_has_no_links(office: People) -> None:
    office.dashboard("draft", published=False)
    with pytest.raises(NotFound) as refused:
        make(office, dashboard="draft")
    assert refused.value.code == "not_published"


def test_a_link_shows_what_its_maker_sees_narrowed_by_what_was_asked(office: People) -> None:
    office.role("editor", scope=STORES)
    office.call(change_user, "ann", {"attributes": {"stores": ["a"], "salary": 1}})
    asked = Scope(streams={"orders": Predicate("qty < :most")}, attributes={"most": 3}, masks={"email": "hide"})
    found = stored(office, scope=asked)
    assert found.given == asked
    assert list(found.scope.streams) == ["orders"]
    assert found.scope.streams["orders"].conditions == ("store in (:stores)", "qty < :most")
    # what of the maker no predicate names is nobody's business
    assert found.scope.attributes == {"stores": ["a"], "most": 3}
    assert found.scope.masks == {"email": "hide"}
    # without a scope of its own a link shows what its maker sees
    plain = stored(office)
    assert (plain.scope.streams, plain.scope.attributes) == (STORES.streams, {"stores": ["a"]})
    assert plain.given is None


def test_a_link_does_not_choose_the_values_that_bind_its_maker(office: People) -> None:
    office.role("editor", scope=STORES)
    office.call(change_user, "ann", {"attributes": {"stores": ["a"]}})
    with pytest.raises(Forbidden) as refused:
        stored(office, scope=Scope(everything=True, attributes={"stores": ["a", "b"]}))
    assert refused.value.code == "scope_conflict"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            Scope(streams={"orders": Predicate("store = :mine or channel = :also")}),
            "the attribute 'also' has no value, so no row would pass",
        ),
        (NOTHING, "the link would show nothing at all: its scope names no stream"),
    ],
)
def test_a_link_that_would_show_nothing_is_refused(office: People, asked: Scope, message: str) -> None:
    error = refusal(office, limits=GuestLimits(scope=asked))
    assert (error.code, error.message, error.detail) == ("bad_limits", message, {"part": "scope"})


def test_the_maker_fills_attributes_of_what_is_asked(office: People) -> None:
    office.call(change_user, "ann", {"attributes": {"mine": "a"}})
    asked = Scope(streams={"orders": Predicate("store = :mine and channel = 'web'")})
    assert stored(office, scope=asked).scope.streams == asked.streams


def test_a_predicate_that_is_not_valid_is_refused(office: People) -> None:
    assert refusal(office, limits=GuestLimits(scope=Scope(streams={"orders": Predicate("no")}))).code == "bad_scope"


# --- its end ---


def test_a_revoked_share_is_over(office: People) -> None:
    made = make(office)
    office.call(access_share_revocation, ANN, "sales", made.row.id, NOW)
    found = office.call(get_share, made.row.id)
    assert found is not None
    assert found.revoked_at == NOW
    assert office.changes() == [(made.row.id, CloseCode.REVOKED, "the link was withdrawn")]
    assert office.changed_at() == {NOW}
    assert office.audited()[-1] == ("ann", "share.revoke", "share", made.row.id, {"dashboard": "sales"})


def test_a_token_that_ends_shares_and_revokes_until_then(office: People) -> None:
    """What was shared with a role ends for everyone who has it."""
    tok = principal("tok")
    office.token("tok", owner="ann", expires_at=LATER)
    office.dashboard("of-token", owner="tok")
    share = office.share("role", "viewer", dashboard="of-token", by="tok")
    assert office.call(access_shares, tok, "of-token", NOW) == [share]
    office.call(access_share_revocation, tok, "of-token", share.id, NOW)
    assert office.changes() == [("vic", CloseCode.RESTART, "a share ended")]


def test_a_share_of_another_dashboard_cannot_be_revoked_here(office: People) -> None:
    office.dashboard("second")
    office.dashboard(organisation="other", owner="eve")
    here = make(office).row.id
    elsewhere = office.share(dashboard="second").id
    foreign = office.share("role", "viewer", organisation="other", by="eve").id
    for share in (elsewhere, foreign, "shr_none"):
        with pytest.raises(NotFound) as refused:
            office.call(access_share_revocation, ANN, "sales", share, NOW)
        assert refused.value.code == "unknown_share"
        assert refused.value.message == f"there is no share {share!r} of this dashboard"
    with pytest.raises(NotFound):
        office.call(access_share_revocation, principal("bob"), "sales", here, NOW)
    office.call(access_share_revocation, ANN, "sales", here, NOW)
    with pytest.raises(NotFound):
        office.call(access_share_revocation, ANN, "sales", here, NOW)


def test_whose_sockets_end(office: People) -> None:
    office.token("mine", "viewer")
    office.token("theirs", "viewer", organisation="other")
    office.token("strong", "editor")
    office.user("cal", "viewer", organisation="other")
    ends = [office.call(share_end, office.share(kind, name)) for kind, name in (("user", "bob"), ("role", "viewer"))]
    again = (CloseCode.RESTART, "a share ended")
    assert ends == [[("bob", *again)], [("vic", *again), ("mine", *again)]]
    link = office.share()
    assert office.call(share_end, link) == [(link.id, CloseCode.REVOKED, "the link was withdrawn")]


def test_shares_that_came_to_their_end(office: People) -> None:
    over = office.share("user", "bob", expires_at=NOW)
    office.share("user", "vic", expires_at=LATER)
    office.share("user", "cal", expires_at=EARLIER)
    office.share("user", "dan", expires_at=NOW, revoked_at=EARLIER)
    of_role = office.share("role", "viewer", expires_at=NOW)
    found = office.call(expired_share_ends, EARLIER, NOW)
    again = (CloseCode.RESTART, "a share ended")
    assert found == {over.id: [("bob", *again)], of_role.id: [("vic", *again)]}
