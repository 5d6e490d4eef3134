"""Dashboards as rows. Whether a document is valid is decided in `nowboard.dashboards`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from nowboard.clock import Micros
from nowboard.records.tables import DASHBOARDS


class DashboardRow(msgspec.Struct, frozen=True):
    """A stored dashboard. `version` counts its changes, `etag` names this very content."""

    id: str
    document: Mapping[str, Any]
    title: str
    tags: Sequence[str]
    version: int
    etag: str
    owner: str
    updated_at: Micros


def list_dashboards(connection: Connection) -> list[DashboardRow]:
    """All dashboards by title."""
    return [DashboardRow(**row._mapping) for row in connection.execute(select(DASHBOARDS).order_by(DASHBOARDS.c.title))]


def get_dashboard(connection: Connection, dashboard_id: str) -> DashboardRow | None:
    """The dashboard of this id."""
    found = connection.execute(select(DASHBOARDS).where(DASHBOARDS.c.id == dashboard_id)).one_or_none()
    return None if found is None else DashboardRow(**found._mapping)


def put_dashboard(
    connection: Connection, document: Mapping[str, Any], *, owner: str, now: Micros, etag: str | None = None
) -> DashboardRow | None:
    """Store a document under its `id`, as a new dashboard or as the next version.

    With `etag`, only when the stored one still has it; otherwise nothing changes and None comes back. A document equal
    to the stored one changes nothing.
    """
    before = get_dashboard(connection, document["id"])
    if etag is not None and (before is None or before.etag != etag):
        return None
    if before is not None and before.document == document:
        return before
    version = 1 if before is None else before.version + 1
    row = DashboardRow(
        id=document["id"],
        document=document,
        title=document.get("title", ""),
        tags=list(document.get("tags", ())),
        version=version,
        etag=_etag(document, version, now),
        owner=owner if before is None else before.owner,
        updated_at=now,
    )
    values = msgspec.structs.asdict(row)
    if before is None:
        connection.execute(insert(DASHBOARDS).values(**values))
    else:
        connection.execute(update(DASHBOARDS).where(DASHBOARDS.c.id == row.id).values(**values))
    return row


def delete_dashboard(connection: Connection, dashboard_id: str) -> bool:
    """Remove a dashboard; False when there is none of this id."""
    return connection.execute(delete(DASHBOARDS).where(DASHBOARDS.c.id == dashboard_id)).rowcount == 1


def _etag(document: Mapping[str, Any], version: int, now: Micros) -> str:
    content = msgspec.json.encode((document, version, now), order="deterministic")
    return hashlib.blake2b(content, digest_size=16).hexdigest()
