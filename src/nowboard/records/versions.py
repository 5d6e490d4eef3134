"""Published versions of dashboards as rows. They never change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, select

from nowboard.clock import Micros
from nowboard.records.dashboards import DashboardRow, change_dashboard, summary_of
from nowboard.records.tables import DASHBOARD_VERSIONS, DASHBOARDS


class VersionHead(msgspec.Struct, frozen=True, kw_only=True):
    """A published version without its document. `restores` is the number of the version that it brought back.

    `etag` is that of the draft it was made of.
    """

    organisation: str
    dashboard: str
    number: int
    etag: str
    note: str
    restores: int | None = None
    created_at: Micros
    created_by: str


class VersionRow(VersionHead, frozen=True, kw_only=True):
    """A published version."""

    document: Mapping[str, Any]


_HEAD = [column for column in DASHBOARD_VERSIONS.c if column.name != "document"]


def add_version(
    connection: Connection,
    row: DashboardRow,
    *,
    by: str,
    now: Micros,
    note: str = "",
    restores: int | None = None,
) -> tuple[DashboardRow, VersionRow]:
    """Publish the draft of `row` under the next number; returns the dashboard as it is then, and the version."""
    version = VersionRow(
        organisation=row.organisation,
        dashboard=row.id,
        number=_last(connection, row.organisation, row.id) + 1,
        document=row.document,
        etag=row.etag,
        note=note,
        restores=restores,
        created_at=now,
        created_by=by,
    )
    connection.execute(insert(DASHBOARD_VERSIONS).values(**msgspec.structs.asdict(version)))
    shown = {
        "published": version.number,
        "published_etag": row.etag,
        "published_summary": summary_of(row.document),
        "updated_at": now,
        "updated_by": by,
    }
    return change_dashboard(connection, row, shown), version


def list_versions(connection: Connection, organisation: str, dashboard_id: str) -> list[VersionHead]:
    """The versions of a dashboard, the newest first."""
    versions = DASHBOARD_VERSIONS.c
    wanted = select(*_HEAD).where(versions.organisation == organisation, versions.dashboard == dashboard_id)
    return [VersionHead(**row._mapping) for row in connection.execute(wanted.order_by(versions.number.desc()))]


def get_version(connection: Connection, organisation: str, dashboard_id: str, number: int) -> VersionRow | None:
    """The version of this number."""
    versions = DASHBOARD_VERSIONS.c
    same = (versions.organisation == organisation) & (versions.dashboard == dashboard_id)
    found = connection.execute(select(DASHBOARD_VERSIONS).where(same, versions.number == number)).one_or_none()
    return None if found is None else VersionRow(**found._mapping)


def version_of_draft(connection: Connection, organisation: str, dashboard_id: str, etag: str) -> VersionRow | None:
    """The newest version that was made of the draft with this etag."""
    versions = DASHBOARD_VERSIONS.c
    same = (versions.organisation == organisation) & (versions.dashboard == dashboard_id) & (versions.etag == etag)
    found = connection.execute(select(DASHBOARD_VERSIONS).where(same).order_by(versions.number.desc()).limit(1)).first()
    return None if found is None else VersionRow(**found._mapping)


def earlier_versions(connection: Connection, organisation: str, dashboard_id: str) -> Iterator[Mapping[str, Any]]:
    """The documents of a dashboard's versions, the newest first."""
    versions = DASHBOARD_VERSIONS.c
    same = (versions.organisation == organisation) & (versions.dashboard == dashboard_id)
    yield from connection.execute(select(versions.document).where(same).order_by(versions.number.desc())).scalars()


def published_versions(connection: Connection, organisation: str) -> list[VersionRow]:
    """What viewers see of every dashboard of an organisation that is not in the trash, by id."""
    versions = DASHBOARD_VERSIONS.c
    shown = (
        (versions.organisation == DASHBOARDS.c.organisation)
        & (versions.dashboard == DASHBOARDS.c.id)
        & (versions.number == DASHBOARDS.c.published)
    )
    wanted = select(DASHBOARD_VERSIONS).join(DASHBOARDS, shown)
    here = (versions.organisation == organisation) & DASHBOARDS.c.deleted_at.is_(None)
    return [VersionRow(**row._mapping) for row in connection.execute(wanted.where(here).order_by(versions.dashboard))]


def _last(connection: Connection, organisation: str, dashboard_id: str) -> int:
    versions = DASHBOARD_VERSIONS.c
    same = (versions.organisation == organisation) & (versions.dashboard == dashboard_id)
    return connection.execute(select(func.max(versions.number)).where(same)).scalar() or 0
