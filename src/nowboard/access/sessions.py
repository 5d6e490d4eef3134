"""Browser sessions: begun by a single-use link or an API token, kept in a cookie, revocable."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection

from nowboard.access.grants import Grant, grant_of, grant_of_token, to_row
from nowboard.access.principals import principal_of_grant
from nowboard.access.secrets import digest, new_id, new_secret
from nowboard.clock import MINUTE, Micros
from nowboard.errors import Unauthenticated
from nowboard.model.principals import Principal
from nowboard.records.sessions import SessionRow, add_link, add_session, find_session, revoke_session, use_link
from nowboard.records.tokens import find_token

LINK_LIFETIME: Micros = 15 * MINUTE
"""Long enough to copy a link from a terminal, short enough that a scrolled-back one is worth nothing."""


@dataclass(frozen=True)
class StartedSession:
    """A new session; `cookie` is handed to the browser this once."""

    cookie: str
    row: SessionRow
    principal: Principal


def make_link(connection: Connection, grant: Grant, now: Micros) -> str:
    """A single-use sign-in code for `grant`."""
    code = new_secret()
    add_link(connection, digest(code), to_row(grant), now, now + LINK_LIFETIME)
    return code


def sign_in_by_link(
    connection: Connection, code: str, *, now: Micros, lifetime: Micros, previous: str | None = None
) -> StartedSession:
    """Use a sign-in code up and begin a session; the browser's `previous` one ends. Raises `Unauthenticated`."""
    stored = use_link(connection, digest(code), now)
    if stored is None:
        raise Unauthenticated(
            "this sign-in link is over or was used before; `nowboard link` prints a new one", code="bad_link"
        )
    return _start(connection, grant_of(stored), now=now, lifetime=lifetime, previous=previous)


def sign_in_by_token(
    connection: Connection, token: str, *, now: Micros, lifetime: Micros, previous: str | None = None
) -> StartedSession:
    """Begin a session that acts as an API token and ends with it. Raises `Unauthenticated`."""
    row = find_token(connection, digest(token))
    if row is None or not row.usable(now):
        raise Unauthenticated("the token is unknown, over or revoked", code="bad_token")
    grant = msgspec.structs.replace(grant_of_token(row), token=row.id)
    if row.expires_at is not None:
        lifetime = min(lifetime, row.expires_at - now)
    return _start(connection, grant, now=now, lifetime=lifetime, previous=previous)


def sign_out(connection: Connection, cookie: str, now: Micros) -> str | None:
    """End the session of a cookie; returns its id, or None when there was none."""
    row = find_session(connection, digest(cookie))
    if row is None or not revoke_session(connection, row.id, now):
        return None
    return row.id


def _start(
    connection: Connection, grant: Grant, *, now: Micros, lifetime: Micros, previous: str | None
) -> StartedSession:
    if previous is not None:
        sign_out(connection, previous, now)
    principal = principal_of_grant(connection, grant, now)
    if principal is None:
        raise Unauthenticated("the account behind this sign-in is not there any more", code="bad_link")
    cookie = new_secret()
    row = SessionRow(new_id("ses"), to_row(grant), now, now + lifetime, principal=principal.id)
    add_session(connection, row, digest(cookie))
    return StartedSession(cookie, row, principal)
