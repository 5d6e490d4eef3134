"""Saved queries as services of the routes: found valid, run, with their allowed values."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

from nowboard.access.rules import require
from nowboard.dashboards.asks import complete
from nowboard.dashboards.parameters import values_for
from nowboard.dashboards.probing import with_columns
from nowboard.dashboards.saved import validate_saved
from nowboard.dashboards.uses import asked
from nowboard.errors import BadRequest
from nowboard.model.engine import Ask, Engine
from nowboard.model.principals import Permission, Principal
from nowboard.model.queries import MetricQuery, SqlQuery, Window, parse_query
from nowboard.model.saved import AllowedValues, SavedQuery
from nowboard.model.visible import visible_catalog
from nowboard.web.values import ParameterValues

_EVERY_EVENT = Window(all=True)


class SavedQueries:
    """Validates and runs saved queries in the scope of a principal."""

    def __init__(self, engine: Engine, values: ParameterValues) -> None:
        self._engine = engine
        self._values = values

    async def valid(self, principal: Principal, document: Mapping[str, Any]) -> SavedQuery:
        """The saved query with its columns. Raises `BadDocument`, `BadQuery`, `Forbidden`."""
        query = await asyncio.to_thread(
            validate_saved, document, visible_catalog(self._engine.catalog, principal.scope)
        )
        for parameter in query.parameters:
            if isinstance(parameter.allowed, AllowedValues):
                if isinstance(parse_query(parameter.allowed.query), SqlQuery):
                    require(principal, Permission.QUERY_SQL)
                await self._values.of(principal, parameter)
        if isinstance(parse_query(query.query), SqlQuery):
            require(principal, Permission.QUERY_SQL)
        return await with_columns(query, self._engine, principal.scope)

    async def ask(
        self,
        principal: Principal,
        query: SavedQuery,
        parameters: Mapping[str, Any],
        *,
        filters: Mapping[str, Any],
        window: Mapping[str, Any] | None,
        timezone: str | None,
    ) -> Ask:
        """What to ask for a run. Raises `BadParameter`, `BadRequest`."""
        values = values_for(query, parameters)
        await self._values.check(principal, query, parameters)
        wanted = asked(query)
        if isinstance(wanted, MetricQuery):
            wanted = complete(wanted, _EVERY_EVENT if window is None else _window(window), timezone)
        else:
            wanted = msgspec.structs.replace(wanted, timezone=wanted.timezone or timezone)
        return Ask(wanted, principal.scope, values, filters)


def _window(window: Mapping[str, Any]) -> Window:
    try:
        return msgspec.convert(window, Window)
    except msgspec.ValidationError as error:
        raise BadRequest(f"the window is not valid: {error}", detail={"part": "window"}) from error
