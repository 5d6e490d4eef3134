"""Browser sessions: begun by a password, a single-use link, a token or a provider; kept in a cookie, revocable."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection

from nowboard.access.audit import audit
from nowboard.access.grants import Grant, grant_of, grant_of_token, grant_of_user, to_row
from nowboard.access.principals import principal_of_grant
from nowboard.access.secrets import digest, new_id, new_secret
from nowboard.clock import MINUTE, Micros
from nowboard.errors import NotFound, Unauthenticated
from nowboard.model.principals import Principal
from nowboard.model.trace import TRACE
from nowboard.records.sessions import (
    SessionRow,
    add_link,
    add_session,
    find_session,
    list_sessions,
    revoke_session,
    revoke_sessions,
    use_link,
)
from nowboard.records.tokens import find_token
from nowboard.records.users import UserRow, change_user

LINK_LIFETIME: Micros = 15 * MINUTE
"""Long enough to copy a link from a terminal, short enough that a scrolled-back one is worth nothing."""
_AGENT = 400


@dataclass(frozen=True)
class Visit:
    """What a new session has to know: how long it lasts, which one of the browser it replaces, the browser's name."""

    lifetime: Micros
    previous: str | None = None
    agent: str | None = None


@dataclass(frozen=True)
class StartedSession:
    """A new session; `cookie` is handed to the browser this once."""

    cookie: str
    row: SessionRow
    principal: Principal


def make_link(connection: Connection, grant: Grant, now: Micros) -> str:
    """A single-use sign-in code for `grant`."""
    code = new_secret()
    add_link(connection, digest(code), to_row(grant), now, now + LINK_LIFETIME, principal=grant.id)
    return code


def sign_in_by_link(
    connection: Connection,
    code: str,
    *,
    now: Micros,
    lifetime: Micros,
    previous: str | None = None,
    agent: str | None = None,
) -> StartedSession:
    """Use a sign-in code up and begin a session; the browser's `previous` one ends. Raises `Unauthenticated`."""
    stored = use_link(connection, digest(code), now)
    if stored is None:
        raise Unauthenticated(
            "this sign-in link is over or was used before; `nowboard link` prints a new one", code="bad_link"
        )
    grant = grant_of(stored)
    return start_session(connection, grant, "link", now=now, lifetime=lifetime, previous=previous, agent=agent)


def sign_in_by_token(
    connection: Connection,
    token: str,
    *,
    now: Micros,
    lifetime: Micros,
    previous: str | None = None,
    agent: str | None = None,
) -> StartedSession:
    """Begin a session that acts as an API token and ends with it. Raises `Unauthenticated`."""
    row = find_token(connection, digest(token))
    if row is None or not row.usable(now):
        raise Unauthenticated("the token is unknown, over or revoked", code="bad_token")
    grant = msgspec.structs.replace(grant_of_token(row), token=row.id)
    if row.expires_at is not None:
        lifetime = min(lifetime, row.expires_at - now)
    return start_session(connection, grant, "token", now=now, lifetime=lifetime, previous=previous, agent=agent)


def start_user_session(connection: Connection, user: UserRow, means: str, visit: Visit, now: Micros) -> StartedSession:
    """Begin a session of a user who has shown who they are. Raises `Unauthenticated` for a disabled one."""
    return start_session(
        connection,
        grant_of_user(user),
        means,
        now=now,
        lifetime=visit.lifetime,
        previous=visit.previous,
        agent=visit.agent,
    )


def start_session(
    connection: Connection,
    grant: Grant,
    means: str,
    *,
    now: Micros,
    lifetime: Micros,
    previous: str | None = None,
    agent: str | None = None,
) -> StartedSession:
    """Begin a session with a cookie that nobody knew before, and end the `previous` one of the same browser.

    `means` says for the audit log how somebody showed who they are. Raises `Unauthenticated` when the account behind
    the grant is not there any more.
    """
    if previous is not None:
        sign_out(connection, previous, now)
    principal = principal_of_grant(connection, grant, now)
    if principal is None:
        raise Unauthenticated("the account behind this sign-in is not there any more", code="bad_link")
    cookie, address = new_secret(), TRACE.get().address
    row = SessionRow(
        new_id("ses"),
        to_row(grant),
        now,
        now + lifetime,
        principal=principal.id,
        last_seen_at=now,
        agent=None if agent is None else agent[:_AGENT],
        address=address,
    )
    add_session(connection, row, digest(cookie))
    change_user(connection, principal.id, {"last_sign_in_at": now})
    audit(connection, principal, "session.start", "session", row.id, now=now, detail={"by": means})
    return StartedSession(cookie, row, principal)


def sign_out(connection: Connection, cookie: str, now: Micros) -> str | None:
    """End the session of a cookie; returns its id, or None when there was none."""
    row = find_session(connection, digest(cookie))
    if row is None or not revoke_session(connection, row.id, now):
        return None
    principal = principal_of_grant(connection, grant_of(row.grant), now)
    if principal is not None:
        audit(connection, principal, "session.end", "session", row.id, now=now)
    return row.id


def access_sessions(connection: Connection, principal: Principal, now: Micros) -> list[SessionRow]:
    """One's own sessions, the newest first."""
    return list_sessions(connection, principal.id, now)


def access_session_end(connection: Connection, principal: Principal, session_id: str, now: Micros) -> None:
    """End one of one's own sessions. Raises `NotFound`, also for those of others."""
    own = {row.id for row in list_sessions(connection, principal.id, now)}
    if session_id not in own or not revoke_session(connection, session_id, now):
        raise NotFound(f"you have no session {session_id!r}", code="unknown_session")
    audit(connection, principal, "session.end", "session", session_id, now=now)


def access_sessions_end(connection: Connection, principal: Principal, now: Micros) -> int:
    """Sign out everywhere; how many sessions that ended."""
    count = revoke_sessions(connection, principal.id, now)
    audit(connection, principal, "session.end_all", "session", principal.id, now=now, detail={"sessions": count})
    return count


def current_session(connection: Connection, cookie: str | None) -> str | None:
    """The id of a cookie's session."""
    row = None if cookie is None else find_session(connection, digest(cookie))
    return None if row is None else row.id
