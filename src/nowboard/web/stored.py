"""Dashboards from the records, read for viewers and parsed once: viewers come in crowds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from nowboard.access.dashboards import Shown, access_shown
from nowboard.clock import Clock
from nowboard.dashboards.saved import read_saved
from nowboard.dashboards.validate import validate
from nowboard.model.dashboards import Dashboard
from nowboard.model.principals import Principal
from nowboard.model.saved import SavedQuery
from nowboard.model.wire import Notice
from nowboard.records.database import Records

_PARSED: Final = 256
"""Dashboards kept parsed; a large one takes some 100 KB."""


class Readable(msgspec.Struct, frozen=True):
    """A dashboard to show, with the saved queries it names.

    `stamps` and `notice` are those of `nowboard.hub.interface.Resolved`.
    """

    dashboard: Dashboard
    saved: Mapping[str, SavedQuery] = {}
    version: int | None = None
    stamps: Mapping[str, str] = {}
    notice: Notice | None = None


class StoredDashboards:
    """The dashboards of the records database."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        self._parsed: dict[tuple[str, str, bool], Readable] = {}

    async def readable(self, principal: Principal, dashboard_id: str, *, draft: bool = False) -> Readable:
        """What `principal` may see: the published version, or the draft. Raises `NotFound`, `Forbidden`."""
        shown = await self._records.run(access_shown, principal, dashboard_id, self._clock.now(), draft=draft)
        key = (shown.head.organisation, shown.head.id, draft)
        known = self._parsed.get(key)
        if known is None or known.stamps != shown.stamps:
            if len(self._parsed) >= _PARSED:
                self._parsed.clear()
            known = self._parsed[key] = _parse(shown)
        return known


def _parse(shown: Shown) -> Readable:
    saved = {row.id: read_saved(row.document) for row in shown.queries}
    return Readable(validate(shown.document), saved, shown.number, shown.stamps, _notice(shown))


def _notice(shown: Shown) -> Notice:
    data: dict[str, object] = {"dashboard": shown.head.id}
    if shown.number is None:
        return Notice("draft", message="The draft was changed.", data={**data, "etag": shown.etag})
    return Notice("published", message="The dashboard was published.", data={**data, "version": shown.number})
