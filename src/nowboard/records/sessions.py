"""Browser sessions and the single-use links that start them, as rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from nowboard.clock import Micros
from nowboard.records.tables import SESSIONS, SIGN_IN_LINKS


class SessionRow(msgspec.Struct, frozen=True):
    """A browser session. `grant` says whose it is; only the hash of its cookie was ever stored."""

    id: str
    grant: Mapping[str, Any]
    created_at: Micros
    expires_at: Micros
    revoked_at: Micros | None = None
    principal: str = ""
    last_seen_at: Micros | None = None
    agent: str | None = None
    address: str | None = None

    def usable(self, now: Micros) -> bool:
        """Whether the session is neither revoked nor expired."""
        return self.revoked_at is None and now < self.expires_at


_COLUMNS = [column for column in SESSIONS.c if column.name != "hash"]


def add_session(connection: Connection, row: SessionRow, digest: bytes) -> None:
    """Store a new session and forget those that are long over."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.expires_at < row.created_at))
    connection.execute(insert(SESSIONS).values(hash=digest, **msgspec.structs.asdict(row)))


def find_session(connection: Connection, digest: bytes) -> SessionRow | None:
    """The session whose cookie has this hash, usable or not."""
    found = connection.execute(select(*_COLUMNS).where(SESSIONS.c.hash == digest)).one_or_none()
    return None if found is None else SessionRow(**found._mapping)


def revoke_session(connection: Connection, session_id: str, now: Micros) -> bool:
    """Revoke a session; False when there is none of this id or it was revoked before."""
    statement = update(SESSIONS).where(SESSIONS.c.id == session_id, SESSIONS.c.revoked_at.is_(None))
    return connection.execute(statement.values(revoked_at=now)).rowcount == 1


def revoke_sessions(connection: Connection, principal: str, now: Micros, *, keep: str | None = None) -> int:
    """Revoke all usable sessions of a principal, but for the one with the id `keep`; how many those were."""
    columns = SESSIONS.c
    wanted = (columns.principal == principal) & columns.revoked_at.is_(None) & (columns.expires_at > now)
    if keep is not None:
        wanted &= columns.id != keep
    return connection.execute(update(SESSIONS).where(wanted).values(revoked_at=now)).rowcount


def list_sessions(connection: Connection, principal: str, now: Micros) -> list[SessionRow]:
    """The usable sessions of a principal, the newest first."""
    columns = SESSIONS.c
    wanted = (columns.principal == principal) & columns.revoked_at.is_(None) & (columns.expires_at > now)
    found = select(*_COLUMNS).where(wanted).order_by(columns.created_at.desc(), columns.id)
    return [SessionRow(**row._mapping) for row in connection.execute(found)]


def touch_session(connection: Connection, session_id: str, now: Micros) -> None:
    """Note that a session was used."""
    connection.execute(update(SESSIONS).where(SESSIONS.c.id == session_id).values(last_seen_at=now))


def ended_sessions(connection: Connection, after: Micros, until: Micros) -> list[SessionRow]:
    """Sessions that were revoked or ran out in (after, until]."""
    columns = SESSIONS.c
    ended = columns.revoked_at.between(after + 1, until) | columns.expires_at.between(after + 1, until)
    return [SessionRow(**row._mapping) for row in connection.execute(select(*_COLUMNS).where(ended))]


def add_link(
    connection: Connection,
    digest: bytes,
    grant: Mapping[str, Any],
    now: Micros,
    expires_at: Micros,
    *,
    purpose: str = "sign_in",
    principal: str = "",
) -> None:
    """Store a link under the hash of its code, and forget those that are over."""
    connection.execute(delete(SIGN_IN_LINKS).where(SIGN_IN_LINKS.c.expires_at < now))
    row = {
        "hash": digest,
        "purpose": purpose,
        "principal": principal,
        "grant": dict(grant),
        "created_at": now,
        "expires_at": expires_at,
    }
    connection.execute(insert(SIGN_IN_LINKS).values(row))


def peek_link(
    connection: Connection, digest: bytes, now: Micros, purposes: Collection[str]
) -> Mapping[str, Any] | None:
    """The grant of a link that could be used, without using it up."""
    columns = SIGN_IN_LINKS.c
    fresh = (columns.hash == digest) & columns.used_at.is_(None) & (columns.expires_at > now)
    found = connection.execute(select(columns.grant).where(fresh & columns.purpose.in_(purposes))).one_or_none()
    return None if found is None else found.grant


def use_link(
    connection: Connection, digest: bytes, now: Micros, purposes: Collection[str] = ("sign_in",)
) -> Mapping[str, Any] | None:
    """Use a link up: its grant, or None when there is none for these purposes, it is over or was used before."""
    columns = SIGN_IN_LINKS.c
    fresh = (columns.hash == digest) & columns.used_at.is_(None) & (columns.expires_at > now)
    fresh &= columns.purpose.in_(purposes)
    used = connection.execute(update(SIGN_IN_LINKS).where(fresh).values(used_at=now))
    if used.rowcount != 1:
        return None
    grant: Mapping[str, Any] = connection.execute(select(columns.grant).where(columns.hash == digest)).scalar_one()
    return grant


def drop_links(connection: Connection, principal: str) -> None:
    """Forget the links of a principal: none of them works any more."""
    connection.execute(delete(SIGN_IN_LINKS).where(SIGN_IN_LINKS.c.principal == principal))
