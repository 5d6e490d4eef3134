"""A document in, a dashboard out, or an error that names every member at fault."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from nowboard.dashboards.asks import queries_of
from nowboard.dashboards.clicks import click_problems
from nowboard.dashboards.ids import ID_RULE, is_id
from nowboard.dashboards.labels import label_problems
from nowboard.dashboards.layout import layout_problems
from nowboard.dashboards.migrations import to_current
from nowboard.dashboards.options import OPTIONS, PARTS, WITHOUT_QUERY
from nowboard.dashboards.pace import pace_problems
from nowboard.dashboards.problems import Path, Problem, convert, error_of
from nowboard.dashboards.queries import check_query
from nowboard.dashboards.references import references_in
from nowboard.errors import BadDocument
from nowboard.model.bounds import excess_in
from nowboard.model.dashboards import Dashboard, Filter, Widget
from nowboard.model.saved import SavedQuery
from nowboard.model.streams import Catalog
from nowboard.query.syntax import MAX_TEXT

MAX_WIDGETS: Final = 100
MAX_VALUES: Final = 1_000
"""Of one list in a widget or a filter."""
FILTER_KINDS: Final = ("select", "range")

_WIDGET_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def validate(document: Any, catalog: Catalog | None = None, saved: Mapping[str, SavedQuery] | None = None) -> Dashboard:
    """The dashboard that `document` (JSON data of any known version) describes.

    With a `catalog`, every query must plan against it; with `saved`, those that are named must be among them.
    Raises `BadDocument` with `path` and `problems` in its detail.
    """
    dashboard, problems = examine(document, catalog, saved)
    name = document.get("id", "?") if isinstance(document, Mapping) else "?"
    if dashboard is None or problems:
        raise error_of(problems, f"Dashboard {name!r}")
    return dashboard


def examine(
    document: Any, catalog: Catalog | None = None, saved: Mapping[str, SavedQuery] | None = None
) -> tuple[Dashboard | None, list[Problem]]:
    """The dashboard, if `document` has the shape of one, and everything that is wrong with it."""
    if not isinstance(document, Mapping):
        return None, [Problem((), "A dashboard is an object with the members id, title and widgets.")]
    problems: list[Problem] = []
    try:
        current = to_current(document)
    except BadDocument as error:
        return None, [Problem(("version",), error.message)]
    dashboard = convert(current, Dashboard, (), problems)
    if dashboard is not None:
        problems.extend(_problems(dashboard, catalog, saved))
    return dashboard, problems


def to_document(dashboard: Dashboard) -> dict[str, Any]:
    """The JSON data to keep and to export. It always carries its version, so that it can be migrated later."""
    data: dict[str, Any] = msgspec.to_builtins(dashboard)
    head = {"id": dashboard.id, "title": dashboard.title, "version": dashboard.version}
    return {**head, **{name: value for name, value in data.items() if name not in head}}


def _problems(
    dashboard: Dashboard, catalog: Catalog | None, saved: Mapping[str, SavedQuery] | None
) -> Iterator[Problem]:
    if not is_id(dashboard.id):
        yield Problem(("id",), f"Expected {ID_RULE}.")
    if not dashboard.title.strip():
        yield Problem(("title",), "A dashboard needs a title.")
    if len(dashboard.widgets) > MAX_WIDGETS:
        yield Problem(("widgets",), f"A dashboard may have up to {MAX_WIDGETS} widgets, not {len(dashboard.widgets)}.")
    for index, filter_ in enumerate(dashboard.filters):
        yield from filter_problems(filter_, ("filters", index), catalog)
    seen: set[str] = set()
    for index, widget in enumerate(dashboard.widgets):
        path: Path = ("widgets", index)
        yield from _size_problems(widget, path)
        if not _WIDGET_ID.fullmatch(widget.id):
            yield Problem((*path, "id"), "Expected lower case letters, digits, hyphens and underscores, up to 63.")
        if widget.id in seen:
            yield Problem((*path, "id"), f"Another widget is called {widget.id!r} already.")
        seen.add(widget.id)
        yield from widget_problems(widget, path, dashboard, catalog, saved)
    yield from layout_problems(dashboard)


def filter_problems(filter_: Filter, path: Path, catalog: Catalog | None) -> Iterator[Problem]:
    """What is wrong with one filter; with a `catalog`, its stream must have the field."""
    if filter_.kind not in FILTER_KINDS:
        yield Problem((*path, "kind"), f"Expected {' or '.join(FILTER_KINDS)}.")
    excess = excess_in(filter_.default, values=MAX_VALUES)
    if excess is not None:
        yield Problem((*path, "default", *excess.path), excess.message)
    if catalog is None:
        return
    stream = catalog.streams.get(filter_.stream)
    if stream is None:
        yield Problem((*path, "stream"), f"There is no stream {filter_.stream!r}.")
    elif stream.field(filter_.field) is None:
        yield Problem((*path, "field"), f"Stream {filter_.stream!r} has no field {filter_.field!r}.")
    else:
        yield from label_problems(filter_, stream, path, catalog)


def _size_problems(widget: Widget, path: Path) -> Iterator[Problem]:
    """What is written into a widget freely has bounds all the same."""
    free = {"query": widget.query, "parts": widget.parts, "options": widget.options}
    if widget.clicks is not None:
        free["clicks"] = {"filters": widget.clicks.filters}
    excess = excess_in(free, texts=MAX_TEXT, values=MAX_VALUES)
    if excess is not None:
        yield Problem((*path, *excess.path), excess.message)


def widget_problems(
    widget: Widget,
    path: Path,
    dashboard: Dashboard,
    catalog: Catalog | None,
    saved: Mapping[str, SavedQuery] | None = None,
) -> Iterator[Problem]:
    """What is wrong with one widget; arguments are those of `validate`."""
    asks_nothing = widget.kind in WITHOUT_QUERY
    if asks_nothing and (widget.query is not None or widget.parts):
        yield Problem((*path, "query"), f"A widget of kind {widget.kind.value} has no query.")
        return
    if asks_nothing and widget.clicks is not None:
        yield Problem((*path, "clicks"), f"A widget of kind {widget.kind.value} has nothing to click.")
    if not asks_nothing and widget.query is None:
        yield Problem(path, f"Widget {widget.id!r} needs a query.")
    columns: dict[str | None, frozenset[str] | None] = {}
    live: list[bool] = []
    known_parts = PARTS.get(widget.kind, frozenset())
    for part, data in queries_of(widget):
        here = (*path, "query") if part is None else (*path, "parts", part)
        if part is not None and part not in known_parts:
            known = f"knows {', '.join(sorted(known_parts))}" if known_parts else "has no parts"
            yield Problem(here, f"There is no part {part!r}: a widget of kind {widget.kind.value} {known}.")
            continue
        checked = check_query(data, here, dashboard, catalog, saved)
        yield from checked.problems
        columns[part] = checked.columns
        live.append(checked.live)
    yield from pace_problems(widget, path, kept_live=bool(live) and all(live))
    yield from _option_problems(widget, path, columns)
    yield from click_problems(widget, path, dashboard, catalog, columns.get(None))


def _option_problems(
    widget: Widget, path: Path, columns: Mapping[str | None, frozenset[str] | None]
) -> Iterator[Problem]:
    problems: list[Problem] = []
    options = convert(widget.options, OPTIONS[widget.kind], (*path, "options"), problems)
    yield from problems
    if options is None:
        return
    for reference in references_in(options, (*path, "options")):
        if reference.part not in columns:
            missing = f"part {reference.part!r}" if reference.part else "query"
            yield Problem(reference.path, f"Column {reference.column!r} is of the {missing}, which is missing.")
            continue
        known = columns[reference.part]
        if known is not None and reference.column not in known:
            names = ", ".join(sorted(known))
            yield Problem(reference.path, f"The result has no column {reference.column!r}; it has {names}.")
