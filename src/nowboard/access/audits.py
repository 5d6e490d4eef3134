"""Who may read the audit log, and how long it is kept."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

import msgspec
from sqlalchemy import Connection

from nowboard.access.audit import prune_audit
from nowboard.access.rules import require
from nowboard.clock import DAY, Clock
from nowboard.errors import NowboardError
from nowboard.model.principals import HOME, Permission, Principal
from nowboard.records.audit import AuditFilter, AuditRow, search_audit
from nowboard.records.database import Records

_EVERY: Final = 3_600.0
"""Seconds between two looks for entries that are too old."""

_log: Final = logging.getLogger(__name__)


def access_audit(connection: Connection, principal: Principal, wanted: AuditFilter, limit: int) -> list[AuditRow]:
    """Entries that `principal` may read, the newest first: those of its own organisation; administrators of the first
    organisation read those of all. Raises `Forbidden`."""
    require(principal, Permission.AUDIT)
    if principal.organisation != HOME or not principal.may(Permission.ADMIN):
        if wanted.organisation not in (None, principal.organisation):
            return []
        wanted = msgspec.structs.replace(wanted, organisation=principal.organisation)
    return search_audit(connection, wanted, limit)


class AuditRetention:
    """Removes entries older than so many days; 0 keeps all."""

    def __init__(self, records: Records, clock: Clock, days: int) -> None:
        self._records = records
        self._clock = clock
        self._days = days

    async def run(self) -> None:
        """Look once an hour, until cancelled."""
        while self._days:
            try:
                await self.prune()
            except NowboardError as error:
                _log.warning("old audit entries stay for now", extra={"code": error.code})
            await asyncio.sleep(_EVERY)

    async def prune(self) -> int:
        """Remove what is too old; how many entries went."""
        now = self._clock.now()
        return await self._records.run(prune_audit, now - self._days * DAY, now)
