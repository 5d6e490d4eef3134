"""Who an OpenID provider says somebody is, and which account here that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import msgspec
from sqlalchemy import Connection

from nowboard.access.audit import audit
from nowboard.access.handing import check_role_of
from nowboard.access.secrets import new_id
from nowboard.access.sessions import StartedSession, Visit, start_user_session
from nowboard.access.users import check_email
from nowboard.clock import Micros
from nowboard.errors import Forbidden, NowboardError
from nowboard.model.principals import ANONYMOUS, SYSTEM
from nowboard.records.organisations import get_organisation
from nowboard.records.users import UserRow, add_user, change_user, find_user, find_user_of


class Accounting(msgspec.Struct, frozen=True):
    """What a provider's word is worth: see `nowboard.access.foreign.OidcProvider`."""

    match_email: bool = False
    role: str | None = None
    organisation: str = ""
    domains: list[str] | None = None


class Identity(msgspec.Struct, frozen=True):
    """Somebody as a provider knows them. `email` is None unless the provider has verified it."""

    issuer: str
    subject: str
    email: str | None
    name: str | None
    accounting: Accounting


@dataclass(frozen=True)
class Departure:
    """Where a browser goes to sign in, and what it keeps meanwhile: a cookie of `lifetime` seconds."""

    url: str
    cookie: str
    lifetime: int


@dataclass(frozen=True)
class Arrival:
    """Who came back, and the path here where they wanted to go."""

    identity: Identity
    path: str


class SignInProviders(Protocol):
    """OpenID providers."""

    def names(self) -> list[tuple[str, str]]:
        """Id and name of each, in the order of the settings."""
        ...

    async def depart(self, provider: str, redirect_uri: str, path: str) -> Departure:
        """Begin to sign in. Raises `NotFound`, `Unavailable`."""
        ...

    async def arrive(self, provider: str, redirect_uri: str, cookie: str | None, state: str, code: str) -> Arrival:
        """Who came back with `code`. Raises `NotFound`, `Unauthenticated`, `Unavailable`."""
        ...


def sign_in_identity(connection: Connection, identity: Identity, visit: Visit, now: Micros) -> StartedSession:
    """Begin a session of the account that an identity has, gets or is given.

    Raises `Forbidden` (`no_account`) when it has none and gets none; `Unauthenticated` when it is disabled.
    """
    user = _account(connection, identity, now)
    return start_user_session(connection, user, "provider", visit, now)


def note_refused_identity(connection: Connection, identity: Identity, code: str, now: Micros) -> None:
    """Note that somebody whom a provider knows was not let in, and why."""
    nobody = msgspec.structs.replace(ANONYMOUS, organisation=identity.accounting.organisation)
    detail = {"by": "provider", "code": code}
    audit(connection, nobody, "session.start", "provider", identity.issuer, now=now, outcome="refused", detail=detail)


def _account(connection: Connection, identity: Identity, now: Micros) -> UserRow:
    known = find_user_of(connection, identity.issuer, identity.subject)
    if known is not None:
        return known
    rules, email = identity.accounting, _usable_email(identity)
    same = None if email is None else find_user(connection, email)
    if same is not None:
        if not rules.match_email or same.issuer is not None or same.organisation != rules.organisation:
            raise _no_account()
        values = {"issuer": identity.issuer, "subject": identity.subject, "updated_at": now}
        change_user(connection, same.id, values)
        audit(connection, SYSTEM, "user.link_identity", "user", same.id, now=now, detail={"issuer": identity.issuer})
        return msgspec.structs.replace(same, **values)
    if email is None or rules.role is None or get_organisation(connection, rules.organisation) is None:
        raise _no_account()
    user = UserRow(
        new_id("usr"),
        rules.organisation,
        email,
        (identity.name or email)[:200],
        check_role_of(connection, rules.organisation, rules.role),
        {},
        now,
        now,
        issuer=identity.issuer,
        subject=identity.subject,
    )
    add_user(connection, user)
    audit(connection, SYSTEM, "user.create", "user", user.id, now=now, detail={"role": user.role, "by": "provider"})
    return user


def _usable_email(identity: Identity) -> str | None:
    """The verified address, if it is one that the settings let in."""
    try:
        email = None if identity.email is None else check_email(identity.email)
    except NowboardError:
        return None
    domains = identity.accounting.domains
    if email is None or (domains is not None and email.partition("@")[2] not in {name.lower() for name in domains}):
        return None
    return email


def _no_account() -> Forbidden:
    return Forbidden("there is no account here for you; ask an administrator to invite you", code="no_account")
