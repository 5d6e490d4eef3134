"""Around a dashboard's document: who sees it, the trash, copies."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.access.dashboards import access_newest
from nowboard.access.drafts import access_restoring, access_settings, access_trashing
from nowboard.clock import Clock
from nowboard.model.dashboards import Dashboard
from nowboard.model.principals import Permission
from nowboard.records.database import Records
from nowboard.web.answers import answer, nothing
from nowboard.web.documents import DashboardItem, item_of, tagged
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.options import PREFIX, WebOptions
from nowboard.web.reading import read_json
from nowboard.web.writing import Writing


class DashboardSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who sees a dashboard (`organisation` or `private`), and whose it is (the id of a user)."""

    visibility: str | None = None
    owner: str | None = None


class Copy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Id and title of a copy; made from the title of the original where left out."""

    id: str | None = None
    title: str | None = None


def settings_routes(gate: Gate, records: Records, writing: Writing, clock: Clock, options: WebOptions) -> APIRouter:
    """`PATCH` and `DELETE` of `/dashboards/{id}`, `/restore` and `/duplicate`."""
    router = APIRouter(prefix=f"{PREFIX}/dashboards/{{dashboard}}", tags=["Dashboards"])

    @router.patch(
        "", **described("Who sees a dashboard, and whose it is", body=DashboardSettings, answer=DashboardItem)
    )
    async def settings(request: Request, dashboard: str) -> Response:
        principal = await gate.principal(request)
        wanted = await read_json(request, DashboardSettings, options.json_bytes)
        head, level = await records.run(
            access_settings, principal, dashboard, now=clock.now(), visibility=wanted.visibility, owner=wanted.owner
        )
        writing.changed()
        return answer(item_of(head, level))

    @router.delete("", **described("Put a dashboard in the trash, or remove it for good", status=204))
    async def remove(request: Request, dashboard: str, forever: bool = False) -> Response:
        principal = await gate.principal(request)
        await records.run(access_trashing, principal, dashboard, clock.now(), forever=forever)
        writing.changed()
        return nothing()

    @router.post("/restore", **described("Take a dashboard out of the trash", answer=DashboardItem))
    async def restore(request: Request, dashboard: str) -> Response:
        principal = await gate.principal(request)
        head, level = await records.run(access_restoring, principal, dashboard, clock.now())
        writing.changed()
        return answer(item_of(head, level))

    @router.post(
        "/duplicate", **described("Copy a dashboard as a draft of your own", body=Copy, answer=Dashboard, status=201)
    )
    async def duplicate(request: Request, dashboard: str) -> Response:
        principal = await gate.principal(request, Permission.EDIT)
        wanted = await read_json(request, Copy, options.json_bytes)
        shown = await records.run(access_newest, principal, dashboard, clock.now())
        document = {**shown.document, "title": wanted.title or f"{shown.document['title']} (copy)"}
        if wanted.id is not None:
            document["id"] = wanted.id
            row = await writing.create(principal, document, visibility=shown.head.visibility, via="duplicate")
        else:
            row = await writing.create_titled(principal, document, visibility=shown.head.visibility, via="duplicate")
        return tagged(row.document, row.etag, status=201)

    return router
