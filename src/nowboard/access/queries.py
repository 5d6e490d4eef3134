"""Saved queries as far as a principal may see, use and change them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from nowboard.access.audit import audit
from nowboard.access.rules import require
from nowboard.clock import Micros
from nowboard.errors import Conflict, Forbidden, NotFound, PreconditionFailed, PreconditionRequired
from nowboard.model.principals import Permission, Principal
from nowboard.model.saved import saved_in
from nowboard.records.dashboards import dashboards_naming, new_etag
from nowboard.records.queries import (
    QueryRow,
    QueryVersionRow,
    delete_query,
    get_queries,
    get_query,
    get_query_document,
    list_queries,
    list_query_versions,
    put_query,
)
from nowboard.records.versions import get_version


class UsingDocument(msgspec.Struct, frozen=True):
    """A document that names a saved query. `version` is `draft` or `published`."""

    version: str
    document: Mapping[str, Any]


class AskedQuery(msgspec.Struct, frozen=True):
    """A saved query and its `document` as of the version that is asked."""

    row: QueryRow
    document: Mapping[str, Any]


Breaking = Callable[[Sequence[UsingDocument], Sequence[QueryRow]], Sequence[Mapping[str, Any]]]
"""Which widgets of these documents a change breaks, given all saved queries of the organisation as they are."""


def access_queries(connection: Connection, principal: Principal) -> list[QueryRow]:
    """The saved queries of the organisation by title. Raises `Forbidden`."""
    _require_member(principal)
    return list_queries(connection, principal.organisation)


def access_named_queries(connection: Connection, principal: Principal, names: Collection[str]) -> list[QueryRow]:
    """Those of these ids that there are. Raises `Forbidden`."""
    require(principal, Permission.READ)
    return get_queries(connection, principal.organisation, names)


def access_query(connection: Connection, principal: Principal, query_id: str) -> QueryRow:
    """One saved query. Raises `Forbidden`, `NotFound`."""
    _require_member(principal)
    row = get_query(connection, principal.organisation, query_id)
    if row is None:
        raise NotFound(f"there is no saved query {query_id!r}", code="unknown_query")
    return row


def access_query_versions(connection: Connection, principal: Principal, query_id: str) -> list[QueryVersionRow]:
    """The versions of a saved query, the newest first. Raises `Forbidden`, `NotFound`."""
    row = access_query(connection, principal, query_id)
    return list_query_versions(connection, row.organisation, row.id)


def access_query_asked(connection: Connection, principal: Principal, query_id: str, version: int | None) -> AskedQuery:
    """A saved query as of one of its versions, or as it is. Raises `Forbidden`, `NotFound`."""
    row = access_query(connection, principal, query_id)
    if version is None:
        return AskedQuery(row, row.document)
    document = get_query_document(connection, row.organisation, row.id, version)
    if document is None:
        raise NotFound(f"saved query {query_id!r} has no version {version}", code="unknown_version")
    return AskedQuery(row, document)


def access_query_creation(
    connection: Connection, principal: Principal, document: Mapping[str, Any], *, now: Micros
) -> QueryRow:
    """Store a valid saved query under a new id. Raises `Forbidden`; `Conflict` when the id is taken."""
    require(principal, Permission.EDIT)
    if get_query(connection, principal.organisation, document["id"]) is not None:
        raise Conflict(f"the id {document['id']!r} is taken; choose another one", code="id_taken")
    row = QueryRow(
        organisation=principal.organisation,
        id=document["id"],
        document=document,
        title=document["title"],
        version=1,
        etag=new_etag(),
        owner=principal.id,
        created_at=now,
        updated_at=now,
        updated_by=principal.id,
    )
    put_query(connection, row)
    audit(connection, principal, "query.create", "query", row.id, now=now)
    return row


def access_query_change(
    connection: Connection,
    principal: Principal,
    document: Mapping[str, Any],
    *,
    etag: str | None,
    now: Micros,
    breaking: Breaking,
) -> QueryRow:
    """Replace a saved query by a valid one, unless that breaks a widget of any draft or published dashboard.

    Raises `NotFound`, `Forbidden`, `PreconditionRequired`, `PreconditionFailed`, and `Conflict` (`breaks_widgets`).
    """
    row = _mine(connection, principal, document["id"])
    _require_match(row, etag, document)
    if row.document == document:
        return row
    _refuse_breaks(connection, row, breaking)
    changed = msgspec.structs.replace(
        row,
        document=document,
        title=document["title"],
        version=row.version + 1,
        etag=new_etag(),
        updated_at=now,
        updated_by=principal.id,
    )
    put_query(connection, changed)
    detail = {"version": changed.version}
    audit(connection, principal, "query.update", "query", row.id, now=now, detail=detail)
    return changed


def access_query_removal(
    connection: Connection, principal: Principal, query_id: str, *, etag: str | None, now: Micros, breaking: Breaking
) -> None:
    """Remove a saved query that no widget uses. Raises as `access_query_change`."""
    row = _mine(connection, principal, query_id)
    _require_match(row, etag, None)
    _refuse_breaks(connection, row, breaking)
    delete_query(connection, row.organisation, row.id)
    audit(connection, principal, "query.delete", "query", row.id, now=now)


def access_query_application(
    connection: Connection, principal: Principal, document: Mapping[str, Any], *, now: Micros, breaking: Breaking
) -> QueryRow:
    """Store a valid saved query over whatever was there; see `access_query_change`."""
    before = get_query(connection, principal.organisation, document["id"])
    if before is None:
        return access_query_creation(connection, principal, document, now=now)
    return access_query_change(connection, principal, document, etag=before.etag, now=now, breaking=breaking)


def using_documents(connection: Connection, organisation: str, query_id: str) -> list[UsingDocument]:
    """Drafts and published versions of the organisation that name a saved query, those in the trash included."""
    found = []
    for row in dashboards_naming(connection, organisation, query_id):
        if query_id in saved_in(row.document):
            found.append(UsingDocument("draft", row.document))
        version = row.published and get_version(connection, organisation, row.id, row.published)
        if version and query_id in saved_in(version.document):
            found.append(UsingDocument("published", version.document))
    return found


def _mine(connection: Connection, principal: Principal, query_id: str) -> QueryRow:
    row = access_query(connection, principal, query_id)
    require(principal, Permission.EDIT)
    if row.owner != principal.id and not principal.may(Permission.ADMIN):
        raise Forbidden("only its owner and administrators change a saved query", detail={"level": "own"})
    return row


def _require_member(principal: Principal) -> None:
    require(principal, Permission.READ)
    if principal.guest is not None:
        raise Forbidden("saved queries are for members of the organisation")


def _require_match(row: QueryRow, etag: str | None, yours: Mapping[str, Any] | None) -> None:
    if etag is None:
        raise PreconditionRequired("say with `If-Match` which ETag the change was made from")
    if etag != row.etag:
        detail: dict[str, Any] = {"etag": row.etag, "theirs": row.document, "changed_by": row.updated_by}
        if yours is not None:
            detail["yours"] = yours
        message = "somebody else changed the saved query since you read it; `detail` has both"
        raise PreconditionFailed(message, detail=detail)


def _refuse_breaks(connection: Connection, row: QueryRow, breaking: Breaking) -> None:
    using = using_documents(connection, row.organisation, row.id)
    broken = breaking(using, list_queries(connection, row.organisation)) if using else ()
    if broken:
        count = f"{len(broken)} widget{'s' if len(broken) > 1 else ''}"
        message = f"this would break {count} that use the saved query; `detail.widgets` names them"
        raise Conflict(message, code="breaks_widgets", detail={"widgets": list(broken)})
