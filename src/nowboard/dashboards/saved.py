"""A saved query in, checked, or an error that names every member at fault; and which widgets a change would break."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from nowboard.dashboards.asks import queries_of
from nowboard.dashboards.ids import ID_RULE, is_id
from nowboard.dashboards.parameters import TYPES, BadParameter, checked_value, kind_of
from nowboard.dashboards.problems import Path, Problem, convert, error_of, print_path
from nowboard.dashboards.queries import Checked, check_query
from nowboard.dashboards.validate import validate, widget_problems
from nowboard.errors import BadDocument
from nowboard.model.dashboards import Dashboard
from nowboard.model.fields import is_name
from nowboard.model.queries import SqlQuery
from nowboard.model.saved import AllowedValues, SavedParameter, SavedQuery, is_use
from nowboard.model.streams import Catalog

MAX_PARAMETERS: Final = 50
_NO_PAGE: Final = Dashboard("query", "Query")


class Break(msgspec.Struct, frozen=True):
    """A widget that a change of a saved query would break. `version` is `draft` or `published`."""

    dashboard: str
    title: str
    version: str
    widget: str
    problems: tuple[str, ...]


def read_saved(document: Mapping[str, Any]) -> SavedQuery:
    """A saved query as it was stored."""
    return msgspec.convert(document, SavedQuery)


def saved_document(query: SavedQuery) -> dict[str, Any]:
    """The JSON data to keep: what comes back from where it is stored is equal to it."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(query))
    return found


def validate_saved(document: Any, catalog: Catalog) -> SavedQuery:
    """The saved query that `document` describes, with its columns where it is a metric query.

    The columns of SQL are found by running it. Raises `BadDocument` with every problem.
    """
    query, problems = examine_saved(document, catalog)
    if query is None or problems:
        name = document.get("id", "?") if isinstance(document, Mapping) else "?"
        raise error_of(problems, f"Saved query {name!r}")
    return query


def examine_saved(document: Any, catalog: Catalog) -> tuple[SavedQuery | None, list[Problem]]:
    """As `validate_saved`: the saved query, if `document` has the shape of one, and all that is wrong with it."""
    problems: list[Problem] = []
    query = convert(document, SavedQuery, (), problems)
    if query is None:
        return None, problems
    problems.extend(_head_problems(query))
    for index, parameter in enumerate(query.parameters):
        problems.extend(_parameter_problems(parameter, ("parameters", index), catalog))
    checked = _check_asked(query, catalog)
    problems.extend(checked.problems)
    return msgspec.structs.replace(query, columns=checked.types), problems


def probe_values(query: SavedQuery) -> dict[str, Any]:
    """Values to try a saved query with: defaults, and nothing for the rest."""
    return {
        parameter.name: parameter.default if parameter.default is not None else [] if kind_of(parameter)[1] else None
        for parameter in query.parameters
    }


def breaks(
    document: Mapping[str, Any],
    version: str,
    query_id: str,
    before: Mapping[str, SavedQuery],
    after: Mapping[str, SavedQuery],
) -> Iterator[Break]:
    """The widgets of a dashboard that use a saved query and have problems `after` that they did not have `before`."""
    try:
        dashboard = validate(document)
    except BadDocument as error:
        raise BadDocument(f"{error.message} It is stored, so it cannot be checked.", detail=error.detail) from error
    for index, widget in enumerate(dashboard.widgets):
        if not any(is_use(data) and data["saved"] == query_id for _, data in queries_of(widget)):
            continue
        path: Path = ("widgets", index)
        known = set(widget_problems(widget, path, dashboard, None, before))
        new = [each for each in widget_problems(widget, path, dashboard, None, after) if each not in known]
        if new:
            said = tuple(f"{print_path(each.path[2:])}: {each.message}" for each in new)
            yield Break(dashboard.id, dashboard.title, version, widget.id, said)


def _head_problems(query: SavedQuery) -> Iterator[Problem]:
    if not is_id(query.id):
        yield Problem(("id",), f"Expected {ID_RULE}.")
    if not query.title.strip():
        yield Problem(("title",), "A saved query needs a title.")
    if len(query.parameters) > MAX_PARAMETERS:
        yield Problem(("parameters",), f"A saved query has at most {MAX_PARAMETERS} parameters.")
    seen: set[str] = set()
    for index, parameter in enumerate(query.parameters):
        if parameter.name in seen:
            yield Problem(("parameters", index, "name"), f"Another parameter is called {parameter.name!r} already.")
        seen.add(parameter.name)


def _parameter_problems(parameter: SavedParameter, path: Path, catalog: Catalog) -> Iterator[Problem]:
    if not is_name(parameter.name):
        yield Problem((*path, "name"), f"{parameter.name!r} is no name for a parameter.")
    if parameter.type not in TYPES:
        yield Problem((*path, "type"), f"Expected one of {', '.join(TYPES)}.")
        return
    allowed = parameter.allowed
    if isinstance(allowed, AllowedValues):
        checked = check_query(allowed.query, (*path, "allowed", "query"), _NO_PAGE, catalog)
        yield from checked.problems
        if is_use(allowed.query):
            yield Problem((*path, "allowed", "query"), "Allowed values come from a query that is written out here.")
        for member, column in (("column", allowed.column), ("label", allowed.label)):
            if column is not None and checked.columns is not None and column not in checked.columns:
                names = ", ".join(sorted(checked.columns))
                yield Problem((*path, "allowed", member), f"The result has no column {column!r}; it has {names}.")
    elif allowed is not None:
        open_one = msgspec.structs.replace(parameter, type=kind_of(parameter)[0], allowed=None)
        if not allowed:
            yield Problem((*path, "allowed"), "Name at least one allowed value.")
        for index, value in enumerate(allowed):
            yield from _value_problems(open_one, value, (*path, "allowed", index))
    if parameter.default is not None:
        yield from _value_problems(parameter, parameter.default, (*path, "default"))


def _value_problems(parameter: SavedParameter, value: Any, path: Path) -> Iterator[Problem]:
    try:
        checked_value(parameter, value)
    except BadParameter as error:
        yield Problem(path, f"{error.message}.")


def _check_asked(query: SavedQuery, catalog: Catalog) -> Checked:
    if is_use(query.query):
        return Checked(problems=(Problem(("query",), "A saved query cannot be another saved query."),))
    checked = check_query(query.query, ("query",), _NO_PAGE, catalog, None, probe_values(query))
    if isinstance(checked.query, SqlQuery) and checked.query.parameters:
        problem = Problem(("query", "parameters"), "The parameters of a saved query stand beside it, not inside.")
        return Checked(problems=(problem,))
    return checked
