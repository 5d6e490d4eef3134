"""Open viewers switch when what they watch becomes another, whichever process changed it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Final

from sqlalchemy import Connection

from nowboard.access.dashboards import query_key, stamp_of
from nowboard.errors import NowboardError
from nowboard.records.dashboards import get_heads
from nowboard.records.database import Records
from nowboard.records.queries import get_queries

EVERY: Final = 1.0
"""Seconds between two looks at what other processes may have changed."""

_GONE: Final = ""
"""The state of what is not there."""

_log: Final = logging.getLogger(__name__)

Watched = Callable[[], Collection[str]]
"""The keys that somebody watches."""

Moved = Callable[[Mapping[str, str]], object]
"""Told the state of each key; what knows another one is looked up anew."""


class Publications:
    """Compares what viewers watch with the records: every second, and at once after a change of this process."""

    def __init__(self, records: Records, watched: Watched, moved: Moved) -> None:
        self._records = records
        self._watched = watched
        self._moved = moved
        self._nudged = asyncio.Event()

    def nudge(self) -> None:
        """Look now: something was changed here."""
        self._nudged.set()

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._nudged.wait()
            self._nudged.clear()
            try:
                await self.look()
            except NowboardError as error:
                _log.warning("Published dashboards could not be looked up: %s", error.message)

    async def look(self) -> None:
        """Tell in which state everything is that somebody watches."""
        keys = self._watched()
        if keys:
            self._moved(await self._records.run(stamps_now, keys))


def stamps_now(connection: Connection, keys: Collection[str]) -> dict[str, str]:
    """The state of each key; see `nowboard.access.dashboards.Shown.stamps`."""
    wanted: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key in keys:
        kind, _, place = key.partition(" ")
        organisation, _, name = place.partition("/")
        wanted[kind, organisation].append(name)
    found = dict.fromkeys(keys, _GONE)
    for (kind, organisation), names in wanted.items():
        if kind == "query":
            rows = get_queries(connection, organisation, names)
            found |= {query_key(organisation, row.id): row.etag for row in rows}
        else:
            found |= [stamp_of(head, draft=kind == "draft") for head in get_heads(connection, organisation, names)]
    return found
