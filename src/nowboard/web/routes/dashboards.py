"""Dashboards: list, create, read, change the draft."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response

from nowboard.access.dashboards import Search, access_dashboards, access_shown, sort_key
from nowboard.clock import Clock
from nowboard.dashboards.ids import id_from
from nowboard.model.dashboards import Dashboard
from nowboard.model.principals import Permission
from nowboard.records.dashboards import ORGANISATION
from nowboard.records.database import Records
from nowboard.web.answers import answer
from nowboard.web.documents import IF_MATCH, DashboardItem, etag_in, item_of, own_id, tagged
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.options import PREFIX, WebOptions
from nowboard.web.paging import Page
from nowboard.web.reading import read_object
from nowboard.web.writing import Writing

MOST: Final = 500
"""Dashboards on a page of the list."""


class DashboardList(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of the dashboards that are visible; `next` is what `after` takes for the next one."""

    items: list[DashboardItem]
    next: str | None = None


def dashboard_routes(gate: Gate, records: Records, writing: Writing, clock: Clock, options: WebOptions) -> APIRouter:
    """`/dashboards`."""
    router = APIRouter(prefix=PREFIX, tags=["Dashboards"])

    @router.get("/dashboards", **described("The dashboards that you may see", answer=DashboardList))
    async def every(
        request: Request,
        q: str = "",
        tag: str | None = None,
        owner: str | None = None,
        trash: bool = False,
        limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
        after: str | None = None,
    ) -> Response:
        principal = await gate.principal(request)
        found = await records.run(access_dashboards, principal, Search(q, tag, owner, trash), clock.now())
        cut = Page(limit, after).cut(found, sort_key)
        return answer(DashboardList([item_of(each.head, each.level) for each in cut.items], cut.next))

    @router.post(
        "/dashboards",
        **described("Create a dashboard", body=Dashboard, answer=Dashboard, status=201, filled=("id",)),
    )
    async def create(request: Request, visibility: str = ORGANISATION, publish: bool = False) -> Response:
        principal = await gate.principal(request, Permission.EDIT)
        document = await read_object(request, options.json_bytes)
        if "id" not in document and isinstance(document.get("title"), str):
            document["id"] = id_from(document["title"])
        row = await writing.create(principal, document, visibility=visibility, publish=publish)
        return tagged(row.document, row.etag, status=201)

    @router.get("/dashboards/{dashboard}", **described("One dashboard", answer=Dashboard))
    async def one(request: Request, dashboard: str, draft: bool = False) -> Response:
        principal = await gate.principal(request)
        shown = await records.run(access_shown, principal, dashboard, clock.now(), draft=draft)
        headers = {"Nowboard-Level": shown.level.name.lower()}
        if shown.number is not None:
            headers["Nowboard-Version"] = str(shown.number)
        return tagged(shown.document, shown.etag, headers=headers)

    @router.put(
        "/dashboards/{dashboard}",
        **described(
            "Write the draft of a dashboard", body=Dashboard, answer=Dashboard, headers=IF_MATCH, filled=("id",)
        ),
    )
    async def put(request: Request, dashboard: str, publish: bool = False, visibility: str | None = None) -> Response:
        principal = await gate.principal(request, Permission.EDIT)
        document = own_id(await read_object(request, options.json_bytes), dashboard)
        etag = etag_in(request.headers.get("if-match"))
        row, _ = await writing.put(principal, document, etag, publish=publish, visibility=visibility)
        return tagged(row.document, row.etag)

    return router
