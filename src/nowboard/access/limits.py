"""How many requests a principal may make in a minute, by its role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from limits import RateLimitItemPerMinute
from limits.strategies import SlidingWindowCounterRateLimiter
from sqlalchemy import Connection

from nowboard.access.counts import Counts
from nowboard.clock import Clock
from nowboard.errors import LimitExceeded
from nowboard.model.principals import Permission, Principal, PrincipalKind
from nowboard.records.database import Records
from nowboard.records.roles import get_role

WINDOW: Final = 60
"""Seconds."""
_REMEMBERED: Final = 5.0
"""Seconds that a role's own limit is reused."""
_ROLES: Final = 1_000
_MARGIN: Final = 0.01
"""Seconds: at the very instant, the counter is still full."""


@dataclass(frozen=True)
class RequestLimits:
    """Requests in any minute; 0 is no limit. Roles of an organisation may have a number of their own."""

    guest: int = 30
    viewer: int = 300
    editor: int = 600
    admin: int = 1_200

    def of(self, principal: Principal) -> int:
        """The limit for somebody whose role has none of its own."""
        if is_guest(principal):
            return self.guest
        if principal.may(Permission.ADMIN):
            return self.admin
        return self.editor if principal.may(Permission.EDIT) else self.viewer


class RequestLimiter:
    """Counts requests. Counters are of this process: behind several servers, each counts its own."""

    def __init__(self, records: Records, clock: Clock, limits: RequestLimits | None = None) -> None:
        self._records = records
        self._clock = clock
        self._limits = limits or RequestLimits()
        self._counts = Counts(clock)
        self._counter = SlidingWindowCounterRateLimiter(self._counts)
        self._roles: dict[tuple[str, str], tuple[float, int | None]] = {}

    async def count(self, principal: Principal, address: str | None) -> None:
        """Count one request. Raises `LimitExceeded` with how long to wait.

        Everybody who comes by the same link is the same principal, so guests are counted by their address as well.
        """
        limit = await self._limit(principal)
        if limit == 0:
            return
        # a principal's id alone is not enough: ids of two kinds may be equal
        key = (principal.kind.value, principal.organisation, principal.id, address or "")
        if not is_guest(principal):
            key = (*key[:3], "")
        item = RateLimitItemPerMinute(limit)
        if not self._counter.hit(item, *key):
            raise LimitExceeded(
                f"this role may make {limit} requests a minute; wait a little",
                detail={"limit": limit, "window": WINDOW},
                retry_after=self._wait(item, key),
            )

    def _wait(self, item: RateLimitItemPerMinute, key: tuple[str, ...]) -> float:
        """Seconds after which the next request will pass, by the same reckoning as the counter's."""
        before, left, current, _ = self._counts.get_sliding_window(item.key_for(*key), WINDOW)
        room = item.amount - 1 - current
        if before and room >= 0:
            return max(1.0, left - (room + 1) * WINDOW / before + _MARGIN)
        # after this window, the count of it fades in the same way
        return max(1.0, left + WINDOW * (1 - item.amount / max(current, 1)) + _MARGIN)

    async def _limit(self, principal: Principal) -> int:
        key = (principal.organisation, principal.role)
        until, own = self._roles.get(key, (0.0, None))
        now = self._clock.monotonic()
        if key not in self._roles or until <= now:
            own = await self._records.run(_own_limit, *key)
            if len(self._roles) >= _ROLES:
                self._roles.clear()
            self._roles[key] = (now + _REMEMBERED, own)
        return self._limits.of(principal) if own is None else own


def is_guest(principal: Principal) -> bool:
    """Whether somebody comes by a share."""
    return principal.guest is not None or principal.kind is PrincipalKind.SHARE or principal.role == "guest"


def _own_limit(connection: Connection, organisation: str, role: str) -> int | None:
    row = get_role(connection, organisation, role)
    return None if row is None else row.requests_per_minute
