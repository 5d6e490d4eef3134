"""Shares of dashboards as rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, insert, select, update

from nowboard.clock import Micros
from nowboard.records.tables import SHARES


class ShareRow(msgspec.Struct, frozen=True):
    """Who else may see or edit a dashboard.

    `kind` is `user` (`subject` is an id), `role` (a name) or `link` (whoever has its secret, of which only the hash was
    ever stored). `level` is `view` or `edit`. `limits` is a `nowboard.model.principals.Guest` for links.
    """

    id: str
    organisation: str
    dashboard: str
    kind: str
    subject: str | None
    level: str
    limits: Mapping[str, Any]
    created_at: Micros
    created_by: str
    expires_at: Micros | None = None
    revoked_at: Micros | None = None

    def usable(self, now: Micros) -> bool:
        """Whether the share is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


_COLUMNS = [column for column in SHARES.c if column.name != "hash"]


def add_share(connection: Connection, row: ShareRow, digest: bytes | None = None) -> None:
    """Store a new share; of a link under the hash of its secret."""
    connection.execute(insert(SHARES).values(hash=digest, **msgspec.structs.asdict(row)))


def find_share(connection: Connection, digest: bytes) -> ShareRow | None:
    """The share whose link has this hash, usable or not."""
    rows = _rows(connection, SHARES.c.hash == digest)
    return rows[0] if rows else None


def get_share(connection: Connection, share_id: str) -> ShareRow | None:
    """The share of this id, usable or not."""
    rows = _rows(connection, SHARES.c.id == share_id)
    return rows[0] if rows else None


def list_shares(connection: Connection, organisation: str, dashboard: str) -> list[ShareRow]:
    """The shares of a dashboard that were not revoked, the oldest first."""
    of_dashboard = (SHARES.c.organisation == organisation) & (SHARES.c.dashboard == dashboard)
    return _rows(connection, of_dashboard & SHARES.c.revoked_at.is_(None))


def shares_with(connection: Connection, organisation: str, user: str, role: str, now: Micros) -> list[ShareRow]:
    """What is shared with a user, or with everyone of a role, at this moment."""
    columns = SHARES.c
    theirs = ((columns.kind == "user") & (columns.subject == user)) | (
        (columns.kind == "role") & (columns.subject == role)
    )
    return [row for row in _rows(connection, (columns.organisation == organisation) & theirs) if row.usable(now)]


def expired_shares(connection: Connection, after: Micros, until: Micros) -> list[ShareRow]:
    """The shares that came to their end in this time without being revoked."""
    over = (SHARES.c.expires_at > after) & (SHARES.c.expires_at <= until)
    return _rows(connection, over & SHARES.c.revoked_at.is_(None))


def revoke_share(connection: Connection, share_id: str, now: Micros) -> bool:
    """Revoke a share; False when there is none of this id or it was revoked before."""
    statement = update(SHARES).where(SHARES.c.id == share_id, SHARES.c.revoked_at.is_(None))
    return connection.execute(statement.values(revoked_at=now)).rowcount == 1


def _rows(connection: Connection, condition: ColumnElement[bool]) -> list[ShareRow]:
    found = connection.execute(select(*_COLUMNS).where(condition).order_by(SHARES.c.created_at))
    return [ShareRow(**row._mapping) for row in found]
