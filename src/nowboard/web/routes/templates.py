"""Templates of dashboards and of single widgets."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response

from nowboard.access.dashboards import access_newest
from nowboard.access.templates import (
    access_template,
    access_template_change,
    access_template_creation,
    access_template_removal,
    access_templates,
)
from nowboard.clock import Clock
from nowboard.dashboards.ids import id_from
from nowboard.dashboards.templates import DASHBOARD, WIDGET, template_document
from nowboard.errors import BadRequest
from nowboard.model.principals import Permission, Principal
from nowboard.records.database import Records
from nowboard.records.templates import TemplateRow
from nowboard.web.answers import answer, nothing
from nowboard.web.documents import IF_MATCH, etag_in, find_widget, milliseconds, tagged
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.options import PREFIX, WebOptions
from nowboard.web.paging import Page
from nowboard.web.reading import read_json

MOST: Final = 500


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a template is made from: a dashboard, or one widget of it."""

    dashboard: str
    widget: str | None = None


class TemplateBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A template: its `document`, or `source` to take it from. `kind` is `dashboard` or `widget`."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
    id: str | None = None
    kind: str = DASHBOARD
    description: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    document: dict[str, Any] | None = None
    source: Source | None = None


class Template(msgspec.Struct, frozen=True):
    """A template as it is kept; instants are in milliseconds."""

    id: str
    kind: str
    title: str
    description: str
    document: dict[str, Any]
    owner: str
    updated_at: int
    updated_by: str


class TemplateList(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of the templates by title; `next` is what `after` takes for the next one."""

    items: list[Template]
    next: str | None = None


def template_routes(gate: Gate, records: Records, clock: Clock, options: WebOptions) -> APIRouter:
    """`/templates`."""
    router = APIRouter(prefix=PREFIX, tags=["Templates"])

    @router.get("/templates", **described("All templates", answer=TemplateList))
    async def every(
        request: Request, limit: Annotated[int, Query(ge=1, le=MOST)] = MOST, after: str | None = None
    ) -> Response:
        rows = await records.run(access_templates, await gate.principal(request))
        rows.sort(key=_key)
        cut = Page(limit, after).cut(rows, _key)
        return answer(TemplateList([_template(row) for row in cut.items], cut.next))

    @router.post("/templates", **described("Make a template", body=TemplateBody, answer=Template, status=201))
    async def create(request: Request) -> Response:
        principal = await gate.principal(request, Permission.EDIT)
        body = await read_json(request, TemplateBody, options.json_bytes)
        name = body.id or id_from(body.title)
        kind, document = await read_source(principal, body)
        row = await records.run(
            access_template_creation,
            principal,
            template_id=name,
            kind=kind,
            title=body.title,
            description=body.description,
            document=template_document(kind, name, body.title, document),
            now=clock.now(),
        )
        return tagged(_template(row), row.etag, status=201)

    async def read_source(principal: Principal, body: TemplateBody) -> tuple[str, dict[str, Any]]:
        if (body.document is None) == (body.source is None):
            raise BadRequest("a template has a `document`, or a `source` to take it from", code="bad_body")
        if body.source is None:
            return body.kind, body.document or {}
        shown = await records.run(access_newest, principal, body.source.dashboard, clock.now())
        if body.source.widget is None:
            return DASHBOARD, dict(shown.document)
        return WIDGET, find_widget(shown.document, body.source.widget)

    return router


def one_template_routes(gate: Gate, records: Records, clock: Clock, options: WebOptions) -> APIRouter:
    """`/templates/{id}`."""
    router = APIRouter(prefix=f"{PREFIX}/templates/{{template}}", tags=["Templates"])

    @router.get("", **described("One template", answer=Template))
    async def one(request: Request, template: str) -> Response:
        row = await records.run(access_template, await gate.principal(request), template)
        return tagged(_template(row), row.etag)

    @router.put("", **described("Change a template", body=TemplateBody, answer=Template, headers=IF_MATCH))
    async def put(request: Request, template: str) -> Response:
        principal = await gate.principal(request, Permission.EDIT)
        body = await read_json(request, TemplateBody, options.json_bytes)
        before = await records.run(access_template, principal, template)
        if body.document is None or (body.id or template) != template:
            raise BadRequest("send the whole `document`, under the id in the path", code="bad_body")
        row = await records.run(
            access_template_change,
            principal,
            template,
            etag=etag_in(request.headers.get("if-match")),
            title=body.title,
            description=body.description,
            document=template_document(before.kind, template, body.title, body.document),
            now=clock.now(),
        )
        return tagged(_template(row), row.etag)

    @router.delete("", **described("Remove a template", status=204, headers=IF_MATCH))
    async def remove(request: Request, template: str) -> Response:
        principal = await gate.principal(request)
        etag = etag_in(request.headers.get("if-match"))
        await records.run(access_template_removal, principal, template, etag=etag, now=clock.now())
        return nothing()

    return router


def _key(row: TemplateRow) -> str:
    return f"{row.title.casefold()}\n{row.id}"


def _template(row: TemplateRow) -> Template:
    return Template(
        id=row.id,
        kind=row.kind,
        title=row.title,
        description=row.description,
        document=dict(row.document),
        owner=row.owner,
        updated_at=milliseconds(row.updated_at),
        updated_by=row.updated_by,
    )
