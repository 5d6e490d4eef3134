"""Reference tables: replace, look up."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.access.rules import is_operator, may_see, require_operator, require_whole
from nowboard.dashboards.problems import Problem, error_of
from nowboard.errors import NotFound
from nowboard.model.engine import Ask, Engine
from nowboard.model.events import Definition, RecordKind
from nowboard.model.principals import Permission, Principal
from nowboard.model.queries import SqlQuery
from nowboard.model.scopes import Scope
from nowboard.model.streams import Follow, Table
from nowboard.model.visible import visible_catalog
from nowboard.packs.definitions import FieldText, read_table, table_text
from nowboard.packs.follows import FollowText
from nowboard.packs.local import PAGE, as_dicts, page_sql, with_followed_rows
from nowboard.packs.pack import TableRows
from nowboard.packs.rows import read_rows
from nowboard.sources.postgres.connections import Connections
from nowboard.sources.postgres.follower import Follower
from nowboard.web.answers import answer
from nowboard.web.direct import api_router
from nowboard.web.gate import Gate
from nowboard.web.notes import Notes
from nowboard.web.openapi import described
from nowboard.web.options import WebOptions
from nowboard.web.reading import read_object

_NOWHERE: Final = Path("/nonexistent")
"""Tables over HTTP bring their rows along; a `file` is refused."""


class TableBody(msgspec.Struct, frozen=True, omit_defaults=True):
    """A table with all its rows, or with what it has them from."""

    key: str | list[str]
    fields: dict[str, str | FieldText]
    rows: list[dict[str, Any]] = []
    description: str | None = None
    follow: FollowText | None = None


class NamedTable(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A table without its rows. Only who runs the server sees what it follows."""

    name: str
    key: str | list[str]
    fields: dict[str, str | FieldText]
    description: str | None = None
    follow: FollowText | None = None


class TableAnswer(NamedTable, frozen=True, kw_only=True):
    """A table with all its rows."""

    rows: list[dict[str, Any]]


class TableList(msgspec.Struct, frozen=True):
    """The tables that are visible."""

    items: list[NamedTable]


def table_routes(gate: Gate, engine: Engine, follower: Follower, notes: Notes, options: WebOptions) -> APIRouter:
    """`/tables`."""
    router = api_router("Tables")

    @router.get("/tables", **described("All tables", answer=TableList))
    async def every(request: Request) -> Response:
        principal = await gate.principal(request, Permission.READ)
        seen = visible_catalog(engine.catalog, principal.scope).tables
        return answer({"items": [_named(table, principal) for _, table in sorted(seen.items())]})

    @router.get("/tables/{table}", **described("One table with its rows", answer=TableAnswer))
    async def one(request: Request, table: str) -> Response:
        principal = await gate.principal(request, Permission.READ)
        found = engine.catalog.tables.get(table)
        if found is None or not may_see(principal, table):
            raise NotFound(f"there is no table {table!r}", code="unknown_table")
        return answer({**_named(found, principal), "rows": await _rows(engine, found, principal.scope)})

    @router.put("/tables/{table}", **described("Replace a table", body=TableBody, answer=NamedTable))
    async def put(request: Request, table: str) -> Response:
        principal = await gate.principal(request, Permission.DEFINE)
        require_whole(principal, table, "table")
        content = _read(table, await read_object(request, options.table_bytes))
        async with follower.defining:
            before = _follow_of(engine.catalog.tables.get(table))
            follow = content.table.follow
            if before is not None or follow is not None:
                require_operator(principal, Permission.DEFINE)
            _check_connection(content.table, follower.connections)
            content = await with_followed_rows(engine, content)
            body = msgspec.json.encode(content.table)
            await engine.define([Definition(RecordKind.TABLE, table, body, content.rows)])
        await notes.add(principal, "table.change", "table", table, {"rows": content.rows.num_rows})
        if before != follow:
            await notes.add(principal, "table.unfollow" if follow is None else "table.follow", "table", table)
        return answer(_named(content.table, principal))

    return router


def _follow_of(table: Table | None) -> Follow | None:
    return None if table is None else table.follow


def _named(table: Table, principal: Principal) -> dict[str, Any]:
    shown = table if is_operator(principal) else msgspec.structs.replace(table, follow=None)
    return {"name": table.name, **table_text(shown)}


def _check_connection(table: Table, connections: Connections) -> None:
    """Raise `BadDocument` for a table that follows a connection which is not there. Only operators learn this."""
    if table.follow is not None and table.follow.connection not in connections.names:
        message = f"The settings have no connection {table.follow.connection!r}."
        raise error_of([Problem(("follow", "connection"), message)], f"Table {table.name!r}")


def _read(name: str, data: dict[str, Any]) -> TableRows:
    problems: list[Problem] = []
    found = read_table(name, data, problems)
    if found is not None and found[1].file is not None:
        problems.append(Problem(("file",), "Send the rows themselves; files are for packs."))
    if found is None or problems:
        raise error_of(problems, f"Table {name!r}")
    rows = read_rows(*found, _NOWHERE, problems)
    if problems:
        raise error_of(problems, f"Table {name!r}")
    return TableRows(found[0], rows)


async def _rows(engine: Engine, table: Table, scope: Scope) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    while True:
        page = await engine.query(Ask(SqlQuery(page_sql(table, len(rows)), limit=PAGE), scope))
        rows += as_dicts(page)
        if len(page.rows) < PAGE:
            return rows
