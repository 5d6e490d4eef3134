"""The only functions that hand a dashboard to a principal: what is there for whom, and in which state."""

from __future__ import annotations

from typing import Any

import pytest

from nowboard.access.dashboards import (
    Search,
    access_dashboards,
    access_head,
    access_newest,
    access_presence,
    access_shown,
    query_key,
    stamp_of,
)
from nowboard.access.levels import Level
from nowboard.errors import Forbidden, NotFound
from nowboard.model.principals import Guest, Permission, Principal
from nowboard.records.dashboards import change_dashboard, change_draft
from nowboard.records.versions import add_version
from tests.access.people import ACME, EARLIER, LATER, NOW, People, principal

ANN, BOB, ROOT = principal("ann"), principal("bob"), principal("root", "admin")
VIEWER, PRODUCER = principal("bob", "viewer"), principal("pro", "ingest")
GUEST = principal("link", "guest", guest=Guest("open"))


@pytest.fixture
def shelf(people: People) -> People:
    """Dashboards of ann: seen by all, private, never published, shared with bob, in the trash."""
    people.dashboard("open", visibility="organisation")
    people.dashboard("private")
    people.dashboard("draft", visibility="organisation", published=False)
    people.dashboard("shared")
    people.share("user", "bob", "edit", dashboard="shared", expires_at=LATER)
    people.dashboard("shared-draft", published=False)
    people.share("user", "bob", "edit", dashboard="shared-draft")
    people.dashboard("trash", visibility="organisation", deleted_at=EARLIER)
    people.share("user", "bob", "edit", dashboard="trash")
    people.organisation("other")
    people.dashboard("theirs", visibility="organisation", organisation="other")
    return people


def listed(people: People, who: Principal, **search: Any) -> dict[str, Level]:
    return {each.head.id: each.level for each in people.call(access_dashboards, who, Search(**search), NOW)}


@pytest.mark.parametrize(
    ("who", "wanted"),
    [
        (
            ANN,
            dict.fromkeys(("draft", "open", "private", "shared", "shared-draft"), Level.OWN),
        ),
        (ROOT, dict.fromkeys(("draft", "open", "private", "shared", "shared-draft"), Level.OWN)),
        # what was never published is there for who may edit it, and for nobody else
        (BOB, {"open": Level.VIEW, "shared": Level.EDIT, "shared-draft": Level.EDIT}),
        (VIEWER, {"open": Level.VIEW, "shared": Level.VIEW}),
        (GUEST, {"open": Level.VIEW}),
        (principal("ann", organisation="other"), {"theirs": Level.OWN}),
    ],
)
def test_what_is_listed_is_what_may_be_seen(shelf: People, who: Principal, wanted: dict[str, Level]) -> None:
    assert listed(shelf, who) == wanted
    for name in ("open", "private", "draft", "shared", "shared-draft", "trash", "theirs", "nothing"):
        assert shelf.call(access_presence, who, name, NOW) is (name in wanted)
        if name not in wanted:
            with pytest.raises(NotFound) as refused:
                shelf.call(access_head, who, name, NOW)
            assert refused.value.code == "unknown_dashboard"
            assert refused.value.message == f"there is no dashboard {name!r}"
        else:
            row, level = shelf.call(access_head, who, name, NOW)
            assert (row.id, level) == (name, wanted[name])


def test_what_was_shared_for_a_while_is_gone_afterwards(shelf: People) -> None:
    then = {each.head.id for each in shelf.call(access_dashboards, BOB, Search(), LATER)}
    assert then == {"open", "shared-draft"}
    assert not shelf.call(access_presence, BOB, "shared", LATER)
    for access in (access_head, access_shown, access_newest):
        with pytest.raises(NotFound):
            shelf.call(access, BOB, "shared", LATER)


def test_in_the_trash_lies_what_is_ones_own(shelf: People) -> None:
    assert listed(shelf, ANN, trash=True) == {"trash": Level.OWN}
    assert listed(shelf, ROOT, trash=True) == {"trash": Level.OWN}
    assert listed(shelf, BOB, trash=True) == {}
    assert shelf.call(access_head, ANN, "trash", NOW, trash=True)[0].id == "trash"
    assert shelf.call(access_head, ANN, "open", NOW, trash=True)[0].id == "open"
    with pytest.raises(NotFound):
        shelf.call(access_head, BOB, "trash", NOW, trash=True)


