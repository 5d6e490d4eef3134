"""The widgets of a dashboard, one by one. Changes go to the draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.access.dashboards import access_shown
from nowboard.access.drafts import access_base
from nowboard.access.lost_widgets import access_lost_widget
from nowboard.clock import Clock
from nowboard.dashboards.ids import id_from
from nowboard.dashboards.places import placed, put_back
from nowboard.errors import Conflict
from nowboard.model.dashboards import Widget
from nowboard.model.principals import Permission, Principal
from nowboard.records.database import Records
from nowboard.web.documents import IF_MATCH, etag_in, find_widget, own_id, tagged
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.options import PREFIX, WebOptions
from nowboard.web.reading import read_object
from nowboard.web.writing import Writing


class WidgetList(msgspec.Struct, frozen=True):
    """The widgets of a dashboard, in the order of the document."""

    items: list[Widget]


class _Drafts:
    """Reads and writes drafts for the routes."""

    def __init__(self, records: Records, writing: Writing, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        self.change = writing.change

    async def put_in(
        self,
        principal: Principal,
        document: Mapping[str, Any],
        widget: Mapping[str, Any],
        etag: str | None,
        status: int = 200,
    ) -> Response:
        """Add a widget that the draft does not have. Raises `Conflict` when it does."""
        widgets = list(document.get("widgets", ()))
        if any(each["id"] == widget["id"] for each in widgets):
            raise Conflict(f"there is a widget {widget['id']!r} already; choose another id", code="id_taken")
        row = await self.change(principal, {**document, "widgets": [*widgets, widget]}, etag)
        return tagged(find_widget(row.document, widget["id"]), row.etag, status=status)

    async def made_from(
        self, request: Request, principal: Principal, dashboard: str
    ) -> tuple[Mapping[str, Any], str | None]:
        """The draft that the caller knows. If it is not the newest, writing refuses it with both sides."""
        etag = etag_in(request.headers.get("if-match"))
        return await self._records.run(access_base, principal, dashboard, etag, self._clock.now()), etag

    async def lost(self, principal: Principal, dashboard: str, widget: str) -> Mapping[str, Any]:
        """A widget that an earlier draft or a version has."""
        return await self._records.run(access_lost_widget, principal, dashboard, widget, self._clock.now())


def widget_routes(gate: Gate, records: Records, writing: Writing, clock: Clock, options: WebOptions) -> APIRouter:
    """`/dashboards/{id}/widgets`."""
    router = APIRouter(prefix=f"{PREFIX}/dashboards/{{dashboard}}/widgets", tags=["Widgets"])

    @router.get("", **described("The widgets of a dashboard", answer=WidgetList))
    async def every(request: Request, dashboard: str, draft: bool = False) -> Response:
        principal = await gate.principal(request)
        shown = await records.run(access_shown, principal, dashboard, clock.now(), draft=draft)
        return tagged({"items": shown.document.get("widgets", [])}, shown.etag)

    @router.get("/{widget}", **described("One widget", answer=Widget))
    async def one(request: Request, dashboard: str, widget: str, draft: bool = False) -> Response:
        principal = await gate.principal(request)
        shown = await records.run(access_shown, principal, dashboard, clock.now(), draft=draft)
        return tagged(find_widget(shown.document, widget), shown.etag)

    _change_routes(router, gate, _Drafts(records, writing, clock), options)
    return router


def _change_routes(router: APIRouter, gate: Gate, drafts: _Drafts, options: WebOptions) -> None:
    @router.post(
        "",
        **described("Add a widget", body=Widget, answer=Widget, status=201, headers=IF_MATCH, filled=("id",)),
    )
    async def add(request: Request, dashboard: str) -> Response:
        principal = await gate.principal(request, Permission.EDIT)
        wanted = await read_object(request, options.json_bytes)
        document, etag = await drafts.made_from(request, principal, dashboard)
        taken = {each["id"] for each in document.get("widgets", ())}
        if "id" not in wanted:
            wanted["id"] = id_from(str(wanted.get("title") or wanted.get("kind")), taken)
        return await drafts.put_in(principal, document, placed(wanted, document.get("widgets", ())), etag, status=201)

    @router.post("/{widget}/restore", **described("Take a widget back", answer=Widget, headers=IF_MATCH))
    async def restore(request: Request, dashboard: str, widget: str) -> Response:
        principal = await gate.principal(request, Permission.EDIT)
        document, etag = await drafts.made_from(request, principal, dashboard)
        lost = await drafts.lost(principal, dashboard, widget)
        return await drafts.put_in(principal, document, put_back(lost, document.get("widgets", ())), etag)

    @router.put(
        "/{widget}",
        **described("Add or change a widget", body=Widget, answer=Widget, headers=IF_MATCH, filled=("id",)),
    )
    async def put(request: Request, dashboard: str, widget: str) -> Response:
        principal = await gate.principal(request, Permission.EDIT)
        wanted = own_id(await read_object(request, options.json_bytes), widget)
        document, etag = await drafts.made_from(request, principal, dashboard)
        widgets = list(document.get("widgets", ()))
        place = next((index for index, each in enumerate(widgets) if each["id"] == widget), None)
        if place is None:
            widgets.append(placed(wanted, widgets))
        else:
            widgets[place] = wanted
        row = await drafts.change(principal, {**document, "widgets": widgets}, etag)
        return tagged(find_widget(row.document, widget), row.etag)

    @router.delete("/{widget}", **described("Remove a widget", status=204, headers=IF_MATCH))
    async def remove(request: Request, dashboard: str, widget: str) -> Response:
        principal = await gate.principal(request, Permission.EDIT)
        document, etag = await drafts.made_from(request, principal, dashboard)
        gone = find_widget(document, widget)
        rest = [each for each in document["widgets"] if each is not gone]
        row = await drafts.change(principal, {**document, "widgets": rest}, etag)
        return Response(status_code=204, headers={"ETag": f'"{row.etag}"'})
