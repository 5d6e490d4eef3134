"""Saved queries where they are used: checked for a widget, and turned into what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from nowboard.dashboards.parameters import BadParameter, checked_value, values_for
from nowboard.dashboards.problems import Path, Problem, convert
from nowboard.errors import NotFound
from nowboard.model.queries import MetricQuery, Parameter, Query, parse_query
from nowboard.model.saved import SavedQuery, SavedUse


def check_use(
    data: Any, path: Path, saved: Mapping[str, SavedQuery] | None
) -> tuple[tuple[Problem, ...], frozenset[str] | None]:
    """What is wrong where a saved query is named, and the columns of its result.

    Without `saved` only the shape is looked at, and the columns are None; so they are where nobody has found them yet.
    """
    problems: list[Problem] = []
    use = convert(data, SavedUse, path, problems)
    if use is None or saved is None:
        return tuple(problems), None
    query = saved.get(use.saved)
    if query is None:
        message = f"There is no saved query {use.saved!r}. Save it under this id first, or apply the pack that has it."
        return (Problem((*path, "saved"), message),), None
    for name, value in use.parameters.items():
        here = (*path, "parameters", name)
        parameter = query.parameter(name)
        if parameter is None:
            known = ", ".join(each.name for each in query.parameters) or "none"
            problems.append(Problem(here, f"The saved query has no parameter {name!r}; it has {known}."))
            continue
        try:
            if value is not None:
                checked_value(parameter, value)
        except BadParameter as error:
            problems.append(Problem(here, f"{error.message}."))
    problems.extend(
        Problem((*path, "parameters"), f"The parameter {parameter.name!r} is needed.")
        for parameter in query.parameters
        if parameter.required and parameter.default is None and use.parameters.get(parameter.name) is None
    )
    return tuple(problems), frozenset(column.name for column in query.columns) or None


def expand(use: SavedUse, saved: Mapping[str, SavedQuery], chosen: Mapping[str, Any]) -> tuple[Query, dict[str, Any]]:
    """The query that a use stands for, and the values of its parameters.

    What the viewer chose counts for parameters that the use does not set. Raises `NotFound`, `BadParameter`.
    """
    query = saved.get(use.saved)
    if query is None:
        raise NotFound(f"there is no saved query {use.saved!r}", code="unknown_query")
    mine = {name: value for name, value in chosen.items() if query.parameter(name) is not None}
    return asked(query), values_for(query, {**mine, **use.parameters})


def asked(query: SavedQuery) -> Query:
    """The query to ask, with its parameters declared where it is SQL."""
    parsed = parse_query(query.query)
    if isinstance(parsed, MetricQuery):
        return parsed
    declared = tuple(Parameter(parameter.name, parameter.type) for parameter in query.parameters)
    return msgspec.structs.replace(parsed, parameters=declared)