def test_who_may_not_read_is_told_so(shelf: People) -> None:
    calls: list[Any] = [
        lambda: listed(shelf, PRODUCER),
        lambda: shelf.call(access_head, PRODUCER, "open", NOW),
        lambda: shelf.call(access_presence, PRODUCER, "open", NOW),
        lambda: shelf.call(access_shown, PRODUCER, "open", NOW),
    ]
    for call in calls:
        with pytest.raises(Forbidden) as refused:
            call()
        assert refused.value.detail == {"permission": "read"}


@pytest.mark.parametrize(
    ("who", "name", "least", "wanted"),
    [
        (BOB, "open", Level.EDIT, "edit"),
        (BOB, "open", Level.OWN, "own"),
        (BOB, "shared", Level.OWN, "own"),
    ],
)
def test_the_level_that_is_missing_is_named(
    shelf: People, who: Principal, name: str, least: Level, wanted: str
) -> None:
    with pytest.raises(Forbidden) as refused:
        shelf.call(access_head, who, name, NOW, least)
    assert refused.value.code == "forbidden"
    assert refused.value.message == f"you may see this dashboard, but this needs the level `{wanted}`"
    assert refused.value.detail == {"level": wanted}


def test_a_missing_permission_is_named_before_a_missing_level(shelf: People) -> None:
    for least in (Level.EDIT, Level.OWN):
        with pytest.raises(Forbidden) as refused:
            shelf.call(access_head, VIEWER, "shared", NOW, least)
        assert refused.value.detail == {"permission": Permission.EDIT.value}


def test_who_goes_far_enough_gets_it(shelf: People) -> None:
    assert shelf.call(access_head, BOB, "shared", NOW, Level.EDIT)[1] is Level.EDIT
    assert shelf.call(access_head, ANN, "shared", NOW, Level.EDIT)[1] is Level.OWN
    assert shelf.call(access_head, ANN, "shared", NOW, Level.OWN)[1] is Level.OWN
    assert shelf.call(access_head, VIEWER, "shared", NOW, Level.VIEW)[1] is Level.VIEW


def changed(people: People, name: str = "shared") -> None:
    """Edit the draft of a published dashboard."""
    row, _ = people.call(access_head, ANN, name, NOW)
    people.call(change_draft, row, {**row.document, "title": "Newer"}, by="ann", now=NOW)


def test_viewers_see_the_published_version_and_editors_the_draft(shelf: People) -> None:
    changed(shelf)
    seen = shelf.call(access_shown, VIEWER, "shared", NOW)
    assert (seen.document["title"], seen.number, seen.etag, seen.level) == (
        "Shared",
        1,
        "draft of shared",
        Level.VIEW,
    )
    draft = shelf.call(access_shown, BOB, "shared", NOW, draft=True)
    assert (draft.document["title"], draft.number, draft.level) == ("Newer", None, Level.EDIT)
    assert draft.etag == draft.head.etag != "draft of shared"
    assert list(draft.stamps) == ["draft acme/shared"]
    assert list(seen.stamps) == ["dashboard acme/shared"]
    assert shelf.call(access_shown, BOB, "shared", NOW).document["title"] == "Shared"
    with pytest.raises(Forbidden):
        shelf.call(access_shown, VIEWER, "shared", NOW, draft=True)
    with pytest.raises(Forbidden) as refused:
        shelf.call(access_shown, BOB, "open", NOW, draft=True)
    assert refused.value.detail == {"level": "edit"}


def test_the_newest_is_the_draft_for_who_may_edit_it(shelf: People) -> None:
    changed(shelf)
    changed(shelf, "open")
    assert shelf.call(access_newest, BOB, "shared", NOW).document["title"] == "Newer"
    assert shelf.call(access_newest, ANN, "shared", NOW).document["title"] == "Newer"
    assert shelf.call(access_newest, VIEWER, "shared", NOW).document["title"] == "Shared"
    assert shelf.call(access_newest, BOB, "open", NOW).document["title"] == "Open"
    with pytest.raises(NotFound):
        shelf.call(access_newest, BOB, "private", NOW)


