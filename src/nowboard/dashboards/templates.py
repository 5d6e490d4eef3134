"""Templates: documents of dashboards and of single widgets to begin from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from nowboard.dashboards.asks import queries_of
from nowboard.dashboards.ids import ID_RULE, is_id
from nowboard.dashboards.places import moved_below, placed
from nowboard.dashboards.problems import Problem, error_of
from nowboard.dashboards.validate import examine, filter_problems, to_document, validate, widget_problems
from nowboard.model.dashboards import Dashboard
from nowboard.model.saved import SavedQuery, is_use
from nowboard.model.streams import Catalog

DASHBOARD: Final = "dashboard"
WIDGET: Final = "widget"
KINDS: Final = (DASHBOARD, WIDGET)


def template_document(kind: str, template_id: str, title: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a template in its newest form. Streams and saved queries are looked at when it is used.

    Raises `BadDocument`.
    """
    what = f"Template {template_id!r}"
    if not is_id(template_id):
        raise error_of([Problem(("id",), f"Expected {ID_RULE}.")], what)
    if kind not in KINDS:
        raise error_of([Problem(("kind",), f"Expected {' or '.join(KINDS)}.")], what)
    return _stored(kind, validate(_whole(kind, template_id, title, document)))


def examine_template(
    kind: str,
    template_id: str,
    title: str,
    document: Mapping[str, Any],
    catalog: Catalog,
    saved: Mapping[str, SavedQuery],
) -> tuple[dict[str, Any] | None, list[Problem]]:
    """As `template_document`: the document, and everything that is wrong with it, by paths inside of the document.

    What asks streams of `catalog` and queries of `saved` must plan; others may take the place of the rest on use.
    """
    dashboard, problems = examine(_whole(kind, template_id, title, document))
    if dashboard is not None and not problems:
        problems.extend(_plan_problems(dashboard, catalog, saved))
    inside = 2 if kind == WIDGET else 0
    shown = [Problem(problem.path[inside:], problem.message) for problem in problems]
    return None if dashboard is None or problems else _stored(kind, dashboard), shown


def _whole(kind: str, template_id: str, title: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """The dashboard that a template is or, of a widget, stands in."""
    if kind == DASHBOARD:
        return {"title": title, **document, "id": template_id}
    return {"id": template_id, "title": title, "widgets": [placed({"id": template_id, **document}, ())]}


def _stored(kind: str, dashboard: Dashboard) -> dict[str, Any]:
    if kind == DASHBOARD:
        return to_document(dashboard)
    found: dict[str, Any] = msgspec.to_builtins(dashboard.widgets[0])
    return found


def _plan_problems(dashboard: Dashboard, catalog: Catalog, saved: Mapping[str, SavedQuery]) -> Iterator[Problem]:
    for index, filter_ in enumerate(dashboard.filters):
        if filter_.stream in catalog.streams:
            yield from filter_problems(filter_, ("filters", index), catalog)
    for index, widget in enumerate(dashboard.widgets):
        if all(_is_known(data, catalog, saved) for _, data in queries_of(widget)):
            yield from widget_problems(widget, ("widgets", index), dashboard, catalog, saved)


def _is_known(data: Any, catalog: Catalog, saved: Mapping[str, SavedQuery]) -> bool:
    if is_use(data):
        return data["saved"] in saved
    return "sql" in data or data.get("stream") in catalog.streams


def with_widget(document: Mapping[str, Any], widget: Mapping[str, Any], widget_id: str | None) -> dict[str, Any]:
    """`document` with a widget from a template below the others, under `widget_id` or a free id of its own."""
    widgets = list(document.get("widgets", ()))
    taken = {each["id"] for each in widgets}
    name, number = str(widget["id"]), 2
    while name in taken and widget_id is None:
        name, number = f"{widget['id']}-{number}", number + 1
    return {**document, "widgets": [*widgets, moved_below({**widget, "id": widget_id or name}, widgets)]}


def with_streams(document: Mapping[str, Any], streams: Mapping[str, str]) -> dict[str, Any]:
    """A dashboard's document that reads other streams: `streams` maps names to those that take their place."""

    def asking(data: Any) -> Any:
        if isinstance(data, Mapping) and data.get("stream") in streams:
            return {**data, "stream": streams[data["stream"]]}
        return data

    def of_widget(widget: Mapping[str, Any]) -> dict[str, Any]:
        changed = {**widget, "query": asking(widget.get("query"))} if "query" in widget else dict(widget)
        parts = {name: asking(data) for name, data in widget.get("parts", {}).items()}
        return {**changed, "parts": parts} if parts else changed

    moved = {**document, "widgets": [of_widget(widget) for widget in document.get("widgets", ())]}
    if document.get("filters"):
        moved["filters"] = [asking(filter_) for filter_ in document["filters"]]
    return moved
