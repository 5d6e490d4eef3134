"""Dashboards and widgets as documents."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, Final

import msgspec

from nowboard.model.bounds import Few, Name, Some, Text, Title
from nowboard.model.queries import Window

DOCUMENT_VERSION: Final = 1
"""Raised by each migration in `nowboard.dashboards.migrations`."""


class WidgetKind(Enum):
    """Ways to draw a result."""

    KPI = "kpi"
    LINE = "line"
    AREA = "area"
    BAR = "bar"
    PIE = "pie"
    TABLE = "table"
    GAUGE = "gauge"
    PROGRESS = "progress"
    SPARKLINE = "sparkline"
    HEATMAP = "heatmap"
    MAP = "map"
    SCATTER = "scatter"
    HISTOGRAM = "histogram"
    FUNNEL = "funnel"
    COHORT = "cohort"
    TREEMAP = "treemap"
    SANKEY = "sankey"
    TEXT = "text"
    ALERTS = "alerts"
    STATUS = "status"


class Place(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where a widget stands on the 12-column grid; one row is 40 px plus the 16 px gap."""

    x: int
    y: int
    w: int
    h: int


class Clicks(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a click on a mark or a row does: exactly one of `filter` and `dashboard`.

    `filter` names a field that is filtered, on the whole page, by the value that was clicked; it is read from the
    result column `column`, without it from the column called as the field. `dashboard` is the id of a dashboard to
    go to, with `filters`: each maps a field to the result column that gives its value, or to a list of fixed values.
    """

    filter: str | None = None
    column: str | None = None
    dashboard: str | None = None
    filters: dict[str, str | list[Any]] = {}


class Widget(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A query with a way to draw it.

    `query` is the widget's own query, `parts` are further ones by name (`trend` of a kpi, `routes` of a map); each is a
    query, or a `nowboard.model.saved.SavedUse`. `options` belong to the kind and are checked by
    `nowboard.dashboards.options`. `layouts` maps a breakpoint (`lg md sm`) to a place; only `lg` is needed. `clicks`
    says what a click does. `refresh` is a duration such as `30s`: the least pause between two runs of a query that has
    to be run again. `warm` keeps the published widget up to date with nobody looking.
    """

    id: Name
    kind: WidgetKind
    title: Title = ""
    subtitle: Title | None = None
    query: Any = None
    parts: Annotated[dict[str, Any], Few] = {}
    options: Annotated[dict[str, Any], Some] = {}
    layouts: Annotated[dict[str, Place], Few] = {}
    clicks: Clicks | None = None
    refresh: Name | None = None
    warm: bool = False


class Filter(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A control above the grid that narrows every widget whose stream has `field`.

    `kind` is `select` (one or many values, offered from the data) or `range`. `label_field` says what the values are
    called: a text field of the stream, or `join.column` of a table joined to it.
    """

    field: Name
    stream: Name
    label: Title | None = None
    kind: Name = "select"
    multiple: bool = True
    default: Any = None
    label_field: Name | None = None


class Dashboard(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A document of widgets, filters and layout."""

    id: Name
    title: Title
    description: Text | None = None
    tags: Annotated[tuple[Name, ...], Few] = ()
    timezone: Name | None = None
    window: Window | None = None
    filters: Annotated[tuple[Filter, ...], Few] = ()
    widgets: tuple[Widget, ...] = ()
    version: int = DOCUMENT_VERSION

    def widget(self, widget_id: str) -> Widget | None:
        """The widget called `widget_id`, or None."""
        return next((widget for widget in self.widgets if widget.id == widget_id), None)
