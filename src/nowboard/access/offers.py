"""Whether what a share is to be limited to exists: only stored widgets, declared filters and declared parameters."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from nowboard.access.declared import filters_of, parameters_of
from nowboard.access.held import Saved, holds_window
from nowboard.access.locks import is_choice, locked_window
from nowboard.errors import BadRequest
from nowboard.model.bounds import excess_in
from nowboard.model.dashboards import Dashboard
from nowboard.model.principals import Guest

_MOST: Final = 200
"""Members of each list."""


def check_limits(guest: Guest, dashboard: Dashboard, saved: Saved) -> None:
    """Raise `BadRequest` (`bad_limits`) unless all that `guest` names is there in the published `dashboard`.

    `saved` are the saved queries that it names.
    """
    filters = filters_of(dashboard)
    _known("widgets", guest.widgets, {each.id for each in dashboard.widgets})
    _known("fields", guest.fields, filters)
    _known("filters", guest.filters, filters)
    for field, value in guest.filters.items():
        if not is_choice(value):
            raise bad_limits("filters", f"the filter {field!r} takes a list of values, or `{{min, max}}`")
    unset = [name for name, value in guest.parameters.items() if value is None]
    if unset:
        raise bad_limits("parameters", f"the parameter {unset[0]!r} needs a value")
    for part, values in (("filters", guest.filters), ("parameters", guest.parameters)):
        excess = excess_in(values)
        if excess is not None:
            raise bad_limits(part, f"{'.'.join(map(str, excess.path))}: {excess.message}")
    shown = [each for each in dashboard.widgets if guest.widgets is None or each.id in guest.widgets]
    _known("parameters", guest.parameters, parameters_of(shown, saved))
    try:
        window = locked_window(guest)
    except BadRequest as error:
        raise bad_limits("window", error.message) from error
    if window is None:
        return
    free = [each.id for each in shown if not holds_window(each, saved)]
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
