"""Dashboards as rows: the draft, and which version viewers see. What a document may say is decided elsewhere."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Text, cast, delete, insert, or_, select, update

from nowboard.clock import Micros
from nowboard.model.principals import HOME
from nowboard.records.tables import DASHBOARD_DRAFTS, DASHBOARD_VERSIONS, DASHBOARDS, SHARES

ORGANISATION: Final = "organisation"
PRIVATE: Final = "private"
VISIBILITIES: Final = (ORGANISATION, PRIVATE)

DRAFTS_KEPT: Final = 30
"""Drafts before the present one that are kept per dashboard, to offer a merge to whoever began from one of them."""


class DashboardHead(msgspec.Struct, frozen=True, kw_only=True):
    """A stored dashboard without its document.

    `version` counts the changes of the draft, `etag` names its very content; `published` is the number of the version
    that viewers see, None before the first, and `published_etag` the draft it was made of. Summaries hold `title`,
    `description`, `tags` and the number of `widgets`. `visibility` is `organisation` or `private`.
    """

    organisation: str
    id: str
    title: str
    summary: Mapping[str, Any]
    visibility: str
    version: int
    etag: str
    published: int | None = None
    published_etag: str | None = None
    published_summary: Mapping[str, Any] | None = None
    owner: str
    created_at: Micros
    updated_at: Micros
    updated_by: str
    deleted_at: Micros | None = None


class DashboardRow(DashboardHead, frozen=True, kw_only=True):
    """A stored dashboard with its draft."""

    document: Mapping[str, Any]


_HEAD = [column for column in DASHBOARDS.c if column.name != "document"]


def summary_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What lists show of a document."""
    return {
        "title": document.get("title", ""),
        "description": document.get("description"),
        "tags": list(document.get("tags", ())),
        "widgets": len(document.get("widgets", ())),
    }


def new_etag() -> str:
    """A name for a content that no other content ever had."""
    return secrets.token_hex(12)


def list_dashboards(connection: Connection, organisation: str = HOME, *, trash: bool = False) -> list[DashboardHead]:
    """The dashboards of an organisation by title: those in use, or those in the trash."""
    wanted = select(*_HEAD).where(DASHBOARDS.c.organisation == organisation, in_trash(trash))
    return [DashboardHead(**row._mapping) for row in connection.execute(wanted.order_by(DASHBOARDS.c.title))]


def get_dashboard(connection: Connection, dashboard_id: str, organisation: str = HOME) -> DashboardRow | None:
    """The dashboard of this id, in the trash or not."""
    found = connection.execute(select(DASHBOARDS).where(_same(organisation, dashboard_id))).one_or_none()
    return None if found is None else DashboardRow(**found._mapping)


def get_heads(connection: Connection, organisation: str, ids: Collection[str]) -> list[DashboardHead]:
    """The dashboards of these ids that there are, in the trash or not."""
    wanted = select(*_HEAD).where(DASHBOARDS.c.organisation == organisation, DASHBOARDS.c.id.in_(ids))
    return [DashboardHead(**row._mapping) for row in connection.execute(wanted)]


def add_dashboard(connection: Connection, row: DashboardRow) -> None:
    """Store a new dashboard; its id must be free in its organisation."""
    connection.execute(insert(DASHBOARDS).values(**msgspec.structs.asdict(row)))


def change_draft(
    connection: Connection, before: DashboardRow, document: Mapping[str, Any], *, by: str, now: Micros
) -> DashboardRow:
    """Replace the draft; the one before is kept among the last `DRAFTS_KEPT`. An equal document changes nothing."""
    if before.document == document:
        return before
    _keep(connection, before)
    values = {
        "document": document,
        "title": document.get("title", ""),
        "summary": summary_of(document),
        "version": before.version + 1,
        "etag": new_etag(),
        "updated_at": now,
        "updated_by": by,
    }
    return change_dashboard(connection, before, values)


