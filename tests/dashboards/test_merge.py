"""Two changes of one document put together, and what differs between two documents."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from nowboard.dashboards.compare import compare
from nowboard.dashboards.merge import merge
from tests.dashboards.documents import orders

WIDGET = {"id": "new", "kind": "text", "options": {"markdown": "Hello"}}


def changed(**members: Any) -> dict[str, Any]:
    return {**orders(), **members}


def titles(document: Any) -> list[str]:
    return [widget.get("title", widget["id"]) for widget in document["widgets"]]


def test_changes_of_different_places_go_together() -> None:
    yours, theirs = orders(), orders()
    yours["widgets"][0]["title"] = "Income"
    yours["widgets"].insert(1, WIDGET)
    theirs["widgets"][1]["options"]["horizontal"] = False
    theirs["widgets"][0]["options"]["target"] = 5
    del theirs["widgets"][2]
    theirs["description"] = "More"
    merged = merge(orders(), yours, theirs)
    assert merged.conflicts == ()
    assert titles(merged.document) == ["Income", "new", "Revenue by channel", "about"]
    assert merged.document["widgets"][0]["options"]["target"] == 5
    assert merged.document["widgets"][2]["options"]["horizontal"] is False
    assert merged.document["description"] == "More"


def test_contradictions_are_named_and_yours_is_proposed() -> None:
    yours, theirs = orders(), orders()
    yours["title"], theirs["title"] = "Mine", "Theirs"
    yours["widgets"][0]["query"]["measures"] = ["orders"]
    theirs["widgets"][0]["query"]["compare"] = {"shift": "7d"}
    del yours["widgets"][1]
    theirs["widgets"][1]["title"] = "Changed"
    merged = merge(orders(), yours, theirs)
    assert [each.path for each in merged.conflicts] == ["title", "widgets[revenue].query", "widgets[channels]"]
    assert merged.document["title"] == "Mine"
    assert merged.document["widgets"][0]["query"] == yours["widgets"][0]["query"], "a query only makes sense whole"
    assert merged.document["widgets"][1]["title"] == "Changed", "what somebody worked on is not dropped"
    told = msgspec.to_builtins(merged.conflicts[2])
    assert "yours" not in told
    assert told["theirs"]["title"] == "Changed"


DOCUMENTS = st.builds(
    lambda title, description, widgets: {
        "id": "x",
        "title": title,
        **({"description": description} if description else {}),
        **({"widgets": [{"id": name, "title": text} for name, text in widgets.items()]} if widgets else {}),
    },
    st.sampled_from("abc"),
    st.sampled_from(["", "p", "q"]),
    st.dictionaries(st.sampled_from("klmno"), st.sampled_from("uvw"), max_size=4),
)


@settings(max_examples=300, deadline=None)
@given(base=DOCUMENTS, yours=DOCUMENTS, theirs=DOCUMENTS)
def test_laws_of_merging(base: dict[str, Any], yours: dict[str, Any], theirs: dict[str, Any]) -> None:
    before = copy.deepcopy((base, yours, theirs))
    assert compare(merge(base, base, theirs).document, theirs).same, "who changed nothing gets what the other did"
    assert compare(merge(base, yours, yours).document, yours).same, "equal changes are one"
    alone = merge(base, yours, base).document
    assert {each["id"]: each for each in alone.get("widgets", ())} == {
        each["id"]: each for each in yours.get("widgets", ())
    }
    merged = merge(base, yours, theirs)
    names = [each["id"] for each in merged.document.get("widgets", ())]
    assert len(names) == len(set(names))
    kept = {each["id"] for side in (yours, theirs) for each in side.get("widgets", ())}
    assert set(names) <= kept
    assert (base, yours, theirs) == before, "nothing that was given is changed"


def test_equal_documents_do_not_differ_and_order_is_a_position() -> None:
    assert compare(orders(), orders()).same
    moved = orders()
    moved["widgets"].reverse()
    found = compare(orders(), moved)
    assert not found.same
    assert [each.id for each in found.widgets.changed] == ["about", "latest", "channels", "revenue"]
    (place,) = found.widgets.changed[0].members
    assert (place.path, place.before, place.after) == ("position", 3, 0)
    other = changed(filters=[{**orders()["filters"][0], "label": "Where from"}], timezone="UTC")
    found = compare(orders(), other)
    assert [(each.path, each.before, each.after) for each in found.members] == [("timezone", "Europe/Oslo", "UTC")]
    assert [each.id for each in found.filters.changed] == ["orders.channel"]
