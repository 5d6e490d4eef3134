"""Saved queries that somebody asks by their id, without a widget."""

from __future__ import annotations

import msgspec

from nowboard.access.dashboards import query_key
from nowboard.access.queries import access_query_asked
from nowboard.dashboards.saved import read_saved
from nowboard.errors import BadQuery
from nowboard.hub.interface import Resolved, Wanted
from nowboard.model.principals import Principal
from nowboard.model.saved import SavedAsk
from nowboard.model.wire import Subscribe
from nowboard.records.database import Records
from nowboard.web.saved import SavedQueries


class NamedQueries:
    """Turns a request whose query names a saved one into its ask."""

    def __init__(self, records: Records, saved: SavedQueries) -> None:
        self._records = records
        self._saved = saved

    async def resolve(self, principal: Principal, request: Subscribe) -> Resolved:
        """What is asked; open viewers follow the saved query when it changes, unless they name a version.

        Raises `NotFound` for what does not exist for the principal, `Forbidden`, `BadParameter`, `BadQuery`.
        """
        wanted = _read(request.query)
        asked = await self._records.run(access_query_asked, principal, wanted.saved, wanted.version)
        ask = await self._saved.ask(
            principal,
            read_saved(asked.document),
            {**request.parameters, **wanted.parameters},
            filters=request.filters,
            window=request.window,
            timezone=request.timezone,
        )
        return Resolved((Wanted(ask),), stamps={query_key(asked.row.organisation, asked.row.id): asked.row.etag})


def _read(data: object) -> SavedAsk:
    try:
        return msgspec.convert(data, SavedAsk)
    except msgspec.ValidationError as error:
        raise BadQuery(f"the query does not fit: {error}", detail={"part": "query"}) from error
