"""From a dashboard and what a viewer chose to the asks that answer it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from nowboard.dashboards.grains import fitting_grain
from nowboard.dashboards.pace import pace_of
from nowboard.dashboards.uses import expand
from nowboard.errors import BadDocument, BadRequest, NotFound
from nowboard.model.dashboards import Dashboard, Widget
from nowboard.model.engine import Ask
from nowboard.model.keeping import PROMPT, Pace
from nowboard.model.queries import MetricQuery, Query, Window, parse_query
from nowboard.model.saved import SavedQuery, SavedUse, is_use
from nowboard.model.scopes import Scope

DEFAULT_WINDOW: Final = Window(last="24h")
"""What a widget shows when neither it, nor the viewer, nor the dashboard names a window."""


class WidgetAsk(msgspec.Struct, frozen=True):
    """One ask of a widget. `part` is None for the widget's own query; `pace` is how it is to be kept up to date."""

    widget: str
    part: str | None
    ask: Ask
    pace: Pace = PROMPT


def asks_of(
    dashboard: Dashboard,
    *,
    scope: Scope,
    widget: str | None = None,
    filters: Mapping[str, Any] | None = None,
    window: Window | Mapping[str, Any] | None = None,
    timezone: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    saved: Mapping[str, SavedQuery] | None = None,
) -> list[WidgetAsk]:
    """Every ask of `dashboard`, or of one `widget` of it, in document order: a widget's own query, then its parts.

    A query without a window takes `window`, else the dashboard's, else the last 24 hours; the time zone likewise, else
    the planner's default. Where the window is not the query's own, its grain becomes coarser if there would be too many
    buckets. `filters` go to every ask: the planner applies them where the stream has the field. Defaults of the
    dashboard's filters hold for the fields that `filters` does not name; an empty list or null lifts one. A saved query
    is found in `saved`; `parameters` are what the viewer chose for those that a widget does not set itself.
    Raises `NotFound` for an unknown widget, `BadRequest` for a window that is none, `BadDocument` for a broken query.
    """
    chosen_window = _window(window) or dashboard.window or DEFAULT_WINDOW
    chosen_zone = timezone or dashboard.timezone
    chosen_filters = effective_filters(dashboard, filters or {})
    asks = []
    for shown in _shown(dashboard, widget):
        for part, data in queries_of(shown):
            query, values = _parse(shown, part, data, parameters or {}, saved or {})
            query = _complete(query, chosen_window, chosen_zone)
            ask = Ask(query=query, scope=scope, parameters=values, filters=chosen_filters)
            asks.append(WidgetAsk(widget=shown.id, part=part, ask=ask, pace=pace_of(shown, query)))
    return asks


def queries_of(widget: Widget) -> Iterator[tuple[str | None, Any]]:
    """The widget's own query, if it has one (as part None), then its parts by name."""
    if widget.query is not None:
        yield None, widget.query
    yield from widget.parts.items()


def effective_filters(dashboard: Dashboard, filters: Mapping[str, Any]) -> dict[str, Any]:
    """What the viewer chose, with the dashboard's defaults where nothing was chosen and without empty choices."""
    defaults = {each.field: each.default for each in dashboard.filters if each.default is not None}
    merged = {**defaults, **filters}
    return {name: value for name, value in sorted(merged.items()) if value not in (None, [], {}, ())}


def _shown(dashboard: Dashboard, widget_id: str | None) -> tuple[Widget, ...]:
    if widget_id is None:
        return dashboard.widgets
    found = dashboard.widget(widget_id)
    if found is None:
        raise NotFound(f"Dashboard {dashboard.id!r} has no widget {widget_id!r}.")
    return (found,)


def _window(window: Window | Mapping[str, Any] | None) -> Window | None:
    if window is None or isinstance(window, Window):
        return window
    try:
        return msgspec.convert(window, Window)
    except msgspec.ValidationError as error:
        raise BadRequest(f"The window is not valid: {error}.", detail={"part": "window"}) from error


def _parse(
    widget: Widget, part: str | None, data: Any, parameters: Mapping[str, Any], saved: Mapping[str, SavedQuery]
) -> tuple[Query, dict[str, Any]]:
    try:
        if is_use(data):
            return expand(msgspec.convert(data, SavedUse), saved, parameters)
        return parse_query(data), dict(parameters)
    except msgspec.ValidationError as error:
        where = f"parts.{part}" if part else "query"
        message = f"Widget {widget.id!r}: its {where} is not valid: {error}."
        raise BadDocument(message, detail={"widget": widget.id, "path": where}) from error


def _complete(query: Query, window: Window, timezone: str | None) -> Query:
    if isinstance(query, MetricQuery):
        return complete(query, window, timezone)
    return msgspec.structs.replace(query, timezone=query.timezone or timezone)


def complete(query: MetricQuery, window: Window, timezone: str | None) -> MetricQuery:
    """`query` with the window and zone of the page where it has none of its own."""
    zone = query.timezone or timezone
    if query.window is not None:
        return msgspec.structs.replace(query, timezone=zone)
    grain = None if query.grain is None else fitting_grain(query.grain, window, zone)
    return msgspec.structs.replace(query, window=window, grain=grain, timezone=zone)