def change_dashboard(connection: Connection, before: DashboardRow, values: Mapping[str, Any]) -> DashboardRow:
    """Set columns; returns the row as it is then."""
    connection.execute(update(DASHBOARDS).where(_same(before.organisation, before.id)).values(**values))
    return msgspec.structs.replace(before, **values)


def get_draft(connection: Connection, organisation: str, dashboard_id: str, etag: str) -> Mapping[str, Any] | None:
    """An earlier draft by its etag, as far as it is still kept."""
    drafts = DASHBOARD_DRAFTS.c
    same = (drafts.organisation == organisation) & (drafts.dashboard == dashboard_id) & (drafts.etag == etag)
    found: Mapping[str, Any] | None = connection.execute(select(drafts.document).where(same)).scalar()
    return found


def earlier_drafts(connection: Connection, organisation: str, dashboard_id: str) -> Iterator[Mapping[str, Any]]:
    """The drafts before the present one that are still kept, the newest first."""
    drafts = DASHBOARD_DRAFTS.c
    same = (drafts.organisation == organisation) & (drafts.dashboard == dashboard_id)
    yield from connection.execute(select(drafts.document).where(same).order_by(drafts.version.desc())).scalars()


def delete_dashboard(connection: Connection, dashboard_id: str, organisation: str = HOME) -> bool:
    """Remove a dashboard for good, with its versions, drafts and shares: another of this id is another dashboard.

    False when there is none of this id.
    """
    for table in (DASHBOARD_VERSIONS, DASHBOARD_DRAFTS, SHARES):
        columns = table.c
        connection.execute(delete(table).where(columns.organisation == organisation, columns.dashboard == dashboard_id))
    return connection.execute(delete(DASHBOARDS).where(_same(organisation, dashboard_id))).rowcount == 1


def trashed_before(connection: Connection, instant: Micros) -> list[DashboardHead]:
    """The dashboards of all organisations that were put in the trash before `instant`."""
    wanted = select(*_HEAD).where(DASHBOARDS.c.deleted_at < instant)
    return [DashboardHead(**row._mapping) for row in connection.execute(wanted)]


def dashboards_naming(connection: Connection, organisation: str, word: str) -> list[DashboardRow]:
    """The dashboards in whose draft or published version the text `"word"` stands, those in the trash included."""
    pattern = f'%"{word}"%'
    versions = DASHBOARD_VERSIONS.c
    shown = select(versions.dashboard).where(
        versions.organisation == DASHBOARDS.c.organisation,
        versions.dashboard == DASHBOARDS.c.id,
        versions.number == DASHBOARDS.c.published,
        cast(versions.document, Text).like(pattern),
    )
    wanted = select(DASHBOARDS).where(
        DASHBOARDS.c.organisation == organisation,
        or_(cast(DASHBOARDS.c.document, Text).like(pattern), shown.exists()),
    )
    return [DashboardRow(**row._mapping) for row in connection.execute(wanted)]


def in_trash(trash: bool) -> ColumnElement[bool]:
    """The condition that a dashboard is in the trash, or is not."""
    return DASHBOARDS.c.deleted_at.is_not(None) if trash else DASHBOARDS.c.deleted_at.is_(None)


def _keep(connection: Connection, row: DashboardRow) -> None:
    drafts = DASHBOARD_DRAFTS.c
    values = {
        "organisation": row.organisation,
        "dashboard": row.id,
        "version": row.version,
        "etag": row.etag,
        "document": row.document,
        "created_at": row.updated_at,
        "created_by": row.updated_by,
    }
    connection.execute(insert(DASHBOARD_DRAFTS).values(**values))
    old = drafts.version <= row.version - DRAFTS_KEPT
    connection.execute(
        delete(DASHBOARD_DRAFTS).where(drafts.organisation == row.organisation, drafts.dashboard == row.id, old)
    )


def _same(organisation: str, dashboard_id: str) -> ColumnElement[bool]:
    return (DASHBOARDS.c.organisation == organisation) & (DASHBOARDS.c.id == dashboard_id)
