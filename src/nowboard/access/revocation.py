"""Open sockets end when what they were opened with ends, whichever process ended it."""

from __future__ import annotations

import asyncio
import logging
from typing import Final, Protocol

from sqlalchemy import Connection

from nowboard.access.authenticate import Authenticator
from nowboard.access.grants import grant_of
from nowboard.access.shares import expired_share_ends
from nowboard.clock import SECOND, Clock, Micros
from nowboard.errors import NowboardError
from nowboard.model.wire import CloseCode
from nowboard.records.changes import AccessChange, changes_since
from nowboard.records.database import Records
from nowboard.records.sessions import ended_sessions
from nowboard.records.tokens import ended_tokens

EVERY: Final = 2.0
"""Seconds between two looks: with the look itself, well within the five that a socket may outlive its credential."""
_OVERLAP: Final[Micros] = 3 * SECOND
"""Looked at again, because another process notes the time before its transaction commits."""

_log: Final = logging.getLogger(__name__)


class End(Protocol):
    """Ends all sockets of a principal: its id, a close code, a reason."""

    def __call__(self, principal: str, code: int, reason: str, /, *, guests: bool = True) -> object:
        """With `guests`, those of guests whose rights rest on it as well."""
        ...


class Revocations:
    """Looks for credentials that ended and ends the sockets of their principals."""

    def __init__(self, records: Records, authenticator: Authenticator, clock: Clock, end: End) -> None:
        self._records = records
        self._authenticator = authenticator
        self._clock = clock
        self._end = end
        self._after = clock.now()
        self._handled: set[str] = set()
        self._seen: set[int] = set()

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.look()
            except NowboardError as error:
                _log.warning("Revoked credentials could not be read: %s", error.message)

    async def look(self) -> None:
        """End the sockets of everything that ended since the last look."""
        now = self._clock.now()
        tokens, owners, changes, shares = await self._records.run(_ended, self._after - _OVERLAP, now)
        ended = await self._authenticator.ended()
        # from here on nothing waits or fails, so that what was found is not lost
        self._after = now
        fresh_shares = shares.keys() - self._handled
        fresh_tokens, fresh_sessions = tokens - self._handled, owners.keys() - self._handled
        fresh_changes = [change for change in changes if change.number not in self._seen]
        self._handled, self._seen = tokens | owners.keys() | shares.keys(), {change.number for change in changes}
        if fresh_tokens or fresh_sessions or fresh_changes or fresh_shares or ended:
            self._authenticator.forget()
        for each in ended:
            self._finish(each.principal, each.close_code, each.reason)
        for change in fresh_changes:
            self._finish(change.principal, change.close_code, change.reason)
        for token in fresh_tokens:
            self._finish(token, CloseCode.REVOKED, "the token was revoked")
        for share in fresh_shares:
            for affected, code, reason in shares[share]:
                self._finish(affected, code, reason)
        # other sessions of the same user just come back; the one that ended has to sign in
        for owner in {owners[session] for session in fresh_sessions}:
            self._finish(owner, CloseCode.RESTART, "a session ended", guests=False)

    def _finish(self, principal: str, code: int, reason: str, *, guests: bool = True) -> None:
        self._authenticator.withdraw(principal)
        self._end(principal, code, reason, guests=guests)


_Ended = tuple[set[str], dict[str, str], list[AccessChange], dict[str, list[tuple[str, int, str]]]]
"""Tokens, sessions with their owners, changes of rights, and whose sockets the end of each share ends."""


def _ended(connection: Connection, after: Micros, until: Micros) -> _Ended:
    tokens = {row.id for row in ended_tokens(connection, after, until)}
    sessions = {row.id: grant_of(row.grant).id for row in ended_sessions(connection, after, until)}
    return tokens, sessions, changes_since(connection, after), expired_share_ends(connection, after, until)
