"""What a click does: cross-filters and ways to other dashboards, checked against columns and fields."""

from __future__ import annotations

from collections.abc import Iterator

from nowboard.dashboards.asks import queries_of
from nowboard.dashboards.ids import ID_RULE, is_id
from nowboard.dashboards.labels import find_field
from nowboard.dashboards.problems import Path, Problem
from nowboard.model.dashboards import Clicks, Dashboard, Widget
from nowboard.model.streams import Catalog, Stream


def click_problems(
    widget: Widget, path: Path, dashboard: Dashboard, catalog: Catalog | None, columns: frozenset[str] | None
) -> Iterator[Problem]:
    """What is wrong with a widget's `clicks`. `columns` are those of its result, None where they are not known."""
    clicks, here = widget.clicks, (*path, "clicks")
    if clicks is None:
        return
    if (clicks.filter is None) == (clicks.dashboard is None):
        yield Problem(here, "A click either filters (`filter`) or leads on (`dashboard`).")
        return
    if clicks.filter is not None:
        yield from _filter_problems(clicks, clicks.filter, here, dashboard, catalog, columns)
    else:
        yield from _way_problems(clicks, clicks.dashboard or "", here, columns)


def _filter_problems(
    clicks: Clicks,
    field: str,
    here: Path,
    dashboard: Dashboard,
    catalog: Catalog | None,
    columns: frozenset[str] | None,
) -> Iterator[Problem]:
    if clicks.filters:
        yield Problem((*here, "filters"), "`filters` belong to a click that leads to another dashboard.")
    if catalog is not None and all(
        find_field(stream, field, catalog) is None for stream in _streams(dashboard, catalog)
    ):
        yield Problem((*here, "filter"), f"No stream of this dashboard has the field {field!r}.")
    place = "filter" if clicks.column is None else "column"
    yield from _column_problems(clicks.column or field, (*here, place), columns)


def _way_problems(clicks: Clicks, target: str, here: Path, columns: frozenset[str] | None) -> Iterator[Problem]:
    if clicks.column is not None:
        yield Problem((*here, "column"), "`column` belongs to a click that filters.")
    if not is_id(target):
        yield Problem((*here, "dashboard"), f"Expected the id of a dashboard: {ID_RULE}.")
    for field, source in clicks.filters.items():
        if isinstance(source, str):
            yield from _column_problems(source, (*here, "filters", field), columns)


def _column_problems(column: str, here: Path, columns: frozenset[str] | None) -> Iterator[Problem]:
    if columns is not None and column not in columns:
        yield Problem(here, f"The result has no column {column!r}; it has {', '.join(sorted(columns))}.")


def _streams(dashboard: Dashboard, catalog: Catalog) -> list[Stream]:
    """What the dashboard reads; SQL and saved queries may read any stream."""
    asked = [data for widget in dashboard.widgets for _, data in queries_of(widget)]
    names = {data["stream"] for data in asked if isinstance(data, dict) and isinstance(data.get("stream"), str)}
    names |= {filter_.stream for filter_ in dashboard.filters}
    if any(not isinstance(data, dict) or "stream" not in data for data in asked):
        return list(catalog.streams.values())
    return [catalog.streams[name] for name in sorted(names) if name in catalog.streams]
