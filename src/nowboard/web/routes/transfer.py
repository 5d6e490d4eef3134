"""A dashboard as a YAML file, out and in again."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response

from nowboard.access.transfer import access_export
from nowboard.clock import Clock
from nowboard.errors import BadDocument, BadRequest, UnsupportedMedia
from nowboard.model.dashboards import Dashboard
from nowboard.model.principals import Permission
from nowboard.packs.boards import located, read_board
from nowboard.packs.export import write_board
from nowboard.records.database import Records
from nowboard.web.documents import IF_MATCH, etag_in, tagged
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.options import PREFIX, WebOptions
from nowboard.web.reading import read_bytes
from nowboard.web.writing import Writing

YAML = "application/yaml"
_TAKEN = (YAML, "application/x-yaml", "text/yaml", "text/x-yaml", "application/json", "text/plain")
_FILE = {YAML: {"schema": {"type": "string"}}}


def transfer_routes(gate: Gate, records: Records, writing: Writing, clock: Clock, options: WebOptions) -> APIRouter:
    """`/dashboards/{id}/export` and `/dashboards/import`."""
    router = APIRouter(prefix=f"{PREFIX}/dashboards", tags=["Dashboards"])

    @router.get("/{dashboard}/export", **described("A dashboard as a YAML file", sends=YAML))
    async def export(request: Request, dashboard: str, draft: bool = False) -> Response:
        principal = await gate.principal(request)
        shown = await records.run(access_export, principal, dashboard, clock.now(), draft=draft)
        headers = {"ETag": f'"{shown.etag}"', "Content-Disposition": f'attachment; filename="{shown.head.id}.yaml"'}
        return Response(write_board(shown.document, shown.head.visibility), media_type=YAML, headers=headers)

    @router.post(
        "/import",
        **described("Write a draft from a YAML file", content=_FILE, answer=Dashboard, status=201, headers=IF_MATCH),
    )
    async def take(request: Request, publish: bool = False) -> Response:
        principal = await gate.principal(request, Permission.EDIT)
        text = await read_text(request)
        # reading YAML takes its time
        board = await asyncio.to_thread(read_board, text, "body")
        if not isinstance(board.document.get("id"), str):
            raise BadRequest("a file names the `id` of its dashboard", code="bad_body")
        etag = etag_in(request.headers.get("if-match"))
        try:
            row, made = await writing.put(
                principal, board.document, etag, publish=publish, visibility=board.visibility, via="import"
            )
        except BadDocument as error:
            raise located(error, text, "body") from error
        return tagged(row.document, row.etag, status=201 if made else 200)

    async def read_text(request: Request) -> str:
        kind = request.headers.get("content-type", YAML).partition(";")[0].strip().lower()
        if kind not in _TAKEN:
            raise UnsupportedMedia(f"send {YAML}, not {kind!r}", detail={"allowed": list(_TAKEN)})
        try:
            return (await read_bytes(request, options.json_bytes)).decode()
        except UnicodeDecodeError as error:
            raise BadRequest("the file is not UTF-8 text", code="bad_body") from error

    return router
