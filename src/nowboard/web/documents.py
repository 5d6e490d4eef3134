"""What the routes of documents share: ETags, validation with the organisation's saved queries, and merge proposals."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any, Final, TypeVar

import msgspec
from fastapi import Response

from nowboard.access.dashboards import Listed
from nowboard.access.levels import Level
from nowboard.access.queries import access_named_queries
from nowboard.clock import MILLISECOND, Micros
from nowboard.dashboards.merge import merge
from nowboard.dashboards.saved import read_saved
from nowboard.dashboards.validate import to_document, validate
from nowboard.errors import BadRequest, NotFound, PreconditionFailed
from nowboard.model.engine import Engine
from nowboard.model.principals import Principal
from nowboard.model.saved import saved_in
from nowboard.model.visible import visible_catalog
from nowboard.records.dashboards import DashboardHead
from nowboard.records.database import Records
from nowboard.records.versions import VersionHead
from nowboard.web.answers import answer

T = TypeVar("T")

IF_MATCH: Final = {"If-Match": "The ETag of the draft that was read. Needed to change what is there: 428 without it."}


class DashboardItem(msgspec.Struct, frozen=True):
    """A dashboard as lists show it. `level` is `view`, `edit` or `own`; instants are in milliseconds.

    Title, description, tags and the number of widgets are those of the published version, of the draft where there is
    none. `draft` says that the draft has changes that are not published.
    """

    id: str
    title: str
    description: str | None
    tags: list[str]
    widgets: int
    owner: str
    visibility: str
    level: str
    published: int | None
    draft: bool
    created_at: int
    updated_at: int
    updated_by: str
    deleted_at: int | None = None


class Version(msgspec.Struct, frozen=True):
    """A published version. `restores` is the version that it brought back; `current` is what viewers see."""

    number: int
    note: str
    created_at: int
    created_by: str
    restores: int | None
    current: bool


class Valid(msgspec.Struct, frozen=True):
    """A document in its newest form, and the versions of the saved queries with which it was found valid."""

    document: dict[str, Any]
    queries: dict[str, int]


class Documents:
    """Validates documents in the eyes of a principal."""

    def __init__(self, records: Records, engine: Engine) -> None:
        self._records = records
        self._engine = engine

    async def valid(self, principal: Principal, document: Mapping[str, Any]) -> Valid:
        """The document, if it is valid. Raises `BadDocument`, `Forbidden`."""
        rows = await self._records.run(access_named_queries, principal, saved_in(document))
        saved = {row.id: read_saved(row.document) for row in rows}
        # planning every query of a large document takes long enough to hold everybody else up
        dashboard = await asyncio.to_thread(
            validate, document, visible_catalog(self._engine.catalog, principal.scope), saved
        )
        return Valid(to_document(dashboard), {row.id: row.version for row in rows})


async def proposing(change: Awaitable[T]) -> T:
    """What a change comes to; where it fails because of another one, the error proposes how the two go together."""
    try:
        return await change
    except PreconditionFailed as error:
        detail = error.detail or {}
        if {"base", "yours", "theirs"} <= detail.keys():
            merged = merge(detail["base"], detail["yours"], detail["theirs"])
            error.detail = {**detail, "proposal": msgspec.to_builtins(merged)}
        raise


def etag_in(header: str | None) -> str | None:
    """The ETag in an `If-Match` header; None without one. `*` names nothing, so it is none either."""
    if header is None or header.strip() == "*":
        return None
    return header.strip().removeprefix("W/").strip('"')


def tagged(value: object, etag: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`value` as JSON, with the ETag that `If-Match` takes."""
    return answer(value, status=status, headers={"ETag": f'"{etag}"', **(headers or {})})


def own_id(document: dict[str, Any], name: str) -> dict[str, Any]:
    """`document` with the id that the path says. Raises `BadRequest` when it has another one."""
    if document.setdefault("id", name) != name:
        raise BadRequest("the id in the body is another one than in the path", code="bad_body")
    return document


def item_of(head: DashboardHead, level: Level) -> DashboardItem:
    """A dashboard as lists show it."""
    summary = Listed(head, level).summary
    return DashboardItem(
        id=head.id,
        title=summary["title"],
        description=summary["description"],
        tags=list(summary["tags"]),
        widgets=summary["widgets"],
        owner=head.owner,
        visibility=head.visibility,
        level=level.name.lower(),
        published=head.published,
        draft=head.published_etag != head.etag if level > Level.VIEW else False,
        created_at=milliseconds(head.created_at),
        updated_at=milliseconds(head.updated_at),
        updated_by=head.updated_by,
        deleted_at=None if head.deleted_at is None else milliseconds(head.deleted_at),
    )


def version_of(version: VersionHead, published: int | None) -> Version:
    """A version as lists show it."""
    return Version(
        number=version.number,
        note=version.note,
        created_at=milliseconds(version.created_at),
        created_by=version.created_by,
        restores=version.restores,
        current=version.number == published,
    )


def find_widget(document: Mapping[str, Any], widget: str) -> dict[str, Any]:
    """A widget of a document. Raises `NotFound`."""
    for each in document.get("widgets", ()):
        if each["id"] == widget:
            found: dict[str, Any] = each
            return found
    raise NotFound(f"dashboard {document['id']!r} has no widget {widget!r}", code="unknown_widget")


def milliseconds(instant: Micros) -> int:
    """An instant as answers give it."""
    return instant // MILLISECOND
