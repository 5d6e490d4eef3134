"""Run a saved query, and ask which values its parameters take."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.access.queries import access_query
from nowboard.dashboards.saved import read_saved
from nowboard.errors import NotFound, QueryCancelled
from nowboard.model.engine import Engine
from nowboard.records.database import Records
from nowboard.web.answers import answer
from nowboard.web.gate import Gate
from nowboard.web.live_requests import unless_gone
from nowboard.web.metrics import Metrics
from nowboard.web.notes import Notes
from nowboard.web.openapi import described
from nowboard.web.options import PREFIX, WebOptions
from nowboard.web.reading import read_json
from nowboard.web.routes.queries import QueryAnswer, check_format, noted
from nowboard.web.saved import SavedQueries
from nowboard.web.values import AllowedValue, ParameterValues


class RunBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Values of parameters, and what a page would say besides. `format` is `json`, `csv` or `arrow`."""

    parameters: dict[str, Any] = {}
    filters: dict[str, Any] = {}
    window: dict[str, Any] | None = None
    timezone: str | None = None
    format: str = "json"


class AllowedList(msgspec.Struct, frozen=True):
    """The values that a parameter takes. `open` says that any value of its type is taken, so none are listed."""

    items: list[AllowedValue]
    open: bool = False


def run_routes(
    gate: Gate,
    records: Records,
    engine: Engine,
    saved: SavedQueries,
    values: ParameterValues,
    metrics: Metrics,
    notes: Notes,
    options: WebOptions,
) -> APIRouter:
    """`/queries/{id}/run` and `/queries/{id}/parameters/{name}/values`."""
    router = APIRouter(prefix=f"{PREFIX}/queries/{{query}}", tags=["Saved queries"])

    @router.post("/run", **described("Run a saved query", body=RunBody, answer=QueryAnswer))
    async def run(request: Request, query: str) -> Response:
        principal = await gate.principal(request)
        row = await records.run(access_query, principal, query)
        body = await read_json(request, RunBody, options.json_bytes)
        check_format(body.format)
        started = perf_counter()
        ask = await saved.ask(
            principal,
            read_saved(row.document),
            body.parameters,
            filters=body.filters,
            window=body.window,
            timezone=body.timezone,
        )
        result = await unless_gone(request, engine.query(ask))
        if result is None:
            raise QueryCancelled("nobody waits for this query any more")
        elapsed = perf_counter() - started
        metrics.query(elapsed)
        return await noted(notes, principal, ("query", query), result, body.format, elapsed)

    @router.get("/parameters/{name}/values", **described("The values that a parameter takes", answer=AllowedList))
    async def allowed(request: Request, query: str, name: str) -> Response:
        principal = await gate.principal(request)
        row = await records.run(access_query, principal, query)
        parameter = read_saved(row.document).parameter(name)
        if parameter is None:
            raise NotFound(f"saved query {query!r} has no parameter {name!r}", code="unknown_parameter")
        found = await values.of(principal, parameter)
        return answer(AllowedList(found or [], open=found is None))

    return router
