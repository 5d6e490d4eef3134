"""From what a client subscribes to, to the asks that the hub opens: rights, dashboards, filters, windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from nowboard.access.locks import confine
from nowboard.dashboards.asks import asks_of
from nowboard.dashboards.parameters import BadParameter
from nowboard.errors import BadDocument, BadQuery, BadRequest, Forbidden, NotFound, NowboardError
from nowboard.hub.interface import Resolved, Wanted
from nowboard.model.dashboards import Dashboard, Widget
from nowboard.model.engine import Ask
from nowboard.model.principals import Permission, Principal
from nowboard.model.queries import MetricQuery, Query, SqlQuery, Window, parse_query
from nowboard.model.saved import SavedQuery, is_use
from nowboard.model.wire import Subscribe
from nowboard.query.zones import load_zone
from nowboard.web.stored import Readable


class Dashboards(Protocol):
    """Hands out documents to principals."""

    async def readable(self, principal: Principal, dashboard_id: str, *, draft: bool = False) -> Readable:
        """The dashboard, if `principal` may see it. Raises `NotFound` or `Forbidden`."""
        ...


class Values(Protocol):
    """Knows which values of parameters are allowed."""

    async def check(self, principal: Principal, query: SavedQuery, given: Mapping[str, Any]) -> None:
        """Raises `BadParameter` for a value that is not."""
        ...


class Named(Protocol):
    """Knows saved queries by their ids."""

    async def resolve(self, principal: Principal, request: Subscribe) -> Resolved:
        """What a request asks whose query names a saved one. Raises `NotFound`, `Forbidden`, `BadRequest`."""
        ...


class Subscriptions:
    """The hub's `Resolver` over stored dashboards, saved queries and queries of the client's own."""

    def __init__(self, dashboards: Dashboards, values: Values, named: Named) -> None:
        self._dashboards = dashboards
        self._values = values
        self._named = named

    async def resolve(self, principal: Principal, request: Subscribe) -> Resolved:
        """See `nowboard.hub.interface.Resolver`."""
        if (request.query is None) == (request.dashboard is None):
            raise BadRequest("Subscribe to either a dashboard or a query.")
        if not principal.may(Permission.READ):
            raise Forbidden("This needs the permission 'read'.")
        if request.timezone is not None:
            load_zone(request.timezone)  # one that does not exist would fail in every widget
        if request.dashboard is None:
            require_own_query(principal)
            if is_use(request.query):
                return await self._named.resolve(principal, request)
            return Resolved((Wanted(_ask_of_query(principal, request)),))
        readable = await self._dashboards.readable(principal, request.dashboard, draft=request.draft)
        dashboard = readable.dashboard
        if principal.guest is not None:
            confined, request = confine(principal.guest, dashboard, readable.saved, request)
            dashboard = confined.dashboard
            readable = msgspec.structs.replace(readable, dashboard=dashboard, saved=confined.saved)
        await self._check_values(principal, readable, request)
        widgets = _shown(dashboard, request.widget)
        wanted = [each for widget in widgets for each in _wanted(principal, readable, widget, request)]
        return Resolved(tuple(wanted), readable.version, readable.stamps, readable.notice)

    async def _check_values(self, principal: Principal, readable: Readable, request: Subscribe) -> None:
        """What the viewer chose must be allowed for every saved query that takes it."""
        if not request.parameters:
            return
        try:
            for query in readable.saved.values():
                await self._values.check(principal, query, request.parameters)
        except NowboardError as error:
            raise untold(error, principal) from error


def _shown(dashboard: Dashboard, widget_id: str | None) -> Sequence[Widget]:
    if widget_id is None:
        return dashboard.widgets
    found = dashboard.widget(widget_id)
    if found is None:
        raise NotFound(f"Dashboard {dashboard.id!r} has no widget {widget_id!r}.", code="unknown_widget")
    return (found,)


def _wanted(principal: Principal, readable: Readable, widget: Widget, request: Subscribe) -> list[Wanted]:
    try:
        asks = asks_of(
            readable.dashboard,
            scope=principal.scope,
            widget=widget.id,
            filters=request.filters,
            window=request.window,
            timezone=request.timezone,
            parameters=request.parameters,
            saved=readable.saved,
        )
    except NowboardError as error:
        if isinstance(error, BadRequest) and _about_request(error):
            raise
        return [Wanted(widget=widget.id, error=untold(error, principal))]
    return [Wanted(each.ask, widget=each.widget, part=each.part, pace=each.pace) for each in asks]


def require_own_query(principal: Principal) -> None:
    """Raise `Forbidden` for who comes by a share: only stored widgets are answered."""
    if principal.guest is not None:
        raise Forbidden("a share answers the widgets of its dashboard and no other query", code="guest")


def untold(error: NowboardError, principal: Principal) -> NowboardError:
    """What `principal` may learn of an error: to a guest, nothing of how the query is written and what it allows."""
    if principal.guest is None or not isinstance(error, BadQuery | BadDocument | BadParameter):
        return error
    return type(error)("this widget cannot be shown", code=error.code)


def _about_request(error: BadRequest) -> bool:
    """Whether the client's own choice is at fault, so that every widget would fail alike."""
    return bool(error.detail) and (error.detail or {}).get("part") == "window"


def _ask_of_query(principal: Principal, request: Subscribe) -> Ask:
    query = _parse(request.query)
    if isinstance(query, SqlQuery) and not principal.may(Permission.QUERY_SQL):
        raise Forbidden("This needs the permission 'query:sql'.")
    zone = query.timezone or request.timezone
    query = msgspec.structs.replace(query, timezone=zone)
    if isinstance(query, MetricQuery) and query.window is None and request.window is not None:
        query = msgspec.structs.replace(query, window=_window(request.window))
    return Ask(query, principal.scope, parameters=request.parameters, filters=request.filters)


def _parse(data: Any) -> Query:
    try:
        return parse_query(data)
    except msgspec.ValidationError as error:
        raise BadQuery(f"The query is not valid: {error}.") from error


def _window(data: Any) -> Window:
    try:
        return msgspec.convert(data, Window)
    except msgspec.ValidationError as error:
        raise BadRequest(f"The window is not valid: {error}.", detail={"part": "window"}) from error
