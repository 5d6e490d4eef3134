"""What is thrown away after a while."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from nowboard.access.drafts import empty_trash
from nowboard.clock import Clock
from nowboard.errors import NowboardError
from nowboard.records.database import Records

EVERY: Final = 3600.0
"""Seconds between two looks into the trash."""

_log: Final = logging.getLogger(__name__)


class Housekeeping:
    """Empties the trash of what has been in it for too long."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock

    async def run(self) -> None:
        """Do it now and then, until cancelled."""
        while True:
            try:
                await self.once()
            except NowboardError as error:
                _log.warning("The trash could not be emptied: %s", error.message)
            await asyncio.sleep(EVERY)

    async def once(self) -> int:
        """Do it once; how many dashboards went for good."""
        return await self._records.run(empty_trash, self._clock.now())