def test_what_was_never_published_is_not_shown_but_its_draft_is(shelf: People) -> None:
    with pytest.raises(NotFound) as refused:
        shelf.call(access_shown, ANN, "draft", NOW)
    assert refused.value.code == "not_published"
    assert refused.value.message == (
        "dashboard 'draft' was never published; its editors read the draft with `?draft=true`"
    )
    assert shelf.call(access_shown, ANN, "draft", NOW, draft=True).document["title"] == "Draft"


def test_saved_queries_come_along_with_what_names_them(people: People) -> None:
    uses = [{"id": name, "kind": "kpi", "query": {"saved": name}} for name in ("orders", "gone")]
    people.saved_query("orders")
    people.saved_query("gone", organisation="other")
    people.dashboard("open", document={"widgets": uses})
    shown = people.call(access_shown, ANN, "open", NOW)
    assert [each.id for each in shown.queries] == ["orders"]
    assert shown.stamps == {
        "dashboard acme/open": "1 draft of open private ann True",
        "query acme/orders": "etag of orders",
        # one that is not there changes what is shown once it is
        "query acme/gone": "",
    }
    assert query_key(ACME, "orders") == "query acme/orders"


def test_a_stamp_changes_with_what_is_shown_and_with_who_may_see_it(people: People) -> None:
    row = people.dashboard("open")
    key, stamp = stamp_of(row, draft=False)
    draft_key, draft_stamp = stamp_of(row, draft=True)
    assert (key, draft_key) == ("dashboard acme/open", "draft acme/open")
    assert draft_stamp == "draft of open private ann True"
    for values in ({"visibility": "organisation"}, {"owner": "bob"}, {"deleted_at": NOW}):
        other = people.call(change_dashboard, row, values)
        assert stamp_of(other, draft=False) != (key, stamp)
        assert stamp_of(other, draft=True) != (draft_key, draft_stamp)
    edited = people.call(change_draft, row, {**row.document, "title": "Newer"}, by="ann", now=NOW)
    assert stamp_of(edited, draft=False) == (key, stamp)
    assert stamp_of(edited, draft=True) != (draft_key, draft_stamp)
    again, _ = people.call(add_version, edited, by="ann", now=NOW)
    assert stamp_of(again, draft=False) != (key, stamp)


WORDY = {"title": "Weekly Sales", "description": "Of every SHOP", "tags": ["north", "money"]}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({}, ["one", "two"]),
        ({"words": "weekly"}, ["two"]),
        ({"words": "SALES weekly"}, ["two"]),
        ({"words": "shop"}, ["two"]),
        ({"words": "mone"}, ["two"]),
        ({"words": "weekly missing"}, []),
        ({"words": "xx"}, []),
        ({"words": "two"}, ["two"]),
        ({"tag": "north"}, ["two"]),
        ({"tag": "nor"}, []),
        ({"owner": "bob"}, ["one"]),
        ({"owner": "bob", "tag": "north"}, []),
        ({"owner": "ann", "tag": "north", "words": "sales"}, ["two"]),
    ],
)
def test_what_is_searched_for(people: People, search: dict[str, Any], found: list[str]) -> None:
    people.dashboard("one", owner="bob", document={"title": "zebra"})
    people.dashboard("two", document=WORDY)
    assert sorted(listed(people, ROOT, **search)) == found


def test_lists_are_in_the_order_of_titles_as_viewers_read_them(people: People) -> None:
    for name, title in (("z", "alpha"), ("a", "Beta"), ("b", "beta"), ("c", "Gamma")):
        people.dashboard(name, document={"title": title})
    row, _ = people.call(access_head, ROOT, "c", NOW)
    people.call(change_draft, row, {**row.document, "title": "Aardvark"}, by="ann", now=NOW)
    people.dashboard("y", published=False, document={"title": "Aardvark"})
    found = people.call(access_dashboards, ROOT, Search(), NOW)
    assert [each.head.id for each in found] == ["y", "z", "a", "b", "c"]
    assert found[-1].summary["title"] == "Gamma"
