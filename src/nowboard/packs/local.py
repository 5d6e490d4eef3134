"""A server in this process as a target: the engine for definitions, the records for documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
import pyarrow as pa

from nowboard.dashboards.probing import with_columns
from nowboard.errors import Conflict
from nowboard.model.dashboards import Dashboard
from nowboard.model.engine import Ask, Engine
from nowboard.model.events import Definition, RecordKind
from nowboard.model.frames import Result
from nowboard.model.queries import SqlQuery
from nowboard.model.saved import SavedQuery
from nowboard.model.scopes import EVERYTHING
from nowboard.model.streams import Metric, Stream, Table
from nowboard.packs.pack import Contents, TableRows, Template
from nowboard.packs.rows import rows_table
from nowboard.packs.shelf import Shelf

PAGE: Final = 5_000
"""Rows of a table read at once."""


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
            queries={query.id: query for query in await self._shelf.queries()},
            dashboards={dashboard.id: dashboard for dashboard in await self._shelf.all()},
            templates={template.id: template for template in await self._shelf.templates()},
            visibilities=await self._shelf.visibilities(),
        )

    async def define(self, streams: Sequence[Stream], tables: Sequence[TableRows], metrics: Sequence[Metric]) -> None:
        """Define all of it in one durable step."""
        kept = [await with_followed_rows(self._engine, content) for content in tables]
        await self._engine.define(definitions(streams, kept, metrics))

    async def put_query(self, query: SavedQuery) -> None:
        """Add or replace a saved query, with the columns that it has here."""
        await self._shelf.put_query(await with_columns(query, self._engine, EVERYTHING))

    async def put_template(self, template: Template) -> None:
        """Add or replace a template."""
        await self._shelf.put_template(template)

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
