"""Publish, look back, compare, roll back."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request, Response

from nowboard.access.dashboards import access_shown
from nowboard.access.publishing import access_publication, access_rollback, access_version, access_versions
from nowboard.clock import Clock
from nowboard.dashboards.compare import DocumentChanges, compare
from nowboard.errors import BadRequest, PreconditionFailed
from nowboard.model.dashboards import Dashboard
from nowboard.model.principals import Principal
from nowboard.records.database import Records
from nowboard.web.answers import answer
from nowboard.web.documents import IF_MATCH, Documents, Version, etag_in, tagged, version_of
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.options import PREFIX, WebOptions
from nowboard.web.paging import Page
from nowboard.web.reading import read_json
from nowboard.web.writing import Changed

MOST = 200
_DRAFT = "draft"


class Publication(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to publish with: a note for the list of versions."""

    note: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class VersionList(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of the versions, the newest first; `next` is what `after` takes for the next one."""

    items: list[Version]
    next: str | None = None


def version_routes(
    gate: Gate, records: Records, documents: Documents, clock: Clock, changed: Changed, options: WebOptions
) -> APIRouter:
    """`/publish`, and what changes the published version."""
    router = APIRouter(prefix=f"{PREFIX}/dashboards/{{dashboard}}", tags=["Versions"])

    @router.post("/publish", **described("Publish the draft", body=Publication, answer=Version, headers=IF_MATCH))
    async def publish(request: Request, dashboard: str) -> Response:
        principal = await gate.principal(request)
        wanted = await read_json(request, Publication, options.json_bytes)
        shown = await records.run(access_shown, principal, dashboard, clock.now(), draft=True)
        read = etag_in(request.headers.get("if-match"))
        if read is not None and read != shown.etag:
            detail = {"etag": shown.etag}
            raise PreconditionFailed("the draft changed since you read it; read it again", detail=detail)
        valid = await documents.valid(principal, shown.document)
        row, version = await records.run(
            access_publication,
            principal,
            dashboard,
            etag=shown.etag,
            now=clock.now(),
            queries=valid.queries,
            note=wanted.note,
        )
        changed()
        return tagged(version_of(version, row.published), row.etag)

    @router.post(
        "/versions/{version}/restore",
        **described("Publish an older version again, as a new one", answer=Version, headers=IF_MATCH),
    )
    async def roll_back(request: Request, dashboard: str, version: str) -> Response:
        principal = await gate.principal(request)
        number = _number(version)
        _, old = await records.run(access_version, principal, dashboard, number, clock.now())
        valid = await documents.valid(principal, old.document)
        row, made = await records.run(
            access_rollback,
            principal,
            dashboard,
            number,
            valid.document,
            etag=etag_in(request.headers.get("if-match")),
            now=clock.now(),
            queries=valid.queries,
        )
        changed()
        return tagged(version_of(made, row.published), row.etag)

    return router


def history_routes(gate: Gate, records: Records, clock: Clock) -> APIRouter:
    """`/versions`, which only looks."""
    router = APIRouter(prefix=f"{PREFIX}/dashboards/{{dashboard}}/versions", tags=["Versions"])

    @router.get("", **described("The published versions", answer=VersionList))
    async def every(
        request: Request,
        dashboard: str,
        limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
        after: str | None = None,
    ) -> Response:
        principal = await gate.principal(request)
        row, versions = await records.run(access_versions, principal, dashboard, clock.now())
        cut = Page(limit, after).cut(versions, lambda version: f"{10**9 - version.number}")
        return answer(VersionList([version_of(each, row.published) for each in cut.items], cut.next))

    @router.get("/{version}", **described("The document of a version", answer=Dashboard))
    async def one(request: Request, dashboard: str, version: str) -> Response:
        principal = await gate.principal(request)
        _, found = await records.run(access_version, principal, dashboard, _number(version), clock.now())
        return answer(found.document, headers={"Nowboard-Version": str(found.number)})

    @router.get("/{before}/diff/{after}", **described("What differs between two versions", answer=DocumentChanges))
    async def diff(request: Request, dashboard: str, before: str, after: str) -> Response:
        principal = await gate.principal(request)
        sides = [await side(principal, dashboard, which) for which in (before, after)]
        return answer(compare(sides[0], sides[1]))

    async def side(principal: Principal, dashboard: str, which: str) -> dict[str, object]:
        if which == _DRAFT:
            shown = await records.run(access_shown, principal, dashboard, clock.now(), draft=True)
            return dict(shown.document)
        _, version = await records.run(access_version, principal, dashboard, _number(which), clock.now())
        return dict(version.document)

    return router


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadRequest(f"{text!r:.40} is no version: name its number, or `{_DRAFT}`", detail={"part": "version"})
    return int(text)
