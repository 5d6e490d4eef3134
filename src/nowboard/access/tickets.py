"""Tickets: how a client without a cookie opens a socket without its token in the URL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from nowboard.access.secrets import digest, new_secret
from nowboard.clock import Clock
from nowboard.errors import LimitExceeded, Unauthenticated
from nowboard.model.principals import Principal

LIFETIME: Final = 30.0
"""Seconds between asking for a ticket and opening the socket."""
_CAPACITY: Final = 10_000


@dataclass(frozen=True)
class _Ticket:
    principal: Principal
    deadline: float


class Tickets:
    """Single-use tickets in memory: a restart ends them, which costs a client one more request."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: dict[bytes, _Ticket] = {}

    def issue(self, principal: Principal) -> str:
        """A ticket for `principal`. Raises `LimitExceeded` when too many are open."""
        now = self._clock.monotonic()
        if len(self._open) >= _CAPACITY:
            self._open = {key: ticket for key, ticket in self._open.items() if ticket.deadline > now}
        if len(self._open) >= _CAPACITY:
            raise LimitExceeded("too many tickets are open; try again", retry_after=LIFETIME)
        secret = new_secret()
        self._open[digest(secret)] = _Ticket(principal, now + LIFETIME)
        return secret

    def drop(self, principal_id: str) -> None:
        """Make the open tickets of a principal worthless: its rights changed since."""
        self._open = {key: ticket for key, ticket in self._open.items() if ticket.principal.id != principal_id}

    def redeem(self, secret: str) -> Principal:
        """Whose ticket this is; it is used up. Raises `Unauthenticated`."""
        ticket = self._open.pop(digest(secret), None)
        if ticket is None or ticket.deadline <= self._clock.monotonic():
            raise Unauthenticated("the ticket is over or was used before", code="bad_ticket")
        return ticket.principal
