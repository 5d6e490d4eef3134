"""What a dashboard declares: filters, and the parameters of its queries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from nowboard.model.dashboards import Dashboard, Widget
from nowboard.model.saved import SavedQuery, is_use

_PLACEHOLDER: Final = re.compile(r"(?<!:):([A-Za-z_]\w*)")


def filters_of(dashboard: Dashboard) -> frozenset[str]:
    """The fields that the dashboard filters by."""
    return frozenset(each.field for each in dashboard.filters)


def parameters_of(widgets: Iterable[Widget], saved: Mapping[str, SavedQuery]) -> frozenset[str]:
    """The parameters that queries of these widgets take.

    Saved queries (of which `saved` are those that there are) and SQL declare them; in metric queries they are the
    placeholders.
    """
    return frozenset(name for widget in widgets for name in _declared(widget, saved))


def _declared(widget: Widget, saved: Mapping[str, SavedQuery]) -> Iterator[str]:
    for query in [widget.query, *widget.parts.values()]:
        if not isinstance(query, Mapping):
            continue
        if is_use(query):
            named = saved.get(query["saved"])
            yield from () if named is None else (parameter.name for parameter in named.parameters)
            continue
        for parameter in query.get("parameters", ()):
            yield parameter["name"] if isinstance(parameter, Mapping) else str(parameter)
        if "sql" not in query:
            for text in _texts(query):
                yield from _PLACEHOLDER.findall(text)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
