"""Ask once."""

from __future__ import annotations

from time import perf_counter
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.access.rules import require
from nowboard.errors import BadQuery, BadRequest, QueryCancelled
from nowboard.model.bounds import Name, Some
from nowboard.model.engine import Ask, Engine
from nowboard.model.frames import Column, Order, Result, Row
from nowboard.model.principals import Permission
from nowboard.model.queries import Query, SqlQuery, parse_query
from nowboard.web.answers import answer
from nowboard.web.direct import api_router
from nowboard.web.gate import Gate
from nowboard.web.live_requests import unless_gone
from nowboard.web.metrics import Metrics
from nowboard.web.openapi import described
from nowboard.web.options import WebOptions
from nowboard.web.reading import read_json
from nowboard.web.tabular import ARROW, CSV, to_arrow, to_csv


class QueryBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A query with its parameters and filters. `format` is `json`, `csv` or `arrow`."""

    query: dict[str, Any]
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


def query_routes(gate: Gate, engine: Engine, metrics: Metrics, options: WebOptions) -> APIRouter:
    """`/query`."""
    router = api_router("Queries")

    @router.post("/query", **described("Ask once", body=QueryBody, answer=QueryAnswer))
    async def ask(request: Request) -> Response:
        principal = await gate.principal(request, Permission.READ)
        body = await read_json(request, QueryBody, options.json_bytes)
        if body.format not in ("json", "csv", "arrow"):
            raise BadRequest("`format` is json, csv or arrow", code="bad_body", detail={"part": "format"})
        query = _parse(body)
        if isinstance(query, SqlQuery):
            require(principal, Permission.QUERY_SQL)
        started = perf_counter()
        asked = engine.query(Ask(query, principal.scope, body.params, body.filters))
        result = await unless_gone(request, asked)
        if result is None:
            raise QueryCancelled("nobody waits for this query any more")
        elapsed = perf_counter() - started
        metrics.query(elapsed)
        return _answer(result, body.format, elapsed)

    return router


def _parse(body: QueryBody) -> Query:
    try:
        query = parse_query(body.query)
    except msgspec.ValidationError as error:
        raise BadQuery(f"the query does not fit: {error}", detail={"part": "query"}) from error
    if body.timezone is None or query.timezone is not None:
        return query
    return msgspec.structs.replace(query, timezone=body.timezone)


def _answer(result: Result, form: str, elapsed: float) -> Response:
    if form == "csv":
        return Response(to_csv(result), media_type=CSV)
    if form == "arrow":
        return Response(to_arrow(result), media_type=ARROW)
    members = {name: getattr(result, name) for name in result.__struct_fields__}
    return answer(QueryAnswer(**members, elapsed_ms=round(elapsed * 1000, 3)))
