"""A database with damaged pages, copied into a new one: all rows that can still be read, in the same places."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from nowboard.errors import Unavailable
from nowboard.journal.faults import Fault, classify
from nowboard.journal.head import head_path
from nowboard.journal.interface import Damage
from nowboard.journal.limits import JournalLimits
from nowboard.journal.reader import Report
from nowboard.journal.schema import flush_log, open_reader, open_writer

_log: Final = logging.getLogger(__name__)

_TABLES: Final = {
    "records": "offset",
    "schemas": "id",
    "schemas_copy": "id",
    "requests": "key",
    "seen_recent": "id",
    "seen_runs": "id",
    "seen_chunks": "id",
    "state": "id",
}
_PROBES: Final = 20_000
"""Keys between two damaged pages that are tried one by one: a fraction of a second."""


def rebuild(path: Path, limits: JournalLimits, report: Report) -> None:
    """Replace the closed database at `path`; the old file stays beside it as `.damaged`.

    Raises `Unavailable` when the file cannot be opened at all, and `sqlite3.Error` when the new one cannot be written.
    """
    partial, rebuilt = path.with_name(path.name + ".partial"), _rebuilt(path)
    _remove_database(partial)
    try:
        source = open_reader(path)
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        raise Unavailable(
            f"The journal file {path.name} is damaged beyond repair: {error}. Restore it from a backup.",
            code="journal_damaged",
        ) from error
    target = open_writer(partial, limits)
    try:
        target.execute("BEGIN IMMEDIATE")
        lost = [name for name, key in _TABLES.items() if not _copy(source, target, name, key)]
        for one, other in (("schemas", "schemas_copy"), ("schemas_copy", "schemas")):
            target.execute(f"INSERT OR IGNORE INTO {one} SELECT * FROM {other}")
        target.execute("COMMIT")
        flush_log(target)
    finally:
        source.close()
        target.close()
    _log.error("The journal file %s was damaged and is rebuilt; rows were lost in: %s", path.name, lost or "none")
    report(Damage(0, f"The file was damaged and rebuilt; rows that could not be read: {', '.join(lost) or 'none'}."))
    partial.replace(rebuilt)
    path.with_name(path.name + ".damaged").unlink(missing_ok=True)
    os.link(path, path.with_name(path.name + ".damaged"))
    finish_rebuild(path)


def finish_rebuild(path: Path) -> None:
    """Put a rebuilt database in its place, also when the process ended on the way there."""
    rebuilt = _rebuilt(path)
    if rebuilt.exists():
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        head_path(path).unlink(missing_ok=True)
        rebuilt.replace(path)


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, table: str, key: str) -> bool:
    """Copy a table; whether all of it could be read."""
    complete = True
    last: Any = None
    for row in _rows(source, table, key, "ASC", None):
        if row is None:
            complete = False
            break
        last = row[0]
        _insert(target, table, row)
    if complete:
        return True
    first: Any = None
    for row in _rows(source, table, key, "DESC", last):
        if row is None:
            break
        first = row[0]
        _insert(target, table, row)
    if isinstance(first, int) or isinstance(last, int):
        _copy_between(source, target, table, key, (last or 0, first))
    return False


def _rows(
    source: sqlite3.Connection, table: str, key: str, order: str, after: object
) -> Iterator[tuple[Any, ...] | None]:
    """Rows in key order, those above `after` only; a last None says that a damaged page ended it."""
    condition, values = ("", ()) if after is None else (f"WHERE {key} > ?", (after,))
    try:
        yield from source.execute(f"SELECT * FROM {table} {condition} ORDER BY {key} {order}", values)
    except sqlite3.DatabaseError as error:
        if classify(error) is not Fault.DAMAGE:
            raise
        yield None


def _copy_between(
    source: sqlite3.Connection, target: sqlite3.Connection, table: str, key: str, gap: tuple[int, int | None]
) -> None:
    """Try the keys inside a damaged stretch one by one."""
    last, first = gap
    until = last + _PROBES if first is None else min(first, last + _PROBES)
    for each in range(last + 1, until):
        try:
            row = source.execute(f"SELECT * FROM {table} WHERE {key} = ?", (each,)).fetchone()
        except sqlite3.DatabaseError as error:
            if classify(error) is not Fault.DAMAGE:
                raise
            continue
        if row is not None:
            _insert(target, table, row)


def _insert(target: sqlite3.Connection, table: str, row: tuple[Any, ...]) -> None:
    target.execute(f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(row))})", row)


def _rebuilt(path: Path) -> Path:
    return path.with_name(path.name + ".rebuilt")


def _remove_database(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
