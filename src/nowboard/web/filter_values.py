"""The values that a filter of a dashboard offers, in the scope of whoever asks."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from nowboard.access.locks import confine
from nowboard.dashboards.asks import DEFAULT_WINDOW
from nowboard.dashboards.labels import label_measure
from nowboard.errors import NotFound, NowboardError
from nowboard.model.engine import Ask, Engine
from nowboard.model.frames import Value
from nowboard.model.principals import Principal
from nowboard.model.queries import Measure, MetricQuery, Window
from nowboard.model.visible import visible_catalog
from nowboard.model.wire import Subscribe
from nowboard.web.stored import Readable
from nowboard.web.subscriptions import untold

MOST_VALUES: Final = 500


class FilterValue(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value that occurs, in how many events, and what it is called if the filter has a `label_field`."""

    value: Any
    rows: int
    label: str | None = None


class FilterValues(msgspec.Struct, frozen=True):
    """The most frequent values first, 500 at most."""

    items: list[FilterValue]


async def filter_values(
    engine: Engine, principal: Principal, readable: Readable, field: str, asked: Subscribe
) -> FilterValues:
    """What the filter on `field` of a dashboard offers in the time range and zone of `asked`.

    Labels come with the same query, so scopes and masks hold for them; who may not see their table gets none. Raises
    `NotFound` (`unknown_filter`), `Forbidden` for a locked time range.
    """
    filters: dict[str, Any] = {}
    document = readable.dashboard
    if principal.guest is not None:
        confined, asked = confine(principal.guest, document, readable.saved, asked)
        document = confined.dashboard
        filters = asked.filters
    found = next((each for each in document.filters if each.field == field), None)
    if found is None:
        raise NotFound(f"dashboard {document.id!r} has no filter {field!r}", code="unknown_filter")
    chosen = document.window if asked.window is None else msgspec.convert(asked.window, Window)
    label = label_measure(found, visible_catalog(engine.catalog, principal.scope))
    query = MetricQuery(
        found.stream,
        (Measure("rows", "count(*)"), *([] if label is None else [Measure("label", label)])),
        by=(field,),
        window=chosen or DEFAULT_WINDOW,
        order=("-rows",),
        limit=MOST_VALUES,
        timezone=asked.timezone or document.timezone,
    )
    try:
        result = await engine.query(Ask(query, principal.scope, {}, filters))
    except NowboardError as error:
        raise untold(error, principal) from error
    return FilterValues([_value(*row) for row in result.rows])


def _value(value: Value, rows: Value, label: Value = None) -> FilterValue:
    return FilterValue(value, int(rows or 0), None if label is None else str(label))
