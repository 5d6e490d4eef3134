"""A saved query as a YAML file: what people write of it; the server finds its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from nowboard.dashboards.problems import Path, Problem
from nowboard.dashboards.saved import examine_saved, probe_values, saved_document
from nowboard.dashboards.uses import asked
from nowboard.errors import NowboardError, with_hint
from nowboard.model.queries import Query, SqlQuery, parse_query
from nowboard.model.saved import AllowedValues, SavedParameter, SavedQuery
from nowboard.model.scopes import EVERYTHING
from nowboard.model.streams import Catalog
from nowboard.packs.markup import Marked
from nowboard.query.sqlquery import plan_sql

SQL: Final = "sql"
"""Stands instead of `query` where that would be `{sql: …}` and nothing else."""


def query_text(query: SavedQuery) -> dict[str, Any]:
    """What the file says, as data."""
    data = saved_document(query)
    data.pop("columns", None)
    body = data.pop("query")
    asking = {SQL: body[SQL]} if isinstance(body, Mapping) and list(body) == [SQL] else {"query": body}
    parameters = {"parameters": data.pop("parameters")} if "parameters" in data else {}
    return {**data, **asking, **parameters}


def compared(query: SavedQuery) -> dict[str, Any]:
    """The same with its parameters by name, so that one more does not look like another list."""
    data = query_text(query)
    named = {each["name"]: {**each, "position": index} for index, each in enumerate(data.get("parameters", ()))}
    return {**data, "parameters": named} if named else data


def read_query(marked: Marked, catalog: Catalog) -> tuple[SavedQuery | None, list[Problem]]:
    """The saved query of a file, planned against `catalog`, and everything that is wrong with it."""
    if not isinstance(marked.data, dict):
        return None, [Problem((), "A saved query is an object with the members id, title and query or sql.")]
    document = dict(marked.data)
    document.pop("columns", None)
    short = SQL in document
    if short and "query" in document:
        return None, [Problem((SQL,), "A saved query has either `query` or `sql`.")]
    if short:
        document["query"] = {SQL: document.pop(SQL)}
    elif "query" not in document:
        return None, [Problem((), "A saved query needs a `query`, or `sql`.")]
    query, problems = examine_saved(document, catalog)
    if query is not None and not problems:
        problems.extend(_sql_problems(query, catalog))
    return query, [Problem(_written(problem.path), problem.message) for problem in problems] if short else problems


def _written(path: Path) -> Path:
    """Where a problem is in a file that has `sql`."""
    return path[1:] or (SQL,) if path[:1] == ("query",) else path


def _sql_problems(query: SavedQuery, catalog: Catalog) -> Iterator[Problem]:
    yield from _statement_problems(asked(query), ("query",), catalog, probe_values(query))
    for index, parameter in enumerate(query.parameters):
        yield from _allowed_problems(parameter, ("parameters", index, "allowed", "query"), catalog)


def _allowed_problems(parameter: SavedParameter, path: Path, catalog: Catalog) -> Iterator[Problem]:
    if isinstance(parameter.allowed, AllowedValues):
        yield from _statement_problems(parse_query(parameter.allowed.query), path, catalog, {})


def _statement_problems(query: Query, path: Path, catalog: Catalog, values: Mapping[str, Any]) -> Iterator[Problem]:
    if not isinstance(query, SqlQuery):
        return
    try:
        plan_sql(query, catalog, EVERYTHING, parameters=values)
    except NowboardError as error:
        yield Problem((*path, SQL), _sentence(error))


def _sentence(error: NowboardError) -> str:
    """The message with its place in the text, and the hint."""
    detail = error.detail or {}
    line, column, hint = (detail.get(name) for name in ("line", "column", "hint"))
    place = "" if line is None else f" It is in line {line}" + ("." if column is None else f", column {column}.")
    return with_hint(f"{error.message}{place}", hint)
