"""Widgets as the locks of a guest leave them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from nowboard.model.dashboards import Widget
from nowboard.model.saved import SavedQuery, is_use

Saved = Mapping[str, SavedQuery]
"""Saved queries by their ids, as far as there are any of these."""


def holds_window(widget: Widget, saved: Saved) -> bool:
    """Whether every query of a widget can be held to a window: metric queries can, also saved ones."""
    return all(_is_metric(_written_out(query, saved)) for query in _queries(widget))


def held(widget: Widget) -> Widget:
    """A widget whose queries take the page's window; what saved queries of it ask is not looked at."""
    return _changed(widget, lambda query: query if is_use(query) else open_ended(query))


def held_saved(query: SavedQuery) -> SavedQuery:
    """A saved query that takes the page's window."""
    return msgspec.structs.replace(query, query=open_ended(query.query)) if _is_metric(query.query) else query


def open_ended(query: Mapping[str, Any]) -> dict[str, Any]:
    """Without a window of its own, so that it takes the page's, which is the locked one."""
    return {name: value for name, value in query.items() if name not in ("window", "compare", "timezone")}


def unfixed(widget: Widget, locked: frozenset[str]) -> Widget:
    """A widget that does not set parameters of saved queries itself that are locked: the lock's values count."""

    def without(query: Any) -> Any:
        if not is_use(query) or not locked & query.get("parameters", {}).keys():
            return query
        free = {name: value for name, value in query["parameters"].items() if name not in locked}
        return {**query, "parameters": free}

    return _changed(widget, without)


def used_by(widgets: Iterable[Widget], saved: Saved) -> dict[str, SavedQuery]:
    """Those of the saved queries that these widgets name."""
    named = {query["saved"] for widget in widgets for query in _queries(widget) if is_use(query)}
    return {name: query for name, query in saved.items() if name in named}


def _changed(widget: Widget, change: Callable[[Any], Any]) -> Widget:
    query = None if widget.query is None else change(widget.query)
    parts = {name: change(each) for name, each in widget.parts.items()}
    return msgspec.structs.replace(widget, query=query, parts=parts)


def _queries(widget: Widget) -> Iterator[Any]:
    if widget.query is not None:
        yield widget.query
    yield from widget.parts.values()


def _written_out(query: Any, saved: Saved) -> Any:
    if not is_use(query):
        return query
    named = saved.get(query["saved"])
    return None if named is None else named.query


def _is_metric(query: Any) -> bool:
    return isinstance(query, Mapping) and "measures" in query and "sql" not in query
