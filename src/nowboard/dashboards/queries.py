"""The queries of a document: do they parse and plan, and which columns do they give?"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import msgspec

from nowboard.dashboards.asks import DEFAULT_WINDOW, complete
from nowboard.dashboards.problems import Path, Problem, problem_of
from nowboard.dashboards.uses import check_use
from nowboard.errors import BadQuery, with_hint
from nowboard.model.dashboards import Dashboard
from nowboard.model.fields import is_name
from nowboard.model.queries import MetricQuery, Query, SqlQuery, parse_query
from nowboard.model.saved import SavedColumn, SavedQuery, is_use
from nowboard.model.scopes import EVERYTHING
from nowboard.model.streams import Catalog, Metric
from nowboard.query.planner import plan

PREVIOUS: Final = "__previous"
"""Ends the name of a measure's compared value."""

TIME: Final = "time"
"""The bucket column of a query with a grain."""

_PART = re.compile(r"(?P<member>[a-z_]+)|\[(?P<index>\d+)\]")


class Checked(msgspec.Struct, frozen=True):
    """What is known of a query. `columns` is None where only running it would tell; `types` are those planned.

    `live` says that its result is certainly kept up to date event by event.
    """

    problems: tuple[Problem, ...] = ()
    query: Query | None = None
    columns: frozenset[str] | None = None
    types: tuple[SavedColumn, ...] = ()
    live: bool = False


def check_query(
    data: Any,
    path: Path,
    dashboard: Dashboard,
    catalog: Catalog | None,
    saved: Mapping[str, SavedQuery] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Checked:
    """Read the query `data` of `dashboard`; with a catalog, a metric query must plan against it.

    With `saved`, a query that is named must be one of them. `parameters` are values to plan with.
    """
    if is_use(data):
        problems, columns = check_use(data, path, saved)
        return Checked(problems=problems, columns=columns)
    kind = SqlQuery if isinstance(data, dict) and "sql" in data else MetricQuery
    try:
        query = parse_query(data)
    except msgspec.ValidationError as error:
        members = [field.encode_name for field in msgspec.structs.fields(kind)]
        return Checked(problems=(problem_of(error, data, path, members),))
    if isinstance(query, SqlQuery):
        return Checked(query=query)
    if catalog is None:
        names = frozenset(columns_of(query))
        return Checked(query=query, columns=names if all(map(_is_plain, names)) else None)
    problems = tuple(_name_problems(query, path, catalog))
    if problems:
        return Checked(problems=problems, query=query)
    return _planned(query, path, dashboard, catalog, parameters or {})


def _is_plain(name: str) -> bool:
    """Whether the planner keeps a name as it is; it makes one for SQL that has none."""
    return all(is_name(piece) for piece in name.removesuffix(PREVIOUS).split(".", 1))


def check_metric(metric: Metric, catalog: Catalog) -> str | None:
    """What is wrong with a metric's SQL, or None."""
    try:
        plan(MetricQuery(metric.stream, (metric.name,), window=DEFAULT_WINDOW), catalog, EVERYTHING)
    except BadQuery as error:
        return _sentence(error)
    return None


def _planned(
    query: MetricQuery, path: Path, dashboard: Dashboard, catalog: Catalog, parameters: Mapping[str, Any]
) -> Checked:
    asked = complete(query, dashboard.window or DEFAULT_WINDOW, dashboard.timezone)
    try:
        planned = plan(asked, catalog, EVERYTHING, parameters=parameters)
    except BadQuery as error:
        part = str((error.detail or {}).get("part", ""))
        return Checked(problems=(Problem(path + _part_path(part), _sentence(error)),))
    types = tuple(SavedColumn(column.name, column.type) for column in planned.columns)
    return Checked(query=query, columns=frozenset(column.name for column in types), types=types, live=planned.live)


def _sentence(error: BadQuery) -> str:
    return with_hint(error.message, (error.detail or {}).get("hint"))


def _part_path(part: str) -> Path:
    """`measures[1].sql` as steps; what lies in a metric is not in the query."""
    if part == "query" or part.startswith("metrics."):
        return ()
    return tuple(int(step["index"]) if step["index"] else step["member"] for step in _PART.finditer(part))


def columns_of(query: MetricQuery) -> Iterator[str]:
    """The names of a metric query's result columns."""
    if query.grain is not None:
        yield TIME
    for dimension in query.by:
        yield dimension if isinstance(dimension, str) else dimension.name
    for measure in query.measures:
        name = measure if isinstance(measure, str) else measure.name
        yield name
        if query.compare is not None:
            yield name + PREVIOUS


def _name_problems(query: MetricQuery, path: Path, catalog: Catalog) -> Iterator[Problem]:
    if query.stream not in catalog.streams:
        yield Problem((*path, "stream"), f"There is no stream {query.stream!r}.{_near(query.stream, catalog.streams)}")
        return
    metrics = catalog.metrics_of(query.stream)
    for index, measure in enumerate(query.measures):
        name = measure if isinstance(measure, str) else measure.name
        if is_name(name) and name not in metrics and (isinstance(measure, str) or measure.sql is None):
            message = f"Stream {query.stream!r} has no metric {name!r}.{_near(name, metrics)}"
            yield Problem((*path, "measures", index), message)


def _near(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
