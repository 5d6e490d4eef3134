"""Whether what a share is to be limited to exists: only stored widgets, declared filters and declared parameters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from nowboard.access.declared import filters_of, parameters_of
from nowboard.access.locks import holds_window, locked_window
from nowboard.errors import BadRequest
from nowboard.model.dashboards import Dashboard
from nowboard.model.principals import Guest

_RANGE: Final = frozenset({"min", "max"})
_MOST: Final = 200
"""Values of a locked filter, and members of each list."""


def check_limits(guest: Guest, dashboard: Dashboard) -> None:
    """Raise `BadRequest` (`bad_limits`) unless all that `guest` names is there in the published `dashboard`."""
    filters = filters_of(dashboard)
    _known("widgets", guest.widgets, {each.id for each in dashboard.widgets})
    _known("fields", guest.fields, filters)
    _known("filters", guest.filters, filters)
    for field, value in guest.filters.items():
        if not _is_choice(value):
            raise bad_limits("filters", f"the filter {field!r} takes a list of values, or `{{min, max}}`")
    shown = [each for each in dashboard.widgets if guest.widgets is None or each.id in guest.widgets]
    _known("parameters", guest.parameters, parameters_of(shown))
    try:
        window = locked_window(guest)
    except BadRequest as error:
        raise bad_limits("window", error.message) from error
    if window is None:
        return
    free = [each.id for each in shown if not holds_window(each)]
    if free:
        message = f"widget {free[0]!r} asks SQL, which cannot be held to a window; leave it out with `widgets`"
        raise bad_limits("window", message)


def bad_limits(part: str, message: str) -> BadRequest:
    """A limit that does not fit the dashboard."""
    return BadRequest(message, code="bad_limits", detail={"part": part})


def _known(part: str, names: Collection[str] | None, known: Collection[str]) -> None:
    if names is None:
        return
    if len(names) > _MOST or (part == "widgets" and not names):
        raise bad_limits(part, f"`{part}` names 1 to {_MOST} of them")
    for name in names:
        if name not in known:
            raise bad_limits(part, f"the published dashboard has no {name!r} among its {part}")


def _is_choice(value: Any) -> bool:
    if isinstance(value, Mapping):
        return bool(value) and value.keys() <= _RANGE and any(side is not None for side in value.values())
    return isinstance(value, list) and 0 < len(value) <= _MOST
