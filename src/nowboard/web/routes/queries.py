"""Ask once."""

from __future__ import annotations

from time import perf_counter
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.access.locks import read_window
from nowboard.access.rules import require
from nowboard.errors import BadQuery, BadRequest, NotFound, NowboardError, QueryCancelled
from nowboard.hub.interface import Resolver
from nowboard.model.bounds import Name, Some
from nowboard.model.engine import Ask, Engine
from nowboard.model.frames import Column, Order, Result, Row
from nowboard.model.principals import Permission, Principal
from nowboard.model.queries import MetricQuery, Query, SqlQuery, parse_query
from nowboard.model.saved import is_use
from nowboard.model.wire import Subscribe
from nowboard.web.answers import answer
from nowboard.web.direct import api_router
from nowboard.web.gate import Gate
from nowboard.web.live_requests import unless_gone
from nowboard.web.metrics import Metrics
from nowboard.web.notes import Notes
from nowboard.web.openapi import described
from nowboard.web.options import WebOptions
from nowboard.web.reading import read_json
from nowboard.web.subscriptions import require_own_query, untold
from nowboard.web.tabular import ARROW, CSV, to_arrow, to_csv


class QueryBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A query with its parameters and filters, or a stored widget: `dashboard`, `widget`, and `part` for one of its
    parts. The query may be a saved one: `{"saved": its id, "version"?: number}`. `window` is for queries without a
    window of their own. `format` is `json`, `csv` or `arrow`."""

    query: dict[str, Any] | None = None
    dashboard: Name | None = None
    widget: Name | None = None
    part: Name | None = None
    window: dict[str, Any] | None = None
    params: Annotated[dict[str, Any], Some] = {}
    filters: Annotated[dict[str, Any], Some] = {}
    timezone: Name | None = None
    format: Name = "json"


class QueryAnswer(msgspec.Struct, frozen=True):
    """A frame. See the protocol for how values are written."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    key: tuple[str, ...]
    order: tuple[Order, ...]
    limit: int | None
    epoch: str
    offset: int
    as_of: int
    window: tuple[int | None, int | None] | None
    grain: str | None
    timezone: str | None
    mode: str
    approximate: tuple[str, ...]
    truncated: bool
    elapsed_ms: float


def query_routes(
    gate: Gate, engine: Engine, resolver: Resolver, metrics: Metrics, notes: Notes, options: WebOptions
) -> APIRouter:
    """`/query`."""
    router = api_router("Queries")

    @router.post("/query", **described("Ask once", body=QueryBody, answer=QueryAnswer))
    async def ask(request: Request) -> Response:
        principal = await gate.principal(request, Permission.READ, guests=True)
        body = await read_json(request, QueryBody, options.json_bytes)
        check_format(body.format)
        wanted = await _wanted(principal, body, resolver)
        started = perf_counter()
        try:
            result = await unless_gone(request, engine.query(wanted))
        except NowboardError as error:
            raise untold(error, principal) from error
        if result is None:
            raise QueryCancelled("nobody waits for this query any more")
        elapsed = perf_counter() - started
        metrics.query(elapsed)
        return await noted(notes, principal, _source(body), result, body.format, elapsed)

    return router


async def _wanted(principal: Principal, body: QueryBody, resolver: Resolver) -> Ask:
    """The ask of a stored widget, or of a query of the caller's own."""
    if (body.query is None) == (body.dashboard is None or body.widget is None):
        raise BadRequest("send either `query`, or `dashboard` and `widget`", code="bad_body")
    if body.query is None:
        return await _stored(principal, body, resolver)
    if is_use(body.query):
        return await _named(principal, body, resolver)
    require_own_query(principal)
    query = _parse(body, body.query)
    if isinstance(query, SqlQuery):
        require(principal, Permission.QUERY_SQL)
    return Ask(query, principal.scope, body.params, body.filters)


async def _stored(principal: Principal, body: QueryBody, resolver: Resolver) -> Ask:
    request = Subscribe(
        "", body.dashboard, body.widget, parameters=body.params, filters=body.filters, window=body.window,
        timezone=body.timezone,
    )  # fmt: skip
    for wanted in (await resolver.resolve(principal, request)).wanted:
        if wanted.error is not None:
            raise wanted.error
        if wanted.ask is not None and wanted.part == body.part:
            return wanted.ask
    raise NotFound(f"widget {body.widget!r} has no such query", code="unknown_widget")


async def _named(principal: Principal, body: QueryBody, resolver: Resolver) -> Ask:
    request = Subscribe(
        "", query=body.query, parameters=body.params, filters=body.filters, window=body.window, timezone=body.timezone
    )
    (wanted,) = (await resolver.resolve(principal, request)).wanted
    if wanted.ask is None:
        raise wanted.error or NotFound("there is nothing to ask", code="unknown_query")
    return wanted.ask


def _parse(body: QueryBody, data: dict[str, Any]) -> Query:
    try:
        query = parse_query(data)
    except msgspec.ValidationError as error:
        raise BadQuery(f"the query does not fit: {error}", detail={"part": "query"}) from error
    if isinstance(query, MetricQuery) and query.window is None and body.window is not None:
        query = msgspec.structs.replace(query, window=read_window(body.window))
    if body.timezone is None or query.timezone is not None:
        return query
    return msgspec.structs.replace(query, timezone=body.timezone)


def check_format(form: str) -> None:
    """Raise `BadRequest` for what no result can be answered as."""
    if form not in ("json", "csv", "arrow"):
        raise BadRequest("`format` is json, csv or arrow", code="bad_body", detail={"part": "format"})


async def noted(
    notes: Notes, principal: Principal, source: tuple[str, str], result: Result, form: str, elapsed: float
) -> Response:
    """The answer as `answer_as` has it; rows that leave as a file are noted with kind and name of what was asked."""
    shown = answer_as(result, form, elapsed)
    if form != "json":
        detail = {"format": form, "rows": len(result.rows), "bytes": len(shown.body)}
        await notes.add(principal, "query.export", *source, detail)
    return shown


def _source(body: QueryBody) -> tuple[str, str]:
    """Kind and name of what was asked, for the audit log; never the text of a query, which may hold values."""
    query = body.query or {}
    if "saved" in query:
        return "query", str(query["saved"])
    if "stream" in query:
        return "stream", str(query["stream"])
    return ("dashboard", f"{body.dashboard}/{body.widget}") if body.dashboard else ("query", "sql")


def answer_as(result: Result, form: str, elapsed: float) -> Response:
    """A result as JSON, CSV or Arrow; `elapsed` is in seconds."""
    if form == "csv":
        return Response(to_csv(result), media_type=CSV)
    if form == "arrow":
        return Response(to_arrow(result), media_type=ARROW)
    members = {name: getattr(result, name) for name in result.__struct_fields__}
    return answer(QueryAnswer(**members, elapsed_ms=round(elapsed * 1000, 3)))
