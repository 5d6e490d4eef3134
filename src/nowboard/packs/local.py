"""A server in this process as a target: the engine for definitions, the records for dashboards."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any, Final, Protocol

import msgspec
import pyarrow as pa

from nowboard.access.drafts import access_trashing
from nowboard.access.publishing import access_application
from nowboard.clock import Clock
from nowboard.dashboards.validate import to_document, validate
from nowboard.errors import Conflict, NotFound
from nowboard.model.dashboards import Dashboard
from nowboard.model.engine import Ask, Engine
from nowboard.model.events import Definition, RecordKind
from nowboard.model.frames import Result
from nowboard.model.principals import HOME, SYSTEM
from nowboard.model.queries import SqlQuery
from nowboard.model.scopes import EVERYTHING
from nowboard.model.streams import Metric, Stream, Table
from nowboard.packs.pack import Contents, TableRows
from nowboard.packs.rows import rows_table
from nowboard.records.dashboards import list_dashboards
from nowboard.records.database import Records
from nowboard.records.versions import published_versions

PAGE: Final = 5_000
"""Rows of a table read at once."""


class Shelf(Protocol):
    """Where dashboards are kept."""

    async def all(self) -> Sequence[Dashboard]:
        """What viewers see of every dashboard."""
        ...

    async def visibilities(self) -> dict[str, str]:
        """Who sees each dashboard."""
        ...

    async def put(self, dashboard: Dashboard, visibility: str | None = None) -> None:
        """Add or replace one and publish it; who sees it stays as it is where `visibility` is None."""
        ...

    async def delete(self, dashboard_id: str) -> None:
        """Remove one, if it is there."""
        ...


class RecordsShelf:
    """The dashboards of the first organisation in the records database."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock

    async def all(self) -> Sequence[Dashboard]:
        """What viewers see of every dashboard, in the newest version of documents."""
        return [validate(row.document) for row in await self._records.run(published_versions, HOME)]

    async def visibilities(self) -> dict[str, str]:
        """Who sees each dashboard."""
        return {head.id: head.visibility for head in await self._records.run(list_dashboards, HOME)}

    async def put(self, dashboard: Dashboard, visibility: str | None = None) -> None:
        """Add or replace one and publish it, whatever its draft is; one in the trash comes back."""
        document, now = to_document(dashboard), self._clock.now()
        await self._records.run(access_application, SYSTEM, document, now=now, visibility=visibility)

    async def delete(self, dashboard_id: str) -> None:
        """Put one in the trash, if it is there."""
        with contextlib.suppress(NotFound):
            await self._records.run(access_trashing, SYSTEM, dashboard_id, self._clock.now())


class LocalServer:
    """Reads and writes packs without HTTP. Acts as the system: nothing is hidden from it."""

    def __init__(self, engine: Engine, shelf: Shelf) -> None:
        self._engine = engine
        self._shelf = shelf

    async def read(self, tables: Sequence[str] | None = None) -> Contents:
        """Everything there is; of the tables only those named, if any are named, with all their rows."""
        catalog = self._engine.catalog
        wanted = {name: table for name, table in catalog.tables.items() if tables is None or name in tables}
        return Contents(
            streams=dict(catalog.streams),
            tables={name: TableRows(table, await table_rows(self._engine, table)) for name, table in wanted.items()},
            metrics=dict(catalog.metrics),
            dashboards={dashboard.id: dashboard for dashboard in await self._shelf.all()},
            visibilities=await self._shelf.visibilities(),
        )

    async def define(self, streams: Sequence[Stream], tables: Sequence[TableRows], metrics: Sequence[Metric]) -> None:
        """Define all of it in one durable step."""
        kept = [await with_followed_rows(self._engine, content) for content in tables]
        await self._engine.define(definitions(streams, kept, metrics))

    async def put_dashboard(self, dashboard: Dashboard, visibility: str | None = None) -> None:
        """Add or replace a dashboard and publish it."""
        await self._shelf.put(dashboard, visibility)

    async def delete_dashboard(self, dashboard_id: str) -> None:
        """Put a dashboard in the trash."""
        await self._shelf.delete(dashboard_id)


async def table_rows(engine: Engine, table: Table) -> pa.Table:
    """All rows of a table, whoever may see them."""
    pages: list[dict[str, Any]] = []
    while True:
        result = await engine.query(Ask(SqlQuery(page_sql(table, len(pages)), limit=PAGE), EVERYTHING))
        pages += as_dicts(result)
        if len(result.rows) < PAGE:
            return table_from(table, pages)


async def with_followed_rows(engine: Engine, content: TableRows) -> TableRows:
    """A table to define: one that follows a relation keeps the rows that it has, as long as its columns stay."""
    table = content.table
    before = engine.catalog.tables.get(table.name)
    if table.follow is None or before is None or (before.key, before.fields) != (table.key, table.fields):
        return content
    kept = msgspec.structs.replace(table, content=before.content)
    return TableRows(kept, await table_rows(engine, before))


def definitions(streams: Sequence[Stream], tables: Sequence[TableRows], metrics: Sequence[Metric]) -> list[Definition]:
    """What to define, in the order in which each finds what it needs."""
    return [
        *(_definition(RecordKind.TABLE, content.table, content.rows) for content in tables),
        *(_definition(RecordKind.STREAM, stream) for stream in streams),
        *(_definition(RecordKind.METRIC, metric) for metric in metrics),
    ]


def page_sql(table: Table, offset: int) -> str:
    """The statement that reads the rows of `table` from `offset`, in the order of its key."""
    columns = ", ".join(field.name for field in table.fields)
    return f"select {columns} from {table.name} order by {', '.join(table.key)} limit {PAGE} offset {offset}"


def as_dicts(result: Result) -> list[dict[str, Any]]:
    """Rows by column name."""
    names = [column.name for column in result.columns]
    return [dict(zip(names, row, strict=True)) for row in result.rows]


def table_from(table: Table, rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Rows of JSON values as the table's columns. Raises `Conflict` when they do not fit its fields."""
    problems: list[Any] = []
    found = rows_table(table, rows, problems)
    if problems:
        raise Conflict(f"Table {table.name!r} cannot be read back: {problems[0].message}")
    return found


def _definition(kind: RecordKind, body: Stream | Table | Metric, rows: pa.Table | None = None) -> Definition:
    return Definition(kind, body.name, msgspec.json.encode(body), rows)
