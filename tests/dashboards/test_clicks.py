"""Cross-filters and ways to other dashboards are checked against columns and fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nowboard.dashboards.validate import validate
from nowboard.errors import BadDocument
from tests.dashboards.documents import CATALOG, GOLDEN, orders


def channels(**changed: Any) -> dict[str, Any]:
    """The golden dashboard, with its bar of channels changed."""
    document = orders()
    document["widgets"][1].update(changed)
    return document


def problems(document: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(BadDocument) as failed:
        validate(document, CATALOG)
    return [(each["path"], each["message"]) for each in (failed.value.detail or {})["problems"]]


def test_what_a_click_does_is_part_of_the_document() -> None:
    dashboard = validate(json.loads((GOLDEN / "v1" / "clicks.json").read_text()), CATALOG)
    first, named, on = (widget.clicks for widget in dashboard.widgets)
    assert first is not None
    assert named is not None
    assert on is not None
    assert (first.filter, named.column) == ("channel", "where")
    assert (on.dashboard, on.filters) == ("orders", {"channel": "channel", "status": ["paid"]})


@pytest.mark.parametrize(
    ("clicks", "path", "message"),
    [
        ({}, "", "either filters"),
        ({"filter": "channel", "dashboard": "orders"}, "", "either filters"),
        ({"filter": "vessel", "column": "channel"}, ".filter", "No stream of this dashboard has the field 'vessel'"),
        ({"filter": "total"}, ".filter", "no column 'total'; it has channel, sum"),
        ({"filter": "channel", "column": "place"}, ".column", "no column 'place'"),
        ({"filter": "channel", "filters": {"a": "channel"}}, ".filters", "leads to another dashboard"),
        ({"dashboard": "Not an id"}, ".dashboard", "Expected the id"),
        ({"dashboard": "orders", "column": "channel"}, ".column", "belongs to a click that filters"),
        ({"dashboard": "orders", "filters": {"channel": "place"}}, ".filters.channel", "no column 'place'"),
        ({"filtered": "channel"}, ".filtered", "no member 'filtered'"),
    ],
)
def test_what_cannot_work_is_named(clicks: dict[str, Any], path: str, message: str) -> None:
    (found,) = problems(channels(clicks=clicks))
    assert found[0] == f"widgets[1].clicks{path}"
    assert message in found[1]


def test_text_has_nothing_to_click() -> None:
    document = orders()
    document["widgets"][3]["clicks"] = {"filter": "channel"}
    assert problems(document)[0][0] == "widgets[3].clicks"
