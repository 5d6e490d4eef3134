"""The two dashboards of the demo show, between them, every kind of widget that they promise, and as promised."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from nowboard.model.dashboards import Widget
from nowboard.packs.load import load
from nowboard.packs.pack import Pack

FOLDER: Final = Path(__file__).parents[2] / "src" / "nowboard" / "packs"
PACKS: Final = [load(FOLDER / name) for name in ("flights", "server")]
PROMISED: Final = {
    *("kpi", "line", "area", "bar", "pie", "table", "gauge", "progress", "heatmap", "map", "scatter", "histogram"),
    *("status", "text"),
}


def shown(kind: str) -> Iterator[tuple[Pack, Widget]]:
    for pack in PACKS:
        for dashboard in pack.contents.dashboards.values():
            yield from ((pack, widget) for widget in dashboard.widgets if widget.kind.value == kind)


def test_every_promised_kind_is_there() -> None:
    assert [dashboard.title for pack in PACKS for dashboard in pack.contents.dashboards.values()] == [
        "Departures",
        "This server",
    ]
    assert {kind for kind in PROMISED if not list(shown(kind))} == set()


def test_a_number_has_its_target_its_comparison_and_its_line() -> None:
    whole = [
        widget
        for pack, widget in shown("kpi")
        if "compare" in widget.query
        and "trend" in widget.parts
        and pack.contents.metrics[widget.query["measures"][0]].goal is not None
    ]
    assert len(whole) >= 3


def test_the_heatmap_is_of_weekdays_and_hours() -> None:
    ((_, heatmap),) = shown("heatmap")
    assert heatmap.query["by"] == ["weekday", "hour"]


def test_airports_and_routes_are_coloured_by_delay() -> None:
    ((_, map_),) = shown("map")
    assert map_.options["points"]["color"] == map_.options["routes"]["color"] == "avg_delay"
    assert "avg_delay" in map_.query["measures"]
    assert "avg_delay" in map_.parts["routes"]["measures"]
