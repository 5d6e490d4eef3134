"""What who comes by a share reads of a dashboard: an allow-listed part of the published document.

Nothing of how a number is made: no SQL, no measures, no streams, no owner, no tags. A member that is added to documents
does not get here by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from nowboard.access.locks import confined_dashboard, open_fields
from nowboard.model.dashboards import Clicks, Dashboard, Filter, Place, Widget
from nowboard.model.principals import Guest
from nowboard.model.queries import Window
from nowboard.model.saved import SavedQuery, is_use


class PublicQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """That there is a query. `timed`: it shows `window`, or else the time range of the page."""

    timed: bool = False
    window: Any = None


class PublicClicks(msgspec.Struct, frozen=True, omit_defaults=True):
    """A click filters the page, by a filter that the guest may set."""

    filter: str
    column: str | None = None


class PublicWidget(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a widget is drawn."""

    id: str
    kind: str
    title: str
    subtitle: str | None
    query: PublicQuery | None
    parts: dict[str, PublicQuery]
    options: dict[str, Any]
    layouts: dict[str, Place]
    clicks: PublicClicks | None = None


class PublicFilter(msgspec.Struct, frozen=True, omit_defaults=True):
    """A filter that the guest may set."""

    field: str
    label: str | None
    kind: str
    multiple: bool
    default: Any = None


class PublicDashboard(msgspec.Struct, frozen=True, omit_defaults=True):
    """The dashboard. `locked`: the time range cannot be changed."""

    id: str
    title: str
    description: str | None
    timezone: str | None
    window: Window | None
    filters: list[PublicFilter]
    widgets: list[PublicWidget]
    locked: bool = False


def public_dashboard(guest: Guest, dashboard: Dashboard, saved: Mapping[str, SavedQuery]) -> PublicDashboard:
    """`dashboard` as the guest gets it; `saved` are the saved queries that it names."""
    confined = confined_dashboard(guest, dashboard, saved)
    shown = confined.dashboard
    fields = open_fields(guest, dashboard)
    return PublicDashboard(
        shown.id,
        shown.title,
        shown.description,
        shown.timezone,
        shown.window,
        [_filter(each) for each in shown.filters],
        [_widget(each, confined.saved, fields) for each in shown.widgets],
        guest.window is not None,
    )


def _filter(one: Filter) -> PublicFilter:
    return PublicFilter(one.field, one.label, one.kind, one.multiple, one.default)


def _widget(one: Widget, saved: Mapping[str, SavedQuery], fields: frozenset[str]) -> PublicWidget:
    parts = {name: _query(query, saved) for name, query in one.parts.items()}
    query = None if one.query is None else _query(one.query, saved)
    clicks = _clicks(one.clicks, fields)
    return PublicWidget(one.id, one.kind.value, one.title, one.subtitle, query, parts, one.options, one.layouts, clicks)


def _clicks(clicks: Clicks | None, fields: frozenset[str]) -> PublicClicks | None:
    """Those that lead to another dashboard, or filter by a field that is locked, do nothing here."""
    if clicks is None or clicks.filter is None or clicks.filter not in fields:
        return None
    return PublicClicks(clicks.filter, clicks.column)


def _query(query: Any, saved: Mapping[str, SavedQuery]) -> PublicQuery:
    if is_use(query):
        named = saved.get(query["saved"])
        query = None if named is None else named.query
    timed = isinstance(query, Mapping) and "measures" in query
    return PublicQuery(timed, query.get("window") if timed else None)
