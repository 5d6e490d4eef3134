"""A server in this process as a target: the engine for definitions, the records for dashboards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

import msgspec
import pyarrow as pa

from nowboard.clock import Clock
from nowboard.dashboards.validate import to_document, validate
from nowboard.errors import Conflict
from nowboard.model.dashboards import Dashboard
from nowboard.model.engine import Ask, Engine
from nowboard.model.events import Definition, RecordKind
from nowboard.model.frames import Result
from nowboard.model.principals import SYSTEM
from nowboard.model.queries import SqlQuery
from nowboard.model.scopes import EVERYTHING
from nowboard.model.streams import Metric, Stream, Table
from nowboard.packs.pack import Contents, TableRows
from nowboard.packs.rows import rows_table
from nowboard.records.dashboards import delete_dashboard, list_dashboards, put_dashboard
from nowboard.records.database import Records

PAGE: Final = 5_000
"""Rows of a table read at once."""


class Shelf(Protocol):
    """Where dashboards are kept."""

    async def all(self) -> Sequence[Dashboard]:
        """Every dashboard."""
        ...

    async def put(self, dashboard: Dashboard) -> None:
        """Add or replace one."""
        ...

    async def delete(self, dashboard_id: str) -> None:
        """Remove one, if it is there."""
        ...


class RecordsShelf:
    """The dashboards of the records database."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock

    async def all(self) -> Sequence[Dashboard]:
        """Every dashboard, in the newest version of documents."""
        return [validate(row.document) for row in await self._records.run(list_dashboards)]

    async def put(self, dashboard: Dashboard) -> None:
        """Add or replace one, as its next version."""
        document, now = to_document(dashboard), self._clock.now()
        await self._records.run(put_dashboard, document, owner=SYSTEM.id, now=now)

    async def delete(self, dashboard_id: str) -> None:
        """Remove one, if it is there."""
        await self._records.run(delete_dashboard, dashboard_id)


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
            tables={name: TableRows(table, await self._rows(table)) for name, table in wanted.items()},
            metrics=dict(catalog.metrics),
            dashboards={dashboard.id: dashboard for dashboard in await self._shelf.all()},
        )

    async def define(self, streams: Sequence[Stream], tables: Sequence[TableRows], metrics: Sequence[Metric]) -> None:
        """Define all of it in one durable step."""
        await self._engine.define(definitions(streams, tables, metrics))

    async def put_dashboard(self, dashboard: Dashboard) -> None:
        """Add or replace a dashboard."""
        await self._shelf.put(dashboard)

    async def delete_dashboard(self, dashboard_id: str) -> None:
        """Remove a dashboard."""
        await self._shelf.delete(dashboard_id)

    async def _rows(self, table: Table) -> pa.Table:
        pages: list[dict[str, Any]] = []
        while True:
            result = await self._engine.query(Ask(SqlQuery(page_sql(table, len(pages)), limit=PAGE), EVERYTHING))
            pages += as_dicts(result)
            if len(result.rows) < PAGE:
                return table_from(table, pages)


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
