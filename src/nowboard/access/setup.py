"""The first administrator: made by the owner, who signs in by the link that the server printed. Once."""

from __future__ import annotations

from sqlalchemy import Connection

from nowboard.access.audit import audit
from nowboard.access.grants import OWNER_ID
from nowboard.access.secrets import new_id
from nowboard.access.sessions import StartedSession, Visit, start_user_session
from nowboard.access.users import check_email, check_name
from nowboard.clock import Micros
from nowboard.errors import Conflict, Forbidden, NotFound
from nowboard.model.principals import HOME, Principal, PrincipalKind
from nowboard.model.wire import CloseCode
from nowboard.records.changes import note_change
from nowboard.records.sessions import drop_links, revoke_sessions
from nowboard.records.users import UserRow, add_user, find_user, has_administrator


def check_setup_open(connection: Connection) -> None:
    """Raise `NotFound` once there is an administrator: from then on there is nothing here."""
    if has_administrator(connection):
        raise NotFound("there is nothing here any more: the server has an administrator", code="no_such_route")


def check_owner(principal: Principal) -> None:
    """Raise `Forbidden` unless it is the owner, signed in by the printed link."""
    if principal.kind is not PrincipalKind.USER or principal.id != OWNER_ID:
        raise Forbidden("open the sign-in link that the server printed; `nowboard link` prints a new one")


def finish_setup(
    connection: Connection, principal: Principal, email: str, name: str, password: str, visit: Visit, now: Micros
) -> StartedSession:
    """Store the first administrator with a hashed `password` and begin their session; the owner's ways in end.

    Raises `NotFound` when somebody was quicker, `Forbidden`, `BadRequest`, `Conflict`.
    """
    check_setup_open(connection)
    check_owner(principal)
    address = check_email(email)
    if find_user(connection, address) is not None:
        raise Conflict(f"there is an account for {address} already", code="email_taken")
    user = UserRow(
        new_id("usr"), HOME, address, check_name(name), "admin", {}, now, now, password=password, password_at=now
    )
    revoke_sessions(connection, OWNER_ID, now)
    drop_links(connection, OWNER_ID)
    note_change(connection, OWNER_ID, CloseCode.SIGN_IN, "the server has an administrator now", now)
    add_user(connection, user)
    audit(connection, principal, "user.create", "user", user.id, now=now, detail={"role": "admin", "by": "setup"})
    return start_user_session(connection, user, "setup", visit, now)
