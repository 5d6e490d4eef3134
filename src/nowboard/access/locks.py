"""What a guest may ask of the one dashboard that the share shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from nowboard.access.declared import filters_of, parameters_of
from nowboard.access.held import Saved, held, held_saved, holds_window, unfixed, used_by
from nowboard.errors import BadRequest, Forbidden, NotFound
from nowboard.model.dashboards import Dashboard
from nowboard.model.principals import Guest
from nowboard.model.queries import Window
from nowboard.model.wire import Subscribe

_RANGE: Final = frozenset({"min", "max"})
MOST: Final = 1_000
"""Values of a locked filter."""


class Confined(msgspec.Struct, frozen=True):
    """A dashboard as a guest sees it, with the saved queries that its widgets name."""

    dashboard: Dashboard
    saved: Saved


def confine(guest: Guest, dashboard: Dashboard, saved: Saved, request: Subscribe) -> tuple[Confined, Subscribe]:
    """The dashboard as the guest sees it, and the guest's request with everything set that is locked.

    Raises `NotFound` for a widget that is not shown, `Forbidden` for values that are locked or not offered.
    """
    _check_locks(guest, dashboard, saved)
    confined = confined_dashboard(guest, dashboard, saved)
    shown = confined.dashboard
    if request.widget is not None and shown.widget(request.widget) is None:
        raise NotFound(f"there is no widget {request.widget!r} here", code="unknown_widget")
    window = _window(guest, shown, request)
    return confined, msgspec.structs.replace(
        request,
        filters=_filters(guest, dashboard, request.filters),
        parameters=_parameters(guest, request.parameters),
        window=msgspec.to_builtins(window),
    )


def confined_dashboard(guest: Guest, dashboard: Dashboard, saved: Saved) -> Confined:
    """Only the widgets and filters that the guest gets; locked parameters and a locked window hold for every query.

    Under a locked window, widgets that ask SQL are left out, saved or not: only a metric query can be held to a window,
    and not when it compares with an earlier one.
    """
    locked = frozenset(guest.parameters)
    widgets = [unfixed(each, locked) for each in dashboard.widgets if guest.widgets is None or each.id in guest.widgets]
    filters = tuple(each for each in dashboard.filters if each.field in open_fields(guest, dashboard))
    window = locked_window(guest)
    if window is None:
        shown = msgspec.structs.replace(dashboard, widgets=tuple(widgets), filters=filters)
        return Confined(shown, used_by(widgets, saved))
    kept = tuple(held(each) for each in widgets if holds_window(each, saved))
    shown = msgspec.structs.replace(dashboard, widgets=kept, filters=filters, window=window)
    return Confined(shown, {name: held_saved(query) for name, query in used_by(kept, saved).items()})


def open_fields(guest: Guest, dashboard: Dashboard) -> frozenset[str]:
    """The filters that the guest may set."""
    offered = {each.field for each in dashboard.filters} - guest.filters.keys()
    return frozenset(offered if guest.fields is None else offered & set(guest.fields))


def locked_window(guest: Guest) -> Window | None:
    """The time range that the guest cannot leave. Raises `BadRequest` when what is stored is none."""
    if guest.window is None:
        return None
    window = read_window(guest.window)
    if sum((window.last is not None, window.since is not None, bool(window.from_ or window.to), window.all)) != 1:
        message = "a window has exactly one of `last`, `since`, `from`/`to` and `all`"
        raise BadRequest(message, detail={"part": "window"})
    return window


def read_window(data: Any) -> Window:
    """A window as it is written. Raises `BadRequest`."""
    try:
        return msgspec.convert(data, Window)
    except msgspec.ValidationError as error:
        raise BadRequest(f"the window is not valid: {error}", detail={"part": "window"}) from error


def _check_locks(guest: Guest, dashboard: Dashboard, saved: Saved) -> None:
    """A lock that nothing obeys, because it is misspelt or the dashboard changed, must not leave everything open."""
    unknown = sorted(guest.filters.keys() - filters_of(dashboard))
    if unknown:
        raise _locked("filters", f"the locked filter {unknown[0]!r} is not one of the dashboard's", unknown[0])
    unknown = sorted(guest.parameters.keys() - parameters_of(dashboard.widgets, saved))
    if unknown:
        raise _locked("parameters", f"no query has the locked parameter {unknown[0]!r}", unknown[0])
    lifted = sorted(field for field, value in guest.filters.items() if not is_choice(value))
    if lifted:
        raise _locked("filters", f"the locked filter {lifted[0]!r} has no values", lifted[0])
    unset = sorted(name for name, value in guest.parameters.items() if value is None)
    if unset:
        raise _locked("parameters", f"the locked parameter {unset[0]!r} has no value", unset[0])


def is_choice(value: Any) -> bool:
    """Whether a filter's value narrows at all: a list with something in it, or a range with an end."""
    if isinstance(value, Mapping):
        return bool(value) and value.keys() <= _RANGE and any(side is not None for side in value.values())
    return isinstance(value, list) and 0 < len(value) <= MOST


def _filters(guest: Guest, dashboard: Dashboard, asked: Mapping[str, Any]) -> dict[str, Any]:
    offered = open_fields(guest, dashboard)
    for field, value in asked.items():
        if field not in offered and (field not in guest.filters or guest.filters[field] != value):
            raise _locked("filters", f"the filter {field!r} cannot be set here", field)
    # what is not offered stays as the dashboard has it
    hidden = {each.field: each.default for each in dashboard.filters if each.field not in offered}
    return {**{field: value for field, value in hidden.items() if value is not None}, **asked, **guest.filters}


def _parameters(guest: Guest, asked: Mapping[str, Any]) -> dict[str, Any]:
    for name, value in asked.items():
        if name not in guest.parameters or guest.parameters[name] != value:
            raise _locked("parameters", f"the parameter {name!r} cannot be set here", name)
    return dict(guest.parameters)


def _window(guest: Guest, shown: Dashboard, request: Subscribe) -> Window | None:
    asked = None if request.window is None else read_window(request.window)
    locked = locked_window(guest)
    if locked is None:
        return asked
    if asked not in (None, locked):
        raise _locked("window", "the time range cannot be changed here")
    if request.timezone not in (None, shown.timezone):  # where a day begins would move the range
        raise _locked("timezone", "the time zone cannot be changed here")
    return locked


def _locked(part: str, message: str, name: str | None = None) -> Forbidden:
    detail = {"part": part} if name is None else {"part": part, "name": name}
    return Forbidden(message, code="locked", detail=detail)
