"""The records as lines of JSON, which fit every engine: `{"table": …, "row": {…}}`, binary values in base64.

Sessions, sign-in links, changes of rights and kept frames are left out: they are of the moment.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

import msgspec
from sqlalchemy import Connection, LargeBinary, Table, delete, func, insert, select, update

from nowboard.errors import BadRequest, Conflict
from nowboard.records.tables import (
    ACCESS_CHANGES,
    AUDIT_HEAD,
    KEPT_FRAMES,
    METADATA,
    ORGANISATIONS,
    SECRETS,
    SESSIONS,
    SIGN_IN_LINKS,
)

_LEFT_OUT: Final = frozenset(table.name for table in (SESSIONS, SIGN_IN_LINKS, ACCESS_CHANGES, KEPT_FRAMES))
_MADE_BY_ITSELF: Final = frozenset(table.name for table in (ORGANISATIONS, AUDIT_HEAD, SECRETS))
"""What a database that was just opened already holds."""
_AT_ONCE: Final = 500

KEPT: Final = tuple(table for table in METADATA.sorted_tables if table.name not in _LEFT_OUT)


class _Line(msgspec.Struct, frozen=True):
    table: str
    row: dict[str, Any]


def dump_rows(connection: Connection, path: Path) -> int:
    """Write all rows, as of one moment, to the new file `path`; how many there were."""
    count = 0
    with path.open("wb") as file:
        for table in KEPT:
            for row in connection.execute(select(table).order_by(*table.primary_key.columns)):
                # names of SQLAlchemy are a type of their own
                line = {"table": str(table.name), "row": {str(name): value for name, value in row._mapping.items()}}
                file.write(msgspec.json.encode(line) + b"\n")
                count += 1
    return count


def load_rows(connection: Connection, path: Path) -> int:
    """Put the rows of `path` into an empty database; how many there were.

    Raises `Conflict` when the database holds anything, `BadRequest` for a file that is not one of ours.
    """
    for table in METADATA.sorted_tables:
        held = connection.execute(select(func.count()).select_from(table)).scalar_one()
        if table.name not in _MADE_BY_ITSELF and held:
            raise Conflict(f"the records database is not empty: it has {held} rows in {table.name}", code="not_empty")
    for table in (ORGANISATIONS, SECRETS):
        connection.execute(delete(table))
    count = 0
    with path.open("rb") as file:
        for table, lines in itertools.groupby(_lines(file), lambda line: _table(line.table)):
            while rows := [_values(table, line.row) for line in itertools.islice(lines, _AT_ONCE)]:
                _insert(connection, table, rows)
                count += len(rows)
    return count


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if table is not AUDIT_HEAD:
        connection.execute(insert(table), rows)
        return
    # its one row is there, and only ever moves on
    head = rows[0]
    if head["number"]:
        connection.execute(update(AUDIT_HEAD).values(**head))


def _lines(file: IO[bytes]) -> Iterator[_Line]:
    decoder = msgspec.json.Decoder(_Line)
    for number, line in enumerate(file, start=1):
        try:
            yield decoder.decode(line)
        except msgspec.DecodeError as error:
            raise BadRequest(f"line {number} of the records is not one of ours: {error}", code="bad_backup") from error


def _table(name: str) -> Table:
    for table in KEPT:
        if table.name == name:
            return table
    raise BadRequest(f"this version has no records called {name!r}", code="bad_backup")


def _values(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    if set(row) != {column.name for column in table.columns}:
        raise BadRequest(f"the rows of {table.name} are of another version", code="bad_backup")
    return {
        column.name: base64.b64decode(row[column.name])
        if isinstance(column.type, LargeBinary) and row[column.name] is not None
        else row[column.name]
        for column in table.columns
    }
