"""A resolver over a dictionary of dashboards, for tests of the hub alone."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from nowboard.errors import BadQuery, NotFound
from nowboard.hub.interface import Resolved, Wanted
from nowboard.model.engine import Ask
from nowboard.model.principals import Principal
from nowboard.model.queries import parse_query
from nowboard.model.wire import Notice, Subscribe


class DictResolver:
    """`boards` maps a dashboard to its widgets, and those to their queries as JSON data."""

    def __init__(self, boards: Mapping[str, Mapping[str, object]] | None = None) -> None:
        self.boards = dict(boards or {})
        self.versions: dict[str, int] = {}

    async def resolve(self, principal: Principal, request: Subscribe) -> Resolved:
        if request.query is not None:
            return Resolved((self._wanted(principal, request, None, request.query),))
        board = self.boards.get(request.dashboard or "")
        if board is None:
            raise NotFound(f"There is no dashboard {request.dashboard!r}.")
        wanted = tuple(self._wanted(principal, request, name, query) for name, query in board.items())
        version = self.versions.get(request.dashboard or "", 1)
        notice = Notice("published", data={"dashboard": request.dashboard, "version": version})
        return Resolved(wanted, version, {f"dashboard {request.dashboard}": str(version)}, notice)

    def _wanted(self, principal: Principal, request: Subscribe, widget: str | None, data: object) -> Wanted:
        try:
            query = parse_query(data)
        except msgspec.ValidationError as error:
            return Wanted(widget=widget, error=BadQuery(str(error)))
        return Wanted(Ask(query, principal.scope, filters=request.filters), widget)
