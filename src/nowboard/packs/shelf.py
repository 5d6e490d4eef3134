"""Where the documents of a server in this process are kept."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Protocol

import msgspec

from nowboard.access.drafts import access_trashing
from nowboard.access.publishing import access_application
from nowboard.access.queries import access_query_application
from nowboard.access.templates import access_template_application
from nowboard.clock import Clock
from nowboard.dashboards.breaking import breaking
from nowboard.dashboards.saved import read_saved, saved_document
from nowboard.dashboards.templates import template_document
from nowboard.dashboards.validate import to_document, validate
from nowboard.errors import NotFound
from nowboard.model.dashboards import Dashboard
from nowboard.model.principals import HOME, SYSTEM
from nowboard.model.saved import SavedQuery
from nowboard.packs.pack import Template
from nowboard.records.dashboards import list_dashboards
from nowboard.records.database import Records
from nowboard.records.queries import list_queries
from nowboard.records.templates import list_templates
from nowboard.records.versions import published_versions


class Shelf(Protocol):
    """Where saved queries, dashboards and templates are kept."""

    async def all(self) -> Sequence[Dashboard]:
        """What viewers see of every dashboard."""
        ...

    async def visibilities(self) -> dict[str, str]:
        """Who sees each dashboard."""
        ...

    async def queries(self) -> Sequence[SavedQuery]:
        """Every saved query."""
        ...

    async def templates(self) -> Sequence[Template]:
        """Every template."""
        ...

    async def put(self, dashboard: Dashboard, visibility: str | None = None) -> None:
        """Add or replace a dashboard and publish it; who sees it stays as it is where `visibility` is None."""
        ...

    async def put_query(self, query: SavedQuery) -> None:
        """Add or replace a saved query. Raises `Conflict` (`breaks_widgets`) when a widget would break."""
        ...

    async def put_template(self, template: Template) -> None:
        """Add or replace a template."""
        ...

    async def delete(self, dashboard_id: str) -> None:
        """Remove a dashboard, if it is there."""
        ...


class RecordsShelf:
    """The documents of the first organisation in the records database."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock

    async def all(self) -> Sequence[Dashboard]:
        """What viewers see of every dashboard, in the newest version of documents."""
        return [validate(row.document) for row in await self._records.run(published_versions, HOME)]

    async def visibilities(self) -> dict[str, str]:
        """Who sees each dashboard."""
        return {head.id: head.visibility for head in await self._records.run(list_dashboards, HOME)}

    async def queries(self) -> Sequence[SavedQuery]:
        """Every saved query."""
        return [read_saved(row.document) for row in await self._records.run(list_queries, HOME)]

    async def templates(self) -> Sequence[Template]:
        """Every template, in the newest version of documents."""
        return [
            Template(
                row.id,
                row.kind,
                row.title,
                template_document(row.kind, row.id, row.title, row.document),
                row.description,
            )
            for row in await self._records.run(list_templates, HOME)
        ]

    async def put(self, dashboard: Dashboard, visibility: str | None = None) -> None:
        """Add or replace a dashboard and publish it, whatever its draft is; one in the trash comes back."""
        document, now = to_document(dashboard), self._clock.now()
        await self._records.run(access_application, SYSTEM, document, now=now, visibility=visibility)

    async def put_query(self, query: SavedQuery) -> None:
        """Add or replace a saved query, whatever it is by now."""
        document, now = saved_document(query), self._clock.now()
        broken = breaking(query.id, query)
        await self._records.run(access_query_application, SYSTEM, document, now=now, breaking=broken)

    async def put_template(self, template: Template) -> None:
        """Add or replace a template, whatever it is by now."""
        given = msgspec.structs.asdict(template)
        await self._records.run(
            access_template_application, SYSTEM, template_id=given.pop("id"), **given, now=self._clock.now()
        )

    async def delete(self, dashboard_id: str) -> None:
        """Put a dashboard in the trash, if it is there."""
        with contextlib.suppress(NotFound):
            await self._records.run(access_trashing, SYSTEM, dashboard_id, self._clock.now())
