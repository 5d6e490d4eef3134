"""Rows taken out of records that are in the journal already, so that no byte of them stays in its files."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

import pyarrow.compute as pc

from nowboard.clock import Micros
from nowboard.errors import Unavailable
from nowboard.journal.codec import COLUMNS, DamagedRecordError, Row, Span, decode, encode_events
from nowboard.journal.schema import flush_log
from nowboard.journal.state import Schemas
from nowboard.model.erasing import Condition
from nowboard.model.events import Events, Record, RecordKind

_NEXT: Final = (
    f"SELECT {COLUMNS} FROM records WHERE kind = '{RecordKind.EVENTS.value}' AND name = ? AND offset > ?"
    " ORDER BY offset LIMIT ?"
)
_CHANGE: Final = f"UPDATE records SET {', '.join(f'{name} = ?' for name in Row._fields)} WHERE offset = ?"
_DELETE: Final = "DELETE FROM records WHERE offset = ?"


class Slice:
    """One short step: some records of a stream, in a transaction of its own. `after` is where the next one begins."""

    def __init__(self) -> None:
        self.after = 0
        self.rows = 0
        self.done = False

    def run(self, connection: sqlite3.Connection, stream: str, condition: Condition, records: int) -> int:
        """Take the person's rows out of the next `records` records; how many rows went."""
        schemas = Schemas(connection)
        # content that is deleted is overwritten with zeros; between erasures that would slow housekeeping down
        connection.execute("PRAGMA secure_delete = ON").fetchall()
        try:
            connection.execute("BEGIN IMMEDIATE")
            found = connection.execute(_NEXT, (stream, self.after, records)).fetchall()
            gone = sum(_erase(connection, schemas, Row._make(values), condition) for values in found)
            connection.execute("COMMIT")
        finally:
            connection.execute("PRAGMA secure_delete = FAST").fetchall()
        self.done = len(found) < records
        if found:
            self.after = found[-1][0]
        self.rows += gone
        return gone


def forget_log(connection: sqlite3.Connection, path: Path) -> int:
    """Copy the log into the file and empty it: it still holds pages as they were. Also removes what a repair has left
    beside the journal. Raises `Unavailable` while a reader holds the log."""
    path.with_name(path.name + ".damaged").unlink(missing_ok=True)
    try:
        flush_log(connection)
    except sqlite3.OperationalError as error:
        raise Unavailable("the journal is being read; try again", retry_after=1.0) from error
    return 0


def _erase(connection: sqlite3.Connection, schemas: Schemas, row: Row, condition: Condition) -> int:
    try:
        record = decode(row, None if row.schema is None else schemas.get(row.schema))
    except DamagedRecordError:
        return 0  # nobody can read it; reading the journal reports it
    content = record.content
    if not isinstance(content, Events) or row.schema is None:
        return 0
    theirs = condition.rows(content.batch)
    gone = theirs.true_count
    if gone == content.batch.num_rows:
        connection.execute(_DELETE, (row.offset,))
    elif gone:
        rest = content.batch.filter(pc.invert(theirs))
        kept = Events(content.stream, rest, content.received_at, principal=content.principal)
        # the span may be wider than what is left: retention then keeps the record a little longer
        changed = encode_events(Record(record.offset, kept, record.seq), kept, row.schema, _span(row))
        connection.execute(_CHANGE, (*changed, row.offset))
    return gone


def _span(row: Row) -> Span:
    oldest: Micros | None = row.oldest
    return Span(oldest, row.newest)
