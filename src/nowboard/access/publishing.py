"""Versions as far as a principal may make and see them: publish, look back, roll back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from nowboard.access.audit import audit
from nowboard.access.dashboards import access_head
from nowboard.access.drafts import Versions, access_creation, check_queries, check_visibility, require_match
from nowboard.access.levels import Level
from nowboard.clock import Micros
from nowboard.errors import Conflict, NotFound, PreconditionFailed
from nowboard.model.principals import Principal
from nowboard.records.dashboards import (
    ORGANISATION,
    DashboardRow,
    change_dashboard,
    change_draft,
    get_dashboard,
)
from nowboard.records.versions import VersionHead, VersionRow, add_version, get_version, list_versions


def access_publication(
    connection: Connection,
    principal: Principal,
    dashboard_id: str,
    *,
    etag: str,
    now: Micros,
    queries: Versions,
    note: str = "",
) -> tuple[DashboardRow, VersionHead]:
    """Publish the draft that has this `etag`. A draft that is published already stays the version that it is.

    Raises `NotFound`, `Forbidden`; `PreconditionFailed` when the draft is another one by now.
    """
    row, _ = access_head(connection, principal, dashboard_id, now, Level.EDIT)
    if row.etag != etag:
        raise PreconditionFailed("the draft changed since you read it; read it again", detail={"etag": row.etag})
    check_queries(connection, principal.organisation, queries)
    return publish(connection, principal, row, now=now, note=note)


def publish(
    connection: Connection, principal: Principal, row: DashboardRow, *, now: Micros, note: str = ""
) -> tuple[DashboardRow, VersionHead]:
    """Publish the draft of a dashboard that `principal` may edit; see `access_publication`."""
    if row.published is not None and row.published_etag == row.etag:
        before = get_version(connection, row.organisation, row.id, row.published)
        if before is not None:
            return row, before
    row, version = add_version(connection, row, by=principal.id, now=now, note=note)
    detail = {"version": version.number}
    audit(connection, principal, "dashboard.publish", "dashboard", row.id, now=now, detail=detail)
    return row, version


def access_versions(
    connection: Connection, principal: Principal, dashboard_id: str, now: Micros
) -> tuple[DashboardRow, list[VersionHead]]:
    """The dashboard and its versions, the newest first; for who may edit it. Raises `NotFound`, `Forbidden`."""
    row, _ = access_head(connection, principal, dashboard_id, now, Level.EDIT)
    return row, list_versions(connection, row.organisation, row.id)


def access_version(
    connection: Connection, principal: Principal, dashboard_id: str, number: int, now: Micros
) -> tuple[DashboardRow, VersionRow]:
    """The dashboard and one of its versions; for who may edit it. Raises `NotFound`, `Forbidden`."""
    row, _ = access_head(connection, principal, dashboard_id, now, Level.EDIT)
    version = get_version(connection, row.organisation, row.id, number)
    if version is None:
        raise NotFound(f"dashboard {dashboard_id!r} has no version {number}", code="unknown_version")
    return row, version


def access_rollback(
    connection: Connection,
    principal: Principal,
    dashboard_id: str,
    number: int,
    document: Mapping[str, Any],
    *,
    etag: str | None,
    now: Micros,
    queries: Versions,
) -> tuple[DashboardRow, VersionHead]:
    """Publish version `number` again, as a new version; `document` is that version, found valid.

    The draft becomes it too, so the draft's `etag` must be named as for any change. Raises `NotFound`, `Forbidden`,
    `PreconditionRequired`, `PreconditionFailed`; `Conflict` when that version is what viewers see.
    """
    row, old = access_version(connection, principal, dashboard_id, number, now)
    if row.published == number:
        raise Conflict(f"version {number} is the published one already", code="already_published")
    require_match(connection, row, etag, None)
    check_queries(connection, principal.organisation, queries)
    row = change_draft(connection, row, document, by=principal.id, now=now)
    row, version = add_version(connection, row, by=principal.id, now=now, note=old.note, restores=number)
    detail = {"version": version.number, "restores": number}
    audit(connection, principal, "dashboard.rollback", "dashboard", row.id, now=now, detail=detail)
    return row, version


def access_application(
    connection: Connection,
    principal: Principal,
    document: Mapping[str, Any],
    *,
    now: Micros,
    visibility: str | None = None,
) -> DashboardRow:
    """Store a valid document and publish it in one step, over whatever was there; one in the trash comes back.

    This is what the command line does with a pack that lies beside the records. `visibility` None leaves it as it is.
    """
    before = get_dashboard(connection, document["id"], principal.organisation)
    if before is None:
        row = access_creation(
            connection, principal, document, now=now, queries={}, visibility=visibility or ORGANISATION, via="apply"
        )
    else:
        row, _ = access_head(connection, principal, before.id, now, Level.EDIT, trash=True)
        row = change_draft(connection, row, document, by=principal.id, now=now)
        wanted = row.visibility if visibility is None else check_visibility(visibility)
        if row.deleted_at is not None or row.visibility != wanted:
            row = change_dashboard(connection, row, {"deleted_at": None, "visibility": wanted})
    row, _ = publish(connection, principal, row, now=now, note="")
    return row
