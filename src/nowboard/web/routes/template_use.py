"""Begin from a template."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.access.drafts import access_base
from nowboard.access.templates import access_template
from nowboard.clock import Clock
from nowboard.dashboards.templates import DASHBOARD, with_streams, with_widget
from nowboard.errors import BadRequest
from nowboard.model.dashboards import Dashboard
from nowboard.model.principals import Permission
from nowboard.records.database import Records
from nowboard.web.documents import IF_MATCH, etag_in, tagged
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.options import PREFIX, WebOptions
from nowboard.web.reading import read_json
from nowboard.web.writing import Writing


class TemplateUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to make of a template: a dashboard with this `id` and `title`, or a `widget` in an existing `dashboard`.

    `streams` maps streams that the template reads to those that are read instead.
    """

    id: str | None = None
    title: str | None = None
    dashboard: str | None = None
    widget: str | None = None
    streams: dict[str, str] = {}


def template_use_routes(gate: Gate, records: Records, writing: Writing, clock: Clock, options: WebOptions) -> APIRouter:
    """`/templates/{id}/use`."""
    router = APIRouter(prefix=PREFIX, tags=["Templates"])

    @router.post(
        "/templates/{template}/use",
        **described("Make a draft from a template", body=TemplateUse, answer=Dashboard, status=201, headers=IF_MATCH),
    )
    async def use(request: Request, template: str) -> Response:
        principal = await gate.principal(request, Permission.EDIT)
        body = await read_json(request, TemplateUse, options.json_bytes)
        row = await records.run(access_template, principal, template)
        via = f"template {row.id}"
        if row.kind == DASHBOARD:
            document = with_streams({**row.document, "title": body.title or row.title}, body.streams)
            if body.id is None:
                made = await writing.create_titled(principal, document, via=via)
            else:
                made = await writing.create(principal, {**document, "id": body.id}, via=via)
            return tagged(made.document, made.etag, status=201)
        if body.dashboard is None:
            raise BadRequest("name the `dashboard` that gets the widget", code="bad_body")
        etag = etag_in(request.headers.get("if-match"))
        base = await records.run(access_base, principal, body.dashboard, etag, clock.now())
        widget = {**row.document, **({"title": body.title} if body.title else {})}
        moved = with_streams({"widgets": [widget]}, body.streams)["widgets"][0]
        changed = await writing.change(principal, with_widget(base, moved, body.widget), etag, via=via)
        return tagged(changed.document, changed.etag, status=201)

    return router
