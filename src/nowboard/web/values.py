"""Allowed values of parameters, as a list or from a query that runs in the scope of whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from nowboard.dashboards.parameters import refuse_others
from nowboard.errors import BadDocument
from nowboard.model.engine import Ask, Engine
from nowboard.model.frames import Value
from nowboard.model.principals import Principal
from nowboard.model.queries import parse_query
from nowboard.model.saved import AllowedValues, SavedParameter, SavedQuery


class AllowedValue(msgspec.Struct, frozen=True):
    """A value that may be chosen, and what people read."""

    value: Value
    label: str


class ParameterValues:
    """Finds allowed values."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def of(self, principal: Principal, parameter: SavedParameter) -> list[AllowedValue] | None:
        """The allowed values as far as `principal` sees them; None when anything of the type is allowed."""
        allowed = parameter.allowed
        if allowed is None:
            return None
        if not isinstance(allowed, AllowedValues):
            return [AllowedValue(value, str(value)) for value in allowed]
        result = await self._engine.query(Ask(parse_query(allowed.query), principal.scope))
        names = [column.name for column in result.columns]
        for name in (allowed.column, allowed.label):
            if name is not None and name not in names:
                raise BadDocument(f"the query of allowed values has no column {name!r}", detail={"path": name})
        value = names.index(allowed.column) if allowed.column else 0
        label = names.index(allowed.label) if allowed.label else value
        return [AllowedValue(row[value], str(row[label])) for row in result.rows if row[value] is not None]

    async def check(self, principal: Principal, query: SavedQuery, given: Mapping[str, Any]) -> None:
        """Refuse values that a query does not allow; lists are checked elsewhere. Raises `BadParameter`."""
        for parameter in query.parameters:
            value = given.get(parameter.name)
            if value is not None and isinstance(parameter.allowed, AllowedValues):
                allowed = await self.of(principal, parameter)
                refuse_others(parameter, value, [each.value for each in allowed or ()])
