"""The columns of a saved query's result."""

from __future__ import annotations

import msgspec

from nowboard.dashboards.saved import probe_values
from nowboard.dashboards.uses import asked
from nowboard.model.engine import Ask, Engine
from nowboard.model.queries import MetricQuery
from nowboard.model.saved import SavedColumn, SavedQuery
from nowboard.model.scopes import Scope


async def with_columns(query: SavedQuery, engine: Engine, scope: Scope) -> SavedQuery:
    """A valid saved query with its columns: those of SQL are found by running it for one row. Raises `BadQuery`."""
    probe = asked(query)
    if isinstance(probe, MetricQuery):
        return query
    result = await engine.query(Ask(msgspec.structs.replace(probe, limit=1), scope, probe_values(query)))
    columns = tuple(SavedColumn(column.name, column.type) for column in result.columns)
    return msgspec.structs.replace(query, columns=columns)
