"""Drafts as far as a principal may change them, and the trash. A lost update is impossible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from nowboard.access.audit import audit
from nowboard.access.dashboards import access_head
from nowboard.access.levels import Level, level_of
from nowboard.access.rules import require
from nowboard.clock import DAY, Micros
from nowboard.errors import BadRequest, Conflict, PreconditionFailed, PreconditionRequired
from nowboard.model.principals import SYSTEM, Permission, Principal
from nowboard.records.dashboards import (
    ORGANISATION,
    VISIBILITIES,
    DashboardHead,
    DashboardRow,
    add_dashboard,
    change_dashboard,
    change_draft,
    delete_dashboard,
    get_dashboard,
    get_draft,
    new_etag,
    summary_of,
    trashed_before,
)
from nowboard.records.queries import get_queries
from nowboard.records.users import get_user
from nowboard.records.versions import version_of_draft

TRASH_KEPT: Final[Micros] = 30 * DAY
"""How long a dashboard in the trash can be restored."""

Versions = Mapping[str, int]
"""The saved queries with which a document was found valid, each with its version."""


def access_creation(
    connection: Connection,
    principal: Principal,
    document: Mapping[str, Any],
    *,
    now: Micros,
    queries: Versions,
    visibility: str = ORGANISATION,
    via: str | None = None,
) -> DashboardRow:
    """Store a valid document as the draft of a new dashboard. `via` says for the audit log how it came about.

    Raises `Forbidden`; `Conflict` when the id is taken, also by what the principal may not see.
    """
    require(principal, Permission.EDIT)
    check_visibility(visibility)
    before = get_dashboard(connection, document["id"], principal.organisation)
    if before is not None:
        raise _taken(connection, principal, before, now)
    check_queries(connection, principal.organisation, queries)
    row = DashboardRow(
        organisation=principal.organisation,
        id=document["id"],
        document=document,
        title=document["title"],
        summary=summary_of(document),
        visibility=visibility,
        version=1,
        etag=new_etag(),
        owner=principal.id,
        created_at=now,
        updated_at=now,
        updated_by=principal.id,
    )
    add_dashboard(connection, row)
    detail = {"visibility": visibility, **({"via": via} if via else {})}
    audit(connection, principal, "dashboard.create", "dashboard", row.id, now=now, detail=detail)
    return row


def access_draft_change(
    connection: Connection,
    principal: Principal,
    document: Mapping[str, Any],
    *,
    etag: str | None,
    now: Micros,
    queries: Versions,
    visibility: str | None = None,
    via: str | None = None,
) -> DashboardRow:
    """Replace the draft that has this `etag` by a valid document; its owner may change the `visibility` with it.

    Raises `NotFound`, `Forbidden`; `PreconditionRequired` without an etag; `PreconditionFailed` with both sides when
    somebody else changed the draft since.
    """
    row, _ = access_head(connection, principal, document["id"], now, Level.EDIT)
    require_match(connection, row, etag, document)
    if visibility is not None and visibility != row.visibility:
        access_settings(connection, principal, row.id, now=now, visibility=visibility)
        row = msgspec.structs.replace(row, visibility=visibility)
    check_queries(connection, principal.organisation, queries)
    changed = change_draft(connection, row, document, by=principal.id, now=now)
    if changed is not row:
        detail = {"version": changed.version, **({"via": via} if via else {})}
        audit(connection, principal, "dashboard.update", "dashboard", row.id, now=now, detail=detail)
    return changed


def access_settings(
    connection: Connection,
    principal: Principal,
    dashboard_id: str,
    *,
    now: Micros,
    visibility: str | None = None,
    owner: str | None = None,
) -> tuple[DashboardHead, Level]:
    """Change who sees a dashboard, or hand it on to another user of the organisation.

    Raises `NotFound`, `Forbidden`, `BadRequest`.
    """
    row, level = access_head(connection, principal, dashboard_id, now, Level.OWN)
    values: dict[str, Any] = {}
    if visibility is not None:
        values["visibility"] = check_visibility(visibility)
    if owner is not None:
        user = get_user(connection, owner)
        known = user is not None and user.organisation == row.organisation and user.disabled_at is None
        if not known and owner != principal.id:
            raise BadRequest(f"there is no user {owner!r} in this organisation", code="bad_owner")
        values["owner"] = owner
    if values:
        row = change_dashboard(connection, row, {**values, "updated_at": now, "updated_by": principal.id})
        audit(connection, principal, "dashboard.settings", "dashboard", row.id, now=now, detail=values)
        level = level_of(connection, principal, row, now)
    return row, level


def access_trashing(
    connection: Connection, principal: Principal, dashboard_id: str, now: Micros, *, forever: bool = False
) -> None:
    """Put a dashboard in the trash, or remove it for good. Raises `NotFound`, `Forbidden`."""
    row, _ = access_head(connection, principal, dashboard_id, now, Level.OWN, trash=forever)
    if forever:
        delete_dashboard(connection, row.id, row.organisation)
    else:
        change_dashboard(connection, row, {"deleted_at": now, "updated_at": now, "updated_by": principal.id})
    action = "dashboard.delete" if forever else "dashboard.trash"
    audit(connection, principal, action, "dashboard", row.id, now=now)


def access_restoring(
    connection: Connection, principal: Principal, dashboard_id: str, now: Micros
) -> tuple[DashboardHead, Level]:
    """Take a dashboard out of the trash; nothing happens to one that is not in it. Raises `NotFound`, `Forbidden`."""
    row, level = access_head(connection, principal, dashboard_id, now, Level.OWN, trash=True)
    if row.deleted_at is None:
        return row, level
    audit(connection, principal, "dashboard.restore", "dashboard", row.id, now=now)
    values = {"deleted_at": None, "updated_at": now, "updated_by": principal.id}
    return change_dashboard(connection, row, values), level


def empty_trash(connection: Connection, now: Micros) -> int:
    """Remove for good what has been in the trash for longer than `TRASH_KEPT`; how many went."""
    old = trashed_before(connection, now - TRASH_KEPT)
    for head in old:
        delete_dashboard(connection, head.id, head.organisation)
        system = msgspec.structs.replace(SYSTEM, organisation=head.organisation)
        audit(connection, system, "dashboard.delete", "dashboard", head.id, now=now, detail={"via": "trash"})
    return len(old)


def access_base(
    connection: Connection, principal: Principal, dashboard_id: str, etag: str | None, now: Micros
) -> Mapping[str, Any]:
    """The draft that had this `etag`, the present one or one before.

    Raises `NotFound`, `Forbidden`; `PreconditionRequired` without an etag; `PreconditionFailed` when it is not known.
    """
    row, _ = access_head(connection, principal, dashboard_id, now, Level.EDIT)
    base = row.document if row.etag == etag else None if etag is None else _base(connection, row, etag)
    if base is None:
        require_match(connection, row, etag, None)
        return row.document
    return base


def require_match(connection: Connection, row: DashboardRow, etag: str | None, yours: Mapping[str, Any] | None) -> None:
    """Raise unless `etag` is that of the draft: with both sides, and with what `yours` was made from where known."""
    if etag is None:
        message = "say with `If-Match` which ETag the change was made from: `GET …?draft=true` answers it"
        raise PreconditionRequired(message)
    if etag == row.etag:
        return
    detail: dict[str, Any] = {"etag": row.etag, "theirs": row.document, "changed_by": row.updated_by}
    if yours is not None:
        detail["yours"] = yours
    base = _base(connection, row, etag)
    if base is not None:
        detail["base"] = base
    raise PreconditionFailed("somebody else changed the dashboard since you read it; `detail` has both", detail=detail)


def _base(connection: Connection, row: DashboardHead, etag: str) -> Mapping[str, Any] | None:
    """An earlier draft by its etag, as far as it is known."""
    draft = get_draft(connection, row.organisation, row.id, etag)
    if draft is not None:
        return draft
    version = version_of_draft(connection, row.organisation, row.id, etag)
    return None if version is None else version.document


def check_queries(connection: Connection, organisation: str, versions: Versions) -> None:
    """Raise `Conflict` unless the saved queries are still those with which a document was found valid."""
    found = {row.id: row.version for row in get_queries(connection, organisation, versions.keys())}
    if found != dict(versions):
        changed = sorted(name for name in versions if found.get(name) != versions[name])
        message = f"the saved query {changed[0]!r} changed at the same moment; send it again"
        raise Conflict(message, code="query_changed", detail={"queries": changed})


def check_visibility(visibility: str) -> str:
    """`visibility` if it is one. Raises `BadRequest`."""
    if visibility not in VISIBILITIES:
        raise BadRequest(f"`visibility` is {' or '.join(VISIBILITIES)}", detail={"part": "visibility"})
    return visibility


def _taken(connection: Connection, principal: Principal, row: DashboardHead, now: Micros) -> Conflict:
    if row.deleted_at is not None and level_of(connection, principal, row, now) is Level.OWN:
        message = f"dashboard {row.id!r} lies in the trash; restore it, or remove it for good"
        return Conflict(message, code="in_trash")
    return Conflict(f"the id {row.id!r} is taken; choose another one", code="id_taken")
