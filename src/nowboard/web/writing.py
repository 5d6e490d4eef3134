"""How routes create and change dashboards: find them valid, store them, publish them if asked, tell who watches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from nowboard.access.dashboards import access_presence
from nowboard.access.drafts import access_creation, access_draft_change
from nowboard.access.publishing import access_publication
from nowboard.access.rules import require
from nowboard.clock import Clock
from nowboard.dashboards.ids import id_from
from nowboard.errors import Conflict, PreconditionFailed
from nowboard.model.principals import Permission, Principal
from nowboard.records.dashboards import ORGANISATION, DashboardRow
from nowboard.records.database import Records
from nowboard.web.documents import Documents, proposing

_ATTEMPTS: Final = 100

Changed = Callable[[], object]
"""Told that something that viewers may watch was changed."""


class Writing:
    """Writes drafts on behalf of a principal."""

    def __init__(self, records: Records, documents: Documents, clock: Clock, changed: Changed) -> None:
        self._records = records
        self._documents = documents
        self._clock = clock
        self.changed = changed

    async def create(
        self,
        principal: Principal,
        document: Mapping[str, Any],
        *,
        visibility: str = ORGANISATION,
        publish: bool = False,
        via: str | None = None,
    ) -> DashboardRow:
        """A new dashboard. Raises `Forbidden`, `BadDocument`, `Conflict`."""
        require(principal, Permission.EDIT)
        valid = await self._documents.valid(principal, document)
        row = await self._records.run(
            access_creation,
            principal,
            valid.document,
            now=self._clock.now(),
            queries=valid.queries,
            visibility=visibility,
            via=via,
        )
        return await self._publish(principal, row, valid.queries) if publish else row

    async def create_titled(
        self, principal: Principal, document: Mapping[str, Any], *, visibility: str = ORGANISATION, via: str
    ) -> DashboardRow:
        """A new dashboard under the first free id that is made of its title."""
        tried: set[str] = set()
        while True:
            name = id_from(str(document["title"]), tried)
            try:
                return await self.create(principal, {**document, "id": name}, visibility=visibility, via=via)
            except Conflict as error:
                tried.add(name)
                if error.code not in ("id_taken", "in_trash") or len(tried) > _ATTEMPTS:
                    raise

    async def put(
        self,
        principal: Principal,
        document: Mapping[str, Any],
        etag: str | None,
        *,
        publish: bool = False,
        visibility: str | None = None,
        via: str | None = None,
    ) -> tuple[DashboardRow, bool]:
        """The draft under the id of `document`, replaced or made, and whether it was made.

        Raises `Forbidden`, `BadDocument`, `Conflict`; `PreconditionRequired` and `PreconditionFailed` where it exists.
        """
        require(principal, Permission.EDIT)
        if await self._records.run(access_presence, principal, document["id"], self._clock.now()):
            changed = await self.change(principal, document, etag, publish=publish, visibility=visibility, via=via)
            return changed, False
        if etag is not None:
            raise PreconditionFailed("there is no such dashboard to change; create it without `If-Match`")
        seen_by = visibility or ORGANISATION
        return await self.create(principal, document, visibility=seen_by, publish=publish, via=via), True

    async def change(
        self,
        principal: Principal,
        document: Mapping[str, Any],
        etag: str | None,
        *,
        publish: bool = False,
        visibility: str | None = None,
        via: str | None = None,
    ) -> DashboardRow:
        """The draft with this etag, replaced. Raises as `put`, and `NotFound`."""
        valid = await self._documents.valid(principal, document)
        change = self._records.run(
            access_draft_change,
            principal,
            valid.document,
            etag=etag,
            now=self._clock.now(),
            queries=valid.queries,
            visibility=visibility,
            via=via,
        )
        row = await proposing(change)
        if publish:
            row = await self._publish(principal, row, valid.queries)
        self.changed()
        return row

    async def _publish(self, principal: Principal, row: DashboardRow, queries: Mapping[str, int]) -> DashboardRow:
        now = self._clock.now()
        row, _ = await self._records.run(access_publication, principal, row.id, etag=row.etag, now=now, queries=queries)
        self.changed()
        return row
