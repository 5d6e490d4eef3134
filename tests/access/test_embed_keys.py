"""Embed keys: made by administrators, never beyond what their maker sees, and over when they are revoked."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
import pytest

from nowboard.access.embed_keys import (
    IssuedKey,
    KeyLimits,
    NewKey,
    access_embed_key_creation,
    access_embed_key_revocation,
    access_embed_keys,
    limits_of,
    site,
    sites_of,
)
from nowboard.errors import BadRequest, Forbidden, NotFound, Unauthenticated
from nowboard.model.principals import ROLES, Permission, Principal
from nowboard.model.scopes import EVERYTHING, NOTHING, Predicate, Scope
from nowboard.model.wire import CloseCode
from nowboard.query.scopecheck import check_scope
from nowboard.records.embed_keys import EmbedKeyRow, embed_secret, get_embed_key
from nowboard.records.users import change_user
from tests.access.people import ACME, NOW, People, principal
from tests.query.shop import CATALOG

ROOT = principal("root", "admin")
STORES = Scope(everything=True, streams={"orders": Predicate("store in (:stores)")})


def make(people: People, who: Principal = ROOT, **wanted: Any) -> IssuedKey:
    check = partial(check_scope, catalog=CATALOG)
    key = NewKey(**{"name": "shop", **wanted})
    return people.call(access_embed_key_creation, who, key, check=check, now=NOW)


def test_a_key_is_made_and_its_secret_told_once(office: People) -> None:
    made = make(office, dashboards=("sales",), sites=("https://App.example.org/", "https://app.example.org"))
    row = made.row
    assert row.id.startswith("emk_")
    assert made.secret.startswith("nk_")
    assert office.call(embed_secret, row.id) == made.secret.encode()
    assert (row.organisation, row.name, row.created_at, row.created_by) == (ACME, "shop", NOW, "root")
    assert limits_of(row) == KeyLimits(EVERYTHING, ("sales",), ("https://app.example.org",))
    assert office.call(sites_of, row.id) == ("https://app.example.org",)
    assert office.call(sites_of, "emk_none") == ()
    (listed,) = office.call(access_embed_keys, ROOT, NOW)
    assert (listed.id, limits_of(listed)) == (row.id, limits_of(row))
    detail = {"name": "shop", "dashboards": ["sales"], "sites": ["https://app.example.org"]}
    assert office.audited() == [
        ("root", "embed_key.create", "embed_key", row.id, detail),
        ("root", "embed_key.list", "organisation", ACME, {}),
    ]


def test_without_limits_a_key_is_for_every_dashboard_and_no_site(office: People) -> None:
    assert limits_of(make(office).row) == KeyLimits(EVERYTHING)


@pytest.mark.parametrize("missing", [Permission.SHARE, Permission.ADMIN])
def test_it_takes_both_permissions(office: People, missing: Permission) -> None:
    key = make(office).row.id
    weak = principal("root", "admin", permissions=ROLES["admin"] - {missing})
    calls: list[Any] = [
        lambda: make(office, weak),
        lambda: office.call(access_embed_keys, weak, NOW),
        lambda: office.call(access_embed_key_revocation, weak, key, NOW),
    ]
    for call in calls:
        with pytest.raises(Forbidden) as refused:
            call()
        assert refused.value.detail == {"permission": missing.value}


def test_the_maker_must_hold_them_at_this_moment(office: People) -> None:
    office.call(change_user, "root", {"role": "editor"})
    with pytest.raises(Forbidden) as refused:
        make(office)
    assert refused.value.detail == {"permission": "admin"}
    with pytest.raises(Unauthenticated) as nobody:
        make(office, principal("gone", "admin"))
    assert nobody.value.message == "sign in, or send an API token"


@pytest.mark.parametrize("name", ["", "a" * 201, "a\nb"])
def test_names_that_are_none(office: People, name: str) -> None:
    with pytest.raises(BadRequest) as refused:
        make(office, name=name)
    assert refused.value.code == "bad_name"
    assert refused.value.message == "a key's name has 1 to 200 printable characters"


@pytest.mark.parametrize("name", ["a", "a" * 200])
def test_names_at_the_bounds(office: People, name: str) -> None:
    assert make(office, name=name).row.name == name


def test_an_organisation_has_a_bounded_number_of_keys(office: People) -> None:
    made = [make(office).row.id for _ in range(100)]
    with pytest.raises(BadRequest) as refused:
        make(office)
    assert (refused.value.code, refused.value.message) == (
        "bad_limits",
        "an organisation has at most 100 embed keys; revoke some",
    )
    make(office, principal("eve", "admin", organisation="other"))
    office.call(access_embed_key_revocation, ROOT, made[-1], NOW)
    make(office)


def test_a_key_names_a_bounded_number_of_sites_and_dashboards(office: People) -> None:
    many = tuple(f"https://s{number}.example.org" for number in range(101))
    for wanted in ({"sites": many}, {"dashboards": ("sales",) * 101}):
        with pytest.raises(BadRequest) as refused:
            make(office, **wanted)
        assert (refused.value.code, refused.value.message) == (
            "bad_limits",
            "a key has at most 100 sites and dashboards",
        )
    assert len(limits_of(make(office, sites=many[:100], dashboards=("sales",) * 100).row).sites) == 100


@pytest.mark.parametrize("name", ["nothing", "theirs"])
def test_dashboards_must_be_there(office: People, name: str) -> None:
    office.dashboard("theirs", organisation="other")
    with pytest.raises(BadRequest) as refused:
        make(office, dashboards=("sales", name))
    assert (refused.value.code, refused.value.detail) == ("bad_limits", {"part": "dashboards"})
    assert refused.value.message == f"there is no dashboard {name!r}"


def test_a_key_shows_what_its_maker_sees_narrowed_by_what_was_asked(office: People) -> None:
    office.role("admin", scope=STORES)
    office.call(change_user, "root", {"attributes": {"stores": ["a"], "salary": 1}})
    asked = Scope(everything=True, streams={"orders": Predicate("channel = :channel and store = :shop")})
    found = limits_of(make(office, scope=asked).row)
    assert found.given == asked
    assert found.scope.streams["orders"].conditions == ("store in (:stores)", "channel = :channel and store = :shop")
    assert found.scope.attributes == {"stores": ["a"]}
    # what is left open is for the tokens to say
    assert found.open == ("channel", "shop")


def test_what_binds_the_maker_is_never_left_open(office: People) -> None:
    """Nor set: whoever could give the value would choose the rows."""
    office.role("admin", scope=STORES)
    asked = Scope(everything=True, streams={"orders": Predicate("store in (:stores) and channel = :channel")})
    assert limits_of(make(office, scope=asked).row).open == ("channel",)
    with pytest.raises(Forbidden) as refused:
        make(office, scope=Scope(everything=True, attributes={"stores": ["a", "b"]}))
    assert refused.value.code == "scope_conflict"


def test_a_session_with_less_makes_a_key_with_less(office: People) -> None:
    narrow = msgspec.structs.replace(ROOT, scope=Scope(streams={"orders": Predicate("paid")}))
    found = limits_of(make(office, narrow).row)
    assert (found.scope.everything, found.scope.streams) == (False, {"orders": Predicate("paid")})


def test_a_key_that_would_show_nothing_is_refused(office: People) -> None:
    with pytest.raises(BadRequest) as refused:
        make(office, scope=NOTHING)
    assert (refused.value.code, refused.value.detail) == ("bad_limits", {"part": "scope"})
    assert refused.value.message == "the key would show nothing at all: its scope names no stream"


def test_a_predicate_that_is_not_valid_is_refused(office: People) -> None:
    with pytest.raises(BadRequest) as refused:
        make(office, scope=Scope(streams={"orders": Predicate("nothing = 1")}))
    assert refused.value.code == "bad_scope"


def test_a_revoked_key_is_over(office: People) -> None:
    made = make(office, sites=("https://a.example.org",)).row
    office.call(access_embed_key_revocation, ROOT, made.id, NOW)
    found = office.call(get_embed_key, made.id)
    assert isinstance(found, EmbedKeyRow)
    assert found.revoked_at == NOW
    assert office.call(access_embed_keys, ROOT, NOW) == []
    assert office.changes() == [(made.id, CloseCode.REVOKED, "the embed key was revoked")]
    assert office.changed_at() == {NOW}
    assert ("root", "embed_key.revoke", "embed_key", made.id, {}) in office.audited()
    # the page still says what happened where it stood
    assert office.call(sites_of, made.id) == ("https://a.example.org",)


def test_keys_of_others_cannot_be_revoked(office: People) -> None:
    theirs = make(office, principal("eve", "admin", organisation="other")).row.id
    gone = make(office).row.id
    office.call(access_embed_key_revocation, ROOT, gone, NOW)
    for key in (theirs, gone, "emk_none"):
        with pytest.raises(NotFound) as refused:
            office.call(access_embed_key_revocation, ROOT, key, NOW)
        assert (refused.value.code, refused.value.message) == ("unknown_embed_key", f"there is no embed key {key!r}")
    assert office.call(access_embed_keys, ROOT, NOW) == []


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://app.example.org", "https://app.example.org"),
        ("https://App.Example.org/", "https://app.example.org"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://a-b.example.org:8443/", "https://a-b.example.org:8443"),
        ("https://10.0.0.1", "https://10.0.0.1"),
    ],
)
def test_sites(text: str, origin: str) -> None:
    assert site(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "",
        "app.example.org",
        "ftp://app.example.org",
        "https://",
        "https://*.example.org",
        "https://app.example.org/path",
        "https://app.example.org?x",
        "https://user@app.example.org",
        "https://app.example.org; script-src *",
        "https://app.example.org:port",
        "https://[::1",
        "https://bücher.example",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_site(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        site(text)
    assert (refused.value.code, refused.value.detail) == ("bad_limits", {"part": "sites"})
    assert refused.value.message == f"{text!r} is not a site; write an origin such as https://app.example.org"


def test_a_long_site_is_cut_in_the_message() -> None:
    with pytest.raises(BadRequest) as refused:
        site("x" * 500)
    assert refused.value.message.startswith(f"{'x' * 100!r} is not a site")
