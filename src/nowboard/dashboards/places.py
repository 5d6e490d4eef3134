"""Where a widget goes that comes without a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

_WIDTH: Final = 6
_HEIGHT: Final = 6


def placed(widget: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`widget` as it is if it has a place for `lg`, else below all `others`, with the size it has or a usual one.

    All are JSON data; what is not valid is left for the validation to name.
    """
    layouts = widget.get("layouts")
    if not isinstance(layouts, Mapping):
        layouts = {}
    if "lg" in layouts:
        return dict(widget)
    place = {"x": 0, "y": bottom_of(others), "w": _WIDTH, "h": _HEIGHT}
    return {**widget, "layouts": {**layouts, "lg": place}}


def moved_below(widget: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`widget` below all `others` in its own size; places for other breakpoints are left out."""
    layouts = widget.get("layouts", {})
    size = layouts.get("lg") or {"w": _WIDTH, "h": _HEIGHT}
    place = {"x": 0, "y": bottom_of(others), "w": size["w"], "h": size["h"]}
    return {**widget, "layouts": {"lg": place}}


def put_back(widget: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`widget` where it was if all of it is free there, else below all `others`."""
    own = widget.get("layouts", {}).get("lg")
    taken = [each.get("layouts", {}).get("lg") for each in others]
    if own and not any(_overlap(own, place) for place in taken if place):
        return dict(widget)
    return moved_below(widget, others)


def _overlap(one: Mapping[str, int], other: Mapping[str, int]) -> bool:
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "w"), ("y", "h"))
    )


def bottom_of(widgets: Sequence[Mapping[str, Any]]) -> int:
    """The first row under all of them."""
    places = [widget.get("layouts", {}).get("lg") for widget in widgets]
    return max((place["y"] + place["h"] for place in places if place), default=0)
