"""Passwords of users: sign in with one, change it, choose one with a link. Hashing happens outside transactions."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from nowboard.access.affected import note_user
from nowboard.access.audit import audit
from nowboard.access.grants import grant_of
from nowboard.access.password_rules import check_password
from nowboard.access.passwords import Passwords, Verdict
from nowboard.access.principals import principal_of_user
from nowboard.access.secrets import digest
from nowboard.access.sessions import StartedSession, Visit, start_user_session
from nowboard.access.throttle import Throttle
from nowboard.clock import Clock, Micros
from nowboard.errors import Forbidden, Unauthenticated
from nowboard.model.principals import ANONYMOUS, HOME, Principal, PrincipalKind
from nowboard.model.trace import TRACE
from nowboard.model.wire import CloseCode
from nowboard.records.database import Records
from nowboard.records.sessions import drop_links, peek_link, revoke_sessions, use_link
from nowboard.records.users import UserRow, change_user, find_user, get_user

CHOOSING = ("invite", "reset")
"""Purposes of links with which somebody chooses a password."""


class Accounts:
    """Everything that takes a password."""

    def __init__(self, records: Records, passwords: Passwords, throttle: Throttle, clock: Clock) -> None:
        self._records = records
        self._passwords = passwords
        self._throttle = throttle
        self._clock = clock

    async def sign_in(self, email: str, password: str, visit: Visit) -> StartedSession:
        """Begin a session. An unknown address, a wrong password and a disabled account are the same, in work too.

        Raises `Unauthenticated`, and `LimitExceeded` after too many failures from the caller's address.
        """
        address = TRACE.get().address
        self._throttle.attempt(email, address)
        user = await self._records.run(find_user, email)
        verdict = await self._passwords.compare(None if user is None else user.password, password)
        started = await self._records.run(_settle, user, verdict, visit, self._clock.now())
        if started is None:
            raise Unauthenticated("the address or the password is wrong", code="bad_credentials")
        self._throttle.succeeded(email, address)
        return started

    async def change(self, principal: Principal, current: str, new: str, visit: Visit) -> StartedSession:
        """Change one's own password: every session ends, and a new one begins here.

        Raises `Unauthenticated` when `current` is wrong, `BadRequest` for a `new` one that is refused.
        """
        user = await self._records.run(get_user, principal.id)
        if user is None or principal.kind is not PrincipalKind.USER:
            raise Forbidden("only somebody signed in with an account here has a password")
        check_password(new, user.email, user.name)
        address = TRACE.get().address
        self._throttle.attempt(user.email, address)
        if not (await self._passwords.compare(user.password, current)).right:
            await self._records.run(_note_refusal, user, "password.change", self._clock.now())
            raise Unauthenticated("the current password is wrong", code="bad_credentials")
        self._throttle.succeeded(user.email, address)
        hashed = await self._passwords.hash(new)
        return await self._records.run(_store, user, hashed, visit, "password.change", self._clock.now())

    async def choose(self, code: str, password: str, visit: Visit) -> StartedSession:
        """Set the password of whom a link was made for, and sign in: other sessions and links end.

        Raises `Unauthenticated` for a link that is no good, `BadRequest` for a password that is refused; the link can
        then be used again.
        """
        user = await self._records.run(_whose, code, self._clock.now())
        check_password(password, user.email, user.name)
        hashed = await self._passwords.hash(password)
        return await self._records.run(_choose, code, hashed, visit, self._clock.now())

    async def hash_new(self, password: str, email: str, name: str) -> str:
        """The hash of a new account's password. Raises `BadRequest` for one that is refused."""
        check_password(password, email, name)
        return await self._passwords.hash(password)


def _settle(
    connection: Connection, user: UserRow | None, verdict: Verdict, visit: Visit, now: Micros
) -> StartedSession | None:
    """A session for who was right, a line in the audit log for who was not."""
    current = None if user is None else get_user(connection, user.id)
    if user is None or current is None or not verdict.right or current.password != user.password:
        _note_refusal(connection, current, "session.start", now)
        return None
    if current.disabled_at is not None:
        _note_refusal(connection, current, "session.start", now)
        return None
    if verdict.rehashed is not None:
        change_user(connection, current.id, {"password": verdict.rehashed})
    return start_user_session(connection, current, "password", visit, now)


def _note_refusal(connection: Connection, user: UserRow | None, action: str, now: Micros) -> None:
    # what was typed is not kept: people put passwords where the address belongs
    organisation, name = (HOME, "unknown") if user is None else (user.organisation, user.id)
    nobody = msgspec.structs.replace(ANONYMOUS, organisation=organisation)
    audit(connection, nobody, action, "user", name, now=now, outcome="refused", detail={"by": "password"})


def _store(
    connection: Connection, user: UserRow, hashed: str, visit: Visit, action: str, now: Micros
) -> StartedSession:
    principal = principal_of_user(connection, user)
    if principal is None:
        raise Unauthenticated("the account is disabled", code="bad_credentials")
    change_user(connection, user.id, {"password": hashed, "password_at": now, "updated_at": now})
    revoke_sessions(connection, user.id, now)
    drop_links(connection, user.id)
    note_user(connection, user.id, CloseCode.RESTART, "the password changed", now)
    audit(connection, principal, action, "user", user.id, now=now)
    return start_user_session(connection, user, "password", visit, now)


def _whose(connection: Connection, code: str, now: Micros) -> UserRow:
    stored = peek_link(connection, digest(code), now, CHOOSING)
    user = None if stored is None else get_user(connection, grant_of(stored).id)
    if user is None or user.disabled_at is not None:
        raise Unauthenticated("this link is over or was used before; ask for a new one", code="bad_link")
    return user


def _choose(connection: Connection, code: str, hashed: str, visit: Visit, now: Micros) -> StartedSession:
    user = _whose(connection, code, now)
    use_link(connection, digest(code), now, CHOOSING)
    return _store(connection, user, hashed, visit, "password.reset", now)
