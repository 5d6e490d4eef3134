"""Reading records back, in slices and past damage."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from nowboard.journal.codec import COLUMNS, DamagedRecordError, Row, decode, is_intact
from nowboard.journal.faults import Fault, classify
from nowboard.journal.interface import Damage
from nowboard.journal.limits import JournalLimits
from nowboard.journal.schema import open_reader
from nowboard.journal.state import Schemas
from nowboard.model.events import Record

_SLICE_ROWS: Final = 1024
_NEXT: Final = f"SELECT {COLUMNS} FROM records WHERE offset > ? ORDER BY offset LIMIT {_SLICE_ROWS}"
_ONE: Final = f"SELECT {COLUMNS} FROM records WHERE offset = ?"

Report = Callable[[Damage], None]


class Reader:
    """Reads one journal file over a connection of its own. Use from one thread at a time, then close."""

    def __init__(self, path: Path, limits: JournalLimits, report: Report) -> None:
        self._connection = open_reader(path)
        self._schemas = Schemas(self._connection)
        self._limits = limits
        self._report = report

    def close(self) -> None:
        self._connection.close()

    def records(self, after: int, end: int) -> Iterator[Record]:
        """Records with `after` < offset <= `end` in order; damaged ones are reported and passed over."""
        hurt: sqlite3.DatabaseError | None = None
        while after < end:
            rows, broken = self._slice(after, end)
            if hurt is not None and (rows or broken is None):
                # Behind a damaged page a search may land too far on.
                until = rows[0].offset if rows else end + 1
                yield from self._decoded(self._step(offset, hurt) for offset in range(after + 1, until))
                after = until - 1
            yield from self._decoded(rows)
            after = rows[-1].offset if rows else after
            if broken is not None:
                after += 1
                yield from self._decoded([self._step(after, broken)])
            elif not rows:
                return
            hurt = broken

    def _slice(self, after: int, end: int) -> tuple[list[Row], sqlite3.DatabaseError | None]:
        """The next rows, a few megabytes at most, and what kept us from reading more of them, if anything did."""
        rows: list[Row] = []
        size = 0
        try:
            cursor = self._connection.execute(_NEXT, (after,))
            try:
                for values in cursor:
                    row = Row._make(values)
                    last = rows[-1].offset if rows else after
                    if not last < row.offset <= end:
                        if is_intact(row):
                            break
                        self._report(Damage(last + 1, f"Record {last + 1}: its offset was changed to {row.offset}."))
                        continue
                    rows.append(row)
                    size += len(row.data) if isinstance(row.data, bytes) else 0
                    if size >= self._limits.read_bytes:
                        break
            finally:
                cursor.close()
        except sqlite3.DatabaseError as error:
            if classify(error) is not Fault.DAMAGE:
                raise
            return rows, error
        return rows, None

    def _step(self, offset: int, broken: sqlite3.DatabaseError) -> Row | None:
        """The row of one offset beside a damaged page; reports it if it cannot be had."""
        try:
            values = self._connection.execute(_ONE, (offset,)).fetchone()
        except sqlite3.DatabaseError as error:
            if classify(error) is not Fault.DAMAGE:
                raise
            values = None
        if values is None:
            self._report(Damage(offset, f"Record {offset}: its page in the file cannot be read: {broken}."))
            return None
        return Row._make(values)

    def _decoded(self, rows: Iterable[Row | None]) -> Iterator[Record]:
        for row in rows:
            if row is None:
                continue
            try:
                schema = None if row.schema is None else self._schemas.get(row.schema)
                record = decode(row, schema)
            except DamagedRecordError as error:
                self._report(Damage(row.offset, f"Record {row.offset}: {error}."))
            else:
                yield record
