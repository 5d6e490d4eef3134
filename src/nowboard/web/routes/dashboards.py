"""Dashboards: list, read, publish, remove."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.access.dashboards import (
    access_dashboard,
    access_dashboard_change,
    access_dashboard_removal,
    access_dashboards,
)
from nowboard.access.rules import require
from nowboard.clock import MILLISECOND, Clock
from nowboard.dashboards.validate import to_document, validate
from nowboard.errors import BadRequest
from nowboard.model.dashboards import Dashboard
from nowboard.model.engine import Engine
from nowboard.model.principals import Permission
from nowboard.model.visible import visible_catalog
from nowboard.records.dashboards import DashboardRow
from nowboard.records.database import Records
from nowboard.web.answers import answer, nothing
from nowboard.web.direct import api_router
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.options import WebOptions
from nowboard.web.reading import read_object


class DashboardItem(msgspec.Struct, frozen=True):
    """A dashboard in the list; `widgets` counts them, `updated_at` is in milliseconds."""

    id: str
    title: str
    description: str | None
    tags: list[str]
    widgets: int
    updated_at: int


class DashboardList(msgspec.Struct, frozen=True):
    """The dashboards that are visible."""

    items: list[DashboardItem]


Published = Callable[[str, int, str], object]
"""Told of every stored dashboard: its id, version and organisation."""


def dashboard_routes(
    gate: Gate, records: Records, engine: Engine, clock: Clock, published: Published, options: WebOptions
) -> APIRouter:
    """`/dashboards`."""
    router = api_router("Dashboards")

    @router.get("/dashboards", **described("All dashboards", answer=DashboardList))
    async def every(request: Request) -> Response:
        rows = await records.run(access_dashboards, await gate.principal(request))
        return answer(DashboardList([_item(row) for row in rows]))

    @router.get("/dashboards/{dashboard}", **described("One dashboard", answer=Dashboard))
    async def one(request: Request, dashboard: str) -> Response:
        row = await records.run(access_dashboard, await gate.principal(request), dashboard)
        return _document(row)

    @router.put(
        "/dashboards/{dashboard}",
        **described(
            "Publish a dashboard",
            body=Dashboard,
            answer=Dashboard,
            headers={"If-Match": "The ETag that was read: refuse when somebody else changed it since."},
        ),
    )
    async def put(request: Request, dashboard: str) -> Response:
        principal = await gate.principal(request)
        require(principal, Permission.EDIT)
        document = await read_object(request, options.json_bytes)
        if document.setdefault("id", dashboard) != dashboard:
            raise BadRequest("the id in the body is another one than in the path", code="bad_body")
        # planning every query of a large document takes long enough to hold everybody else up
        catalog = visible_catalog(engine.catalog, principal.scope)
        wanted = to_document(await asyncio.to_thread(validate, document, catalog))
        etag = _etag(request.headers.get("if-match"))
        row = await records.run(access_dashboard_change, principal, wanted, now=clock.now(), etag=etag)
        published(row.id, row.version, row.organisation)
        return _document(row)

    @router.delete("/dashboards/{dashboard}", **described("Remove a dashboard", status=204))
    async def remove(request: Request, dashboard: str) -> Response:
        await records.run(access_dashboard_removal, await gate.principal(request), dashboard)
        return nothing()

    return router


def _item(row: DashboardRow) -> DashboardItem:
    document: Any = row.document
    return DashboardItem(
        id=row.id,
        title=row.title,
        description=document.get("description"),
        tags=list(row.tags),
        widgets=len(document.get("widgets", ())),
        updated_at=row.updated_at // MILLISECOND,
    )


def _document(row: DashboardRow) -> Response:
    return answer(row.document, headers={"ETag": f'"{row.etag}"'})


def _etag(header: str | None) -> str | None:
    return None if header is None or header.strip() == "*" else header.strip().removeprefix("W/").strip('"')
