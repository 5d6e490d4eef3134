"""Open sockets end when what they were opened with ends, whichever process ended it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection

from nowboard.access.authenticate import Authenticator
from nowboard.access.grants import grant_of
from nowboard.clock import SECOND, Clock, Micros
from nowboard.errors import NowboardError
from nowboard.model.wire import CloseCode
from nowboard.records.changes import AccessChange, changes_since
from nowboard.records.database import Records
from nowboard.records.sessions import ended_sessions
from nowboard.records.tokens import ended_tokens

EVERY: Final = 1.0
"""Seconds between two looks: with the look itself, well within the five that a socket may outlive its credential."""
_OVERLAP: Final[Micros] = 3 * SECOND
"""Looked at again, because another process notes the time before its transaction commits."""

_log: Final = logging.getLogger(__name__)

End = Callable[[str, int, str], object]
"""Ends all sockets of a principal: its id, a close code, a reason."""


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
        tokens, owners, changes = await self._records.run(_ended, self._after - _OVERLAP, now)
        ended = await self._authenticator.ended()
        # from here on nothing waits or fails, so that what was found is not lost
        self._after = now
        fresh_tokens, fresh_sessions = tokens - self._handled, owners.keys() - self._handled
        fresh_changes = [change for change in changes if change.number not in self._seen]
        self._handled, self._seen = tokens | owners.keys(), {change.number for change in changes}
        if fresh_tokens or fresh_sessions or fresh_changes or ended:
            changed = {change.principal for change in fresh_changes} | {each.principal for each in ended}
            self._authenticator.forget(changed | fresh_tokens | {owners[session] for session in fresh_sessions})
        for each in ended:
            self._end(each.principal, each.close_code, each.reason)
        for change in fresh_changes:
            self._end(change.principal, change.close_code, change.reason)
        for token in fresh_tokens:
            self._end(token, CloseCode.REVOKED, "the token was revoked")
        # other sessions of the same user just come back; the one that ended has to sign in
        for owner in {owners[session] for session in fresh_sessions}:
            self._end(owner, CloseCode.RESTART, "a session ended")


def _ended(connection: Connection, after: Micros, until: Micros) -> tuple[set[str], dict[str, str], list[AccessChange]]:
    tokens = {row.id for row in ended_tokens(connection, after, until)}
    sessions = {row.id: grant_of(row.grant).id for row in ended_sessions(connection, after, until)}
    return tokens, sessions, changes_since(connection, after)
