"""From what a request carries to a principal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Final, NamedTuple

from sqlalchemy import Connection

from nowboard.access.bearers import Bearer, Ended
from nowboard.access.embed_tokens import key_in, principal_of_embed
from nowboard.access.grants import grant_of
from nowboard.access.guests import principal_of_share
from nowboard.access.principals import principal_of_grant, principal_of_token
from nowboard.access.secrets import TOKEN_PREFIX, digest
from nowboard.access.shares import SHARE_PREFIX
from nowboard.access.tickets import Tickets
from nowboard.clock import MINUTE, SECOND, Clock, Micros
from nowboard.errors import Unauthenticated
from nowboard.model.principals import Principal
from nowboard.records.database import Records
from nowboard.records.sessions import find_session, touch_session
from nowboard.records.shares import find_share
from nowboard.records.tokens import find_token, touch_token

REMEMBERED: Final = 0.9
"""Seconds that an answer is reused: a credential revoked by any process is refused within a second."""
_STEADY: Final[Micros] = 30 * SECOND
"""How long an answer about a token is reused while nothing at all is committed to the records."""
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


class Found(NamedTuple):
    """Whom a credential stands for; None for one that is no good.

    Until `steady` (microseconds) that can change by a commit to the records only, and not by time alone.
    """

    principal: Principal | None
    steady: Micros = 0


@dataclass(frozen=True)
class _Remembered:
    """`version` is the records' of before they were read."""

    principal: Principal | None
    until: float
    steady: Micros
    version: int | None


LookUp = Callable[[Connection, bytes, Micros], Found]
"""A hashed secret and an instant to whom it stands for."""
Read = Callable[[], Awaitable[Found]]
"""Whom one credential stands for, read anew."""


class Authenticator:
    """Turns tokens, cookies and tickets into principals. Unknown, expired and revoked credentials are the same.

    `bearers` read the tokens that others sign.
    """

    def __init__(self, records: Records, tickets: Tickets, clock: Clock, bearers: Sequence[Bearer] = ()) -> None:
        self._records = records
        self._tickets = tickets
        self._clock = clock
        self._bearers = tuple(bearers)
        self._remembered: dict[tuple[Means, bytes], _Remembered] = {}
        self._forgotten = 0

    async def authenticate(
        self, *, authorization: str | None = None, ticket: str | None = None, cookie: str | None = None
    ) -> Caller:
        """Who asks. The Authorization header counts before a ticket, a ticket before the cookie.

        Raises `Unauthenticated`; a credential that is no good is never passed over for the next one.
        """
        if authorization is not None:
            scheme, _, token = authorization.partition(" ")
            read = self._reader(token.strip()) if scheme.lower() == "bearer" else None
            if read is None:
                raise Unauthenticated("send `Authorization: Bearer nb_…` with an API token", code="bad_token")
            return Caller(await self._known(Means.TOKEN, token.strip(), read), Means.TOKEN)
        if ticket is not None:
            return Caller(self._tickets.redeem(ticket), Means.TICKET)
        if cookie:
            return Caller(await self._known(Means.COOKIE, cookie, self._from_records(_by_cookie, cookie)), Means.COOKIE)
        raise Unauthenticated("sign in, or send an API token")

    def forget(self, principals: Collection[str] = ()) -> None:
        """Look everything up anew, after rights changed; tickets of these `principals` open nothing any more."""
        self._forgotten += 1
        self._remembered.clear()
        for principal in principals:
            self._tickets.withdraw(principal)

    async def ended(self) -> list[Ended]:
        """Whose sockets have to end because what others signed ran out or allows something else now."""
        return [each for bearer in self._bearers for each in await bearer.ended()]

    def _reader(self, token: str) -> Read | None:
        """How to find whom a bearer token stands for, by its looks; None when it is none of ours."""
        look_up = _look_up(token)
        if look_up is not None:
            return self._from_records(look_up, token)
        bearer = next((each for each in self._bearers if each.takes(token)), None)
        return None if bearer is None else partial(_by_bearer, bearer, token)

    def _from_records(self, look_up: LookUp, secret: str) -> Read:
        hashed = digest(secret)

        async def read() -> Found:
            return await self._records.run(look_up, hashed, self._clock.now())

        return read

    def withdraw(self, principal_id: str) -> None:
        """End what was let in but has not come yet: tickets of a principal whose rights changed."""
        self._tickets.withdraw(principal_id)

    async def _known(self, means: Means, secret: str, read: Read) -> Principal:
        key = (means, digest(secret))
        now = self._clock.monotonic()
        found = self._remembered.get(key)
        if found is None or (found.until <= now and not self._still(found)):
            found = await self._look_up(read, now)
            if len(self._remembered) >= _CAPACITY:
                self._remembered.clear()
            self._remembered[key] = found
        if found.principal is None:
            message = (
                "the token is unknown, over or revoked" if means is Means.TOKEN else "the session is over; sign in"
            )
            raise Unauthenticated(message, code="bad_token" if means is Means.TOKEN else None)
        ends = found.principal.expires_at
        if ends is not None and ends <= self._clock.now():
            raise Unauthenticated("the link or token is over", code="bad_token")
        return found.principal

    def _still(self, found: _Remembered) -> bool:
        """Whether looking again would find the same, since nothing was committed and nothing ran out."""
        if found.version is None or found.steady <= self._clock.now():
            return False
        return self._records.version() == found.version

    async def _look_up(self, read: Read, now: float) -> _Remembered:
        while True:
            forgotten, version = self._forgotten, self._records.version()
            principal, steady = await read()
            # when rights changed while they were read, what was read may be from before
            if forgotten == self._forgotten:
                return _Remembered(principal, now + REMEMBERED, steady, version)


def _look_up(token: str) -> LookUp | None:
    """How to find whom a bearer token stands for, by its looks; None when it is none of ours."""
    if token.startswith(TOKEN_PREFIX):
        return _by_token
    if token.startswith(SHARE_PREFIX):
        return _by_link
    key = key_in(token)
    return None if key is None else partial(_by_embed, key_id=key, token=token)


def _by_token(connection: Connection, hashed: bytes, now: Micros) -> Found:
    row = find_token(connection, hashed)
    if row is None or not row.usable(now):
        return Found(None)
    if row.last_used_at is None or now - row.last_used_at > _TOUCH_EVERY:
        touch_token(connection, row.id, now)
    ends = now + _STEADY
    return Found(
        principal_of_token(connection, row, now), ends if row.expires_at is None else min(ends, row.expires_at)
    )


def _by_cookie(connection: Connection, hashed: bytes, now: Micros) -> Found:
    row = find_session(connection, hashed)
    if row is None or not row.usable(now):
        return Found(None)
    if row.last_seen_at is None or now - row.last_seen_at > _TOUCH_EVERY:
        touch_session(connection, row.id, now)
    return Found(principal_of_grant(connection, grant_of(row.grant), now))


def _by_link(connection: Connection, hashed: bytes, now: Micros) -> Found:
    row = find_share(connection, hashed)
    return Found(None if row is None else principal_of_share(connection, row, now))


def _by_embed(connection: Connection, _: bytes, now: Micros, *, key_id: str, token: str) -> Found:
    return Found(principal_of_embed(connection, key_id, token, now))


async def _by_bearer(bearer: Bearer, token: str) -> Found:
    return Found(await bearer.principal(token))
