"""From what a request carries to a principal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Final

from sqlalchemy import Connection

from nowboard.access.embed_tokens import key_in, principal_of_embed
from nowboard.access.grants import grant_of
from nowboard.access.guests import principal_of_share
from nowboard.access.principals import principal_of_grant, principal_of_token
from nowboard.access.secrets import TOKEN_PREFIX, digest
from nowboard.access.shares import SHARE_PREFIX
from nowboard.access.tickets import Tickets
from nowboard.clock import MINUTE, Clock, Micros
from nowboard.errors import Unauthenticated
from nowboard.model.principals import Principal
from nowboard.records.database import Records
from nowboard.records.sessions import find_session
from nowboard.records.shares import find_share
from nowboard.records.tokens import find_token, touch_token

REMEMBERED: Final = 0.9
"""Seconds that an answer is reused: a credential revoked by any process is refused within a second."""
_CAPACITY: Final = 10_000
_TOUCH_EVERY: Final[Micros] = MINUTE


class Means(Enum):
    """How somebody showed who they are. Only a cookie is sent by browsers on behalf of foreign pages."""

    TOKEN = "token"  # noqa: S105 - a means, not a secret
    COOKIE = "cookie"
    TICKET = "ticket"


@dataclass(frozen=True)
class Caller:
    """Who asks, and how that is known."""

    principal: Principal
    means: Means


@dataclass(frozen=True)
class _Remembered:
    principal: Principal | None
    until: float


LookUp = Callable[[Connection, bytes, Micros], Principal | None]
"""A hashed secret and an instant to a principal."""


class Authenticator:
    """Turns tokens, cookies and tickets into principals. Unknown, expired and revoked credentials are the same."""

    def __init__(self, records: Records, tickets: Tickets, clock: Clock) -> None:
        self._records = records
        self._tickets = tickets
        self._clock = clock
        self._remembered: dict[tuple[Means, bytes], _Remembered] = {}

    async def authenticate(
        self, *, authorization: str | None = None, ticket: str | None = None, cookie: str | None = None
    ) -> Caller:
        """Who asks. The Authorization header counts before a ticket, a ticket before the cookie.

        Raises `Unauthenticated`; a credential that is no good is never passed over for the next one.
        """
        if authorization is not None:
            scheme, _, token = authorization.partition(" ")
            look_up = _look_up(token.strip()) if scheme.lower() == "bearer" else None
            if look_up is None:
                raise Unauthenticated("send `Authorization: Bearer nb_…` with an API token", code="bad_token")
            return Caller(await self._known(Means.TOKEN, token.strip(), look_up), Means.TOKEN)
        if ticket is not None:
            return Caller(self._tickets.redeem(ticket), Means.TICKET)
        if cookie:
            return Caller(await self._known(Means.COOKIE, cookie, _by_cookie), Means.COOKIE)
        raise Unauthenticated("sign in, or send an API token")

    def forget(self) -> None:
        """Look everything up anew; after a credential was revoked here."""
        self._remembered.clear()

    def withdraw(self, principal_id: str) -> None:
        """End what was let in but has not come yet: tickets of a principal whose rights changed."""
        self._tickets.withdraw(principal_id)

    async def _known(self, means: Means, secret: str, look_up: LookUp) -> Principal:
        key = (means, digest(secret))
        now = self._clock.monotonic()
        found = self._remembered.get(key)
        if found is None or found.until <= now:
            principal = await self._records.run(look_up, key[1], self._clock.now())
            if len(self._remembered) >= _CAPACITY:
                self._remembered.clear()
            found = self._remembered[key] = _Remembered(principal, now + REMEMBERED)
        if found.principal is None:
            message = (
                "the token is unknown, over or revoked" if means is Means.TOKEN else "the session is over; sign in"
            )
            raise Unauthenticated(message, code="bad_token" if means is Means.TOKEN else None)
        ends = found.principal.expires_at
        if ends is not None and ends <= self._clock.now():
            raise Unauthenticated("the link or token is over", code="bad_token")
        return found.principal


def _look_up(token: str) -> LookUp | None:
    """How to find whom a bearer token stands for, by its looks; None when it is none of ours."""
    if token.startswith(TOKEN_PREFIX):
        return _by_token
    if token.startswith(SHARE_PREFIX):
        return _by_link
    key = key_in(token)
    return None if key is None else partial(_by_embed, key_id=key, token=token)


def _by_token(connection: Connection, hashed: bytes, now: Micros) -> Principal | None:
    row = find_token(connection, hashed)
    if row is None or not row.usable(now):
        return None
    if row.last_used_at is None or now - row.last_used_at > _TOUCH_EVERY:
        touch_token(connection, row.id, now)
    return principal_of_token(connection, row, now)


def _by_cookie(connection: Connection, hashed: bytes, now: Micros) -> Principal | None:
    row = find_session(connection, hashed)
    if row is None or not row.usable(now):
        return None
    return principal_of_grant(connection, grant_of(row.grant), now)


def _by_link(connection: Connection, hashed: bytes, now: Micros) -> Principal | None:
    row = find_share(connection, hashed)
    return None if row is None else principal_of_share(connection, row, now)


def _by_embed(connection: Connection, _: bytes, now: Micros, *, key_id: str, token: str) -> Principal | None:
    return principal_of_embed(connection, key_id, token, now)
