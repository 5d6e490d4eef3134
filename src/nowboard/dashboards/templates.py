"""Templates: documents of dashboards and of single widgets to begin from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from nowboard.dashboards.ids import ID_RULE, is_id
from nowboard.dashboards.places import moved_below, placed
from nowboard.dashboards.problems import Problem, error_of
from nowboard.dashboards.validate import to_document, validate

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
    if kind == DASHBOARD:
        return to_document(validate({"title": title, **document, "id": template_id}))
    whole = {"id": template_id, "title": title, "widgets": [placed({"id": template_id, **document}, ())]}
    found: dict[str, Any] = msgspec.to_builtins(validate(whole).widgets[0])
    return found


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
