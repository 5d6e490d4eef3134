"""The 12-column grid."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from nowboard.dashboards.problems import Problem
from nowboard.model.dashboards import Dashboard, Place

COLUMNS: Final = 12
MAX_ROWS: Final = 500
BREAKPOINTS: Final = ("lg", "md", "sm")


def layout_problems(dashboard: Dashboard) -> Iterator[Problem]:
    """Places off the grid or on top of each other, unknown breakpoints and widgets without a place."""
    for index, widget in enumerate(dashboard.widgets):
        if "lg" not in widget.layouts:
            yield Problem(("widgets", index, "layouts"), f"Widget {widget.id!r} needs a place for the breakpoint lg.")
        for breakpoint_, place in widget.layouts.items():
            path = ("widgets", index, "layouts", breakpoint_)
            if breakpoint_ not in BREAKPOINTS:
                yield Problem(path, f"There is no breakpoint {breakpoint_!r}; there are {', '.join(BREAKPOINTS)}.")
            elif not _on_grid(place):
                yield Problem(
                    path,
                    f"{_print(place)} does not fit: x + w reaches to {COLUMNS}, y + h to {MAX_ROWS}; w, h from 1.",
                )
    for breakpoint_ in BREAKPOINTS:
        yield from _overlaps(dashboard, breakpoint_)


def _overlaps(dashboard: Dashboard, breakpoint_: str) -> Iterator[Problem]:
    placed = [(index, widget) for index, widget in enumerate(dashboard.widgets) if breakpoint_ in widget.layouts]
    for (_, first), (index, second) in combinations(placed, 2):
        if _overlap(first.layouts[breakpoint_], second.layouts[breakpoint_]):
            path = ("widgets", index, "layouts", breakpoint_)
            yield Problem(path, f"Widget {second.id!r} lies on top of {first.id!r}.")


def _on_grid(place: Place) -> bool:
    return (
        min(place.x, place.y) >= 0
        and min(place.w, place.h) >= 1
        and place.x + place.w <= COLUMNS
        and place.y + place.h <= MAX_ROWS
    )


def _overlap(one: Place, other: Place) -> bool:
    return (
        one.x < other.x + other.w and other.x < one.x + one.w and one.y < other.y + other.h and other.y < one.y + one.h
    )


def _print(place: Place) -> str:
    return f"x {place.x}, y {place.y}, w {place.w}, h {place.h}"
