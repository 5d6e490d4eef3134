"""Dashboards and their versions as rows. Whether a document is valid is decided in `nowboard.dashboards`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from nowboard.clock import Micros
from nowboard.model.principals import HOME
from nowboard.records.tables import DASHBOARD_VERSIONS, DASHBOARDS


class DashboardRow(msgspec.Struct, frozen=True):
    """A stored dashboard: its draft, and which version viewers see.

    `version` counts the changes of the draft, `etag` names this very content; `published` is the number of the version
    that viewers see, None before the first. `visibility` is `organisation` or `private`.
    """

    organisation: str
    id: str
    document: Mapping[str, Any]
    title: str
    tags: Sequence[str]
    visibility: str
    version: int
    etag: str
    published: int | None
    owner: str
    created_at: Micros
    updated_at: Micros
    updated_by: str
    deleted_at: Micros | None = None


class VersionRow(msgspec.Struct, frozen=True):
    """A published version, which never changes. `restores` is the number of the version that it brought back."""

    organisation: str
    dashboard: str
    number: int
    document: Mapping[str, Any]
    note: str
    restores: int | None
    created_at: Micros
    created_by: str


def list_dashboards(connection: Connection, organisation: str = HOME) -> list[DashboardRow]:
    """The dashboards of an organisation by title, without those in the trash."""
    found = select(DASHBOARDS).where(DASHBOARDS.c.organisation == organisation, DASHBOARDS.c.deleted_at.is_(None))
    return [DashboardRow(**row._mapping) for row in connection.execute(found.order_by(DASHBOARDS.c.title))]


def get_dashboard(connection: Connection, dashboard_id: str, organisation: str = HOME) -> DashboardRow | None:
    """The dashboard of this id, in the trash or not."""
    same = (DASHBOARDS.c.organisation == organisation) & (DASHBOARDS.c.id == dashboard_id)
    found = connection.execute(select(DASHBOARDS).where(same)).one_or_none()
    return None if found is None else DashboardRow(**found._mapping)


def put_dashboard(
    connection: Connection,
    document: Mapping[str, Any],
    *,
    owner: str,
    now: Micros,
    etag: str | None = None,
    organisation: str = HOME,
) -> DashboardRow | None:
    """Store a document under its `id` and publish it, as a new dashboard or as the next version.

    With `etag`, only when the stored one still has it; otherwise nothing changes and None comes back. A document equal
    to the stored one changes nothing.
    """
    before = get_dashboard(connection, document["id"], organisation)
    if etag is not None and (before is None or before.etag != etag):
        return None
    if before is not None and before.document == document and before.deleted_at is None:
        return before
    version = 1 if before is None else before.version + 1
    row = DashboardRow(
        organisation=organisation,
        id=document["id"],
        document=document,
        title=document.get("title", ""),
        tags=list(document.get("tags", ())),
        visibility="organisation" if before is None else before.visibility,
        version=version,
        etag=_etag(document, version, now),
        published=1 if before is None else (before.published or 0) + 1,
        owner=owner if before is None else before.owner,
        created_at=now if before is None else before.created_at,
        updated_at=now,
        updated_by=owner,
    )
    values = msgspec.structs.asdict(row)
    if before is None:
        connection.execute(insert(DASHBOARDS).values(**values))
    else:
        same = (DASHBOARDS.c.organisation == organisation) & (DASHBOARDS.c.id == row.id)
        connection.execute(update(DASHBOARDS).where(same).values(**values))
    published = VersionRow(organisation, row.id, row.published or 1, document, "", None, now, owner)
    connection.execute(insert(DASHBOARD_VERSIONS).values(**msgspec.structs.asdict(published)))
    return row


def delete_dashboard(connection: Connection, dashboard_id: str, organisation: str = HOME) -> bool:
    """Remove a dashboard with its versions; False when there is none of this id."""
    versions = DASHBOARD_VERSIONS.c
    gone = (versions.organisation == organisation) & (versions.dashboard == dashboard_id)
    connection.execute(delete(DASHBOARD_VERSIONS).where(gone))
    same = (DASHBOARDS.c.organisation == organisation) & (DASHBOARDS.c.id == dashboard_id)
    return connection.execute(delete(DASHBOARDS).where(same)).rowcount == 1


def _etag(document: Mapping[str, Any], version: int, now: Micros) -> str:
    content = msgspec.json.encode((document, version, now), order="deterministic")
    return hashlib.blake2b(content, digest_size=16).hexdigest()
