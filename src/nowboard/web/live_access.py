"""Who may open a live session: credentials and origins, the same for every transport."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from nowboard.access.origins import check_origin
from nowboard.model.principals import Principal

Authenticate = Callable[[Mapping[str, str], str | None], Awaitable[Principal]]
"""Lower-case headers and a ticket to a principal. Raises `Unauthenticated` or `Forbidden`."""

BAD_ORIGIN: Final = "bad_origin"


def _always() -> None:
    """Somebody can be let in at any time."""


@dataclass(frozen=True, slots=True)
class LiveAccess:
    """How live sessions are let in. `origins` are those of other sites that may use the session cookie.

    `check` raises while nobody can be let in.
    """

    authenticate: Authenticate
    origins: frozenset[str] = frozenset()
    check: Callable[[], None] = _always

    async def principal(self, headers: Mapping[str, str], query: str) -> Principal:
        """Who opens the session. Raises `Unauthenticated` or `Forbidden`, also for a foreign origin with a cookie.

        One credential counts: a ticket or an `Authorization` header makes the cookie invisible, so a page that cannot
        pass the origin check cannot ride on the cookie by adding a worthless ticket.
        """
        self.check()
        ticket = ticket_of(query)
        if ticket is not None or "authorization" in headers:
            without_cookie = {name: value for name, value in headers.items() if name != "cookie"}
            return await self.authenticate(without_cookie, ticket)
        if "cookie" in headers:
            check_origin(headers, self.origins)
        return await self.authenticate(headers, None)


def ticket_of(query: str) -> str | None:
    """The ticket in a query string, if there is one."""
    found = parse_qs(query, keep_blank_values=True).get("ticket")
    return found[0] if found else None
