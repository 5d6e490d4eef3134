"""Refusals in the audit log: who was not let in, or not allowed to change or take away something."""

from __future__ import annotations

import logging
from typing import Final

from limits import RateLimitItemPerMinute
from limits.strategies import SlidingWindowCounterRateLimiter

from nowboard.access.audit import audit
from nowboard.access.counts import Counts
from nowboard.clock import Clock
from nowboard.errors import NowboardError
from nowboard.model.principals import ANONYMOUS, Principal
from nowboard.model.trace import TRACE
from nowboard.records.database import Records

_STATUSES: Final = frozenset({401, 403, 429})
_EACH: Final = RateLimitItemPerMinute(2)
"""Entries in a minute for the same principal, address, route and code."""
_ALL: Final = RateLimitItemPerMinute(120)
"""Entries in a minute altogether: a flood of refusals cannot fill the disk."""

_log: Final = logging.getLogger(__name__)


class Refusals:
    """Notes refusals, a bounded number of them; what was left out is counted into the next entry."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        self._counter = SlidingWindowCounterRateLimiter(Counts(clock))
        self._left_out = 0

    async def note(self, principal: Principal | None, error: NowboardError, method: str, route: str) -> None:
        """Note that `method route` was refused with `error`. Never fails: the refusal itself is what counts."""
        if error.status not in _STATUSES:
            return
        who = principal or ANONYMOUS
        address = TRACE.get().address or ""
        if not self._counter.hit(_EACH, who.id, address, method, route, error.code) or not self._counter.hit(_ALL):
            self._left_out += 1
            return
        detail = {"code": error.code, "left_out": self._left_out} if self._left_out else {"code": error.code}
        self._left_out = 0
        name = f"{method} {route}"
        now = self._clock.now()
        try:
            await self._records.run(
                audit, who, "request.refuse", "route", name, now=now, outcome="refused", detail=detail
            )
        except NowboardError as failed:
            _log.warning("a refusal could not be noted", extra={"code": failed.code})
