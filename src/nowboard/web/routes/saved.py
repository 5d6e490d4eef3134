"""Saved queries: list, create, read, change, remove, look back."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response

from nowboard.access.queries import (
    access_queries,
    access_query,
    access_query_change,
    access_query_creation,
    access_query_removal,
    access_query_versions,
)
from nowboard.clock import Clock
from nowboard.dashboards.breaking import breaking
from nowboard.dashboards.ids import id_from
from nowboard.dashboards.saved import saved_document
from nowboard.model.principals import Permission
from nowboard.model.saved import SavedQuery
from nowboard.records.database import Records
from nowboard.records.queries import QueryRow
from nowboard.web.answers import answer, nothing
from nowboard.web.documents import IF_MATCH, etag_in, milliseconds, own_id, tagged
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.options import PREFIX, WebOptions
from nowboard.web.paging import Page
from nowboard.web.reading import read_object
from nowboard.web.saved import SavedQueries
from nowboard.web.writing import Changed

MOST: Final = 500


class SavedQueryItem(msgspec.Struct, frozen=True):
    """A saved query in the list; `updated_at` is in milliseconds."""

    id: str
    title: str
    description: str | None
    tags: list[str]
    parameters: list[str]
    owner: str
    version: int
    updated_at: int
    updated_by: str


class SavedQueryList(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of the saved queries by title; `next` is what `after` takes for the next one."""

    items: list[SavedQueryItem]
    next: str | None = None


class SavedQueryVersion(msgspec.Struct, frozen=True):
    """What a saved query was."""

    number: int
    document: dict[str, Any]
    created_at: int
    created_by: str


class SavedQueryVersions(msgspec.Struct, frozen=True):
    """The versions of a saved query, the newest first."""

    items: list[SavedQueryVersion]


def saved_query_routes(
    gate: Gate, records: Records, saved: SavedQueries, clock: Clock, options: WebOptions
) -> APIRouter:
    """`/queries`."""
    router = APIRouter(prefix=PREFIX, tags=["Saved queries"])

    @router.get("/queries", **described("All saved queries", answer=SavedQueryList))
    async def every(
        request: Request, q: str = "", limit: Annotated[int, Query(ge=1, le=MOST)] = MOST, after: str | None = None
    ) -> Response:
        rows = await records.run(access_queries, await gate.principal(request))
        words = q.casefold().split()
        found = sorted((row for row in rows if all(word in _text(row) for word in words)), key=_key)
        cut = Page(limit, after).cut(found, _key)
        return answer(SavedQueryList([_item(row) for row in cut.items], cut.next))

    @router.post(
        "/queries", **described("Save a query", body=SavedQuery, answer=SavedQuery, status=201, filled=("id",))
    )
    async def create(request: Request) -> Response:
        principal = await gate.principal(request, Permission.EDIT)
        document = await read_object(request, options.json_bytes)
        if "id" not in document and isinstance(document.get("title"), str):
            document["id"] = id_from(document["title"])
        query = await saved.valid(principal, document)
        row = await records.run(access_query_creation, principal, saved_document(query), now=clock.now())
        return tagged(row.document, row.etag, status=201)

    @router.get("/queries/{query}/versions", **described("The versions of a saved query", answer=SavedQueryVersions))
    async def versions(request: Request, query: str) -> Response:
        rows = await records.run(access_query_versions, await gate.principal(request), query)
        items = [
            SavedQueryVersion(row.number, dict(row.document), milliseconds(row.created_at), row.created_by)
            for row in rows
        ]
        return answer(SavedQueryVersions(items))

    return router


def one_saved_query_routes(
    gate: Gate, records: Records, saved: SavedQueries, clock: Clock, changed: Changed, options: WebOptions
) -> APIRouter:
    """`/queries/{id}`."""
    router = APIRouter(prefix=f"{PREFIX}/queries/{{query}}", tags=["Saved queries"])

    @router.get("", **described("One saved query", answer=SavedQuery))
    async def one(request: Request, query: str) -> Response:
        row = await records.run(access_query, await gate.principal(request), query)
        return tagged(row.document, row.etag)

    @router.put(
        "",
        **described("Change a saved query", body=SavedQuery, answer=SavedQuery, headers=IF_MATCH, filled=("id",)),
    )
    async def put(request: Request, query: str) -> Response:
        principal = await gate.principal(request, Permission.EDIT)
        document = own_id(await read_object(request, options.json_bytes), query)
        await records.run(access_query, principal, query)
        new = await saved.valid(principal, document)
        row = await records.run(
            access_query_change,
            principal,
            saved_document(new),
            etag=etag_in(request.headers.get("if-match")),
            now=clock.now(),
            breaking=breaking(query, new),
        )
        changed()
        return tagged(row.document, row.etag)

    @router.delete("", **described("Remove a saved query that no widget uses", status=204, headers=IF_MATCH))
    async def remove(request: Request, query: str) -> Response:
        principal = await gate.principal(request, Permission.EDIT)
        etag = etag_in(request.headers.get("if-match"))
        await records.run(
            access_query_removal, principal, query, etag=etag, now=clock.now(), breaking=breaking(query, None)
        )
        changed()
        return nothing()

    return router


def _key(row: QueryRow) -> str:
    return f"{row.title.casefold()}\n{row.id}"


def _text(row: QueryRow) -> str:
    document = row.document
    return " ".join([row.id, row.title, document.get("description") or "", *document.get("tags", ())]).casefold()


def _item(row: QueryRow) -> SavedQueryItem:
    return SavedQueryItem(
        id=row.id,
        title=row.title,
        description=row.document.get("description"),
        tags=list(row.document.get("tags", ())),
        parameters=[parameter["name"] for parameter in row.document.get("parameters", ())],
        owner=row.owner,
        version=row.version,
        updated_at=milliseconds(row.updated_at),
        updated_by=row.updated_by,
    )
