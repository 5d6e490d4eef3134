"""What the writer knows about the file: the position, the Arrow schemas and the streams."""

from __future__ import annotations

import secrets
import sqlite3
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
import pyarrow as pa

from nowboard.clock import DAY, Micros
from nowboard.journal.codec import COLUMNS, DamagedRecordError, Row, decode
from nowboard.journal.faults import Fault, classify
from nowboard.model.events import Definition, RecordKind
from nowboard.model.streams import Stream


@dataclass(frozen=True)
class State:
    """The journal's identity, its last offset and the number of rows it ever took."""

    epoch: str
    end: int = 0
    seq: int = 0

    @property
    def crc(self) -> int:
        return zlib.crc32(f"{self.epoch}:{self.end}:{self.seq}".encode())

    def advanced(self, records: int, rows: int) -> State:
        """The state after `records` records that hold `rows` rows."""
        return replace(self, end=self.end + records, seq=self.seq + rows)


def new_epoch() -> str:
    """A fresh name for a sequence of offsets."""
    return secrets.token_hex(8)


def load_state(connection: sqlite3.Connection) -> State:
    """The state in the file.

    A row that is missing or damaged is replaced by what the records say, under a new epoch: offsets after the last
    record that can be read may have been given out before.
    """
    row = connection.execute("SELECT epoch, end, seq, crc FROM state").fetchone()
    if row is not None and State(*row[:3]).crc == row[3]:
        return State(*row[:3])
    last = connection.execute("SELECT offset, seq + rows - 1 FROM records ORDER BY offset DESC LIMIT 1").fetchone()
    state = State(new_epoch(), *(last or (0, 0)))
    save_state(connection, state)
    return state


def save_state(connection: sqlite3.Connection, state: State) -> None:
    """Write `state` within the caller's transaction."""
    connection.execute(
        "INSERT OR REPLACE INTO state (id, epoch, end, seq, crc) VALUES (1, ?, ?, ?, ?)",
        (state.epoch, state.end, state.seq, state.crc),
    )


class Schemas:
    """Arrow schemas by id; each is stored once per journal. Not shared between threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._by_id: dict[int, pa.Schema] = {}
        self._ids: dict[bytes, int] = {}
        self._recent: dict[tuple[str, ...], tuple[pa.Schema, int]] = {}

    def get(self, schema_id: int) -> pa.Schema | None:
        """The schema with this id, or None if it is unknown or both copies are damaged."""
        if schema_id not in self._by_id:
            data = self._intact("schemas", schema_id) or self._intact("schemas_copy", schema_id)
            if data is None:
                return None
            self._by_id[schema_id] = pa.ipc.read_schema(pa.py_buffer(data))
        return self._by_id[schema_id]

    def id_of(self, schema: pa.Schema) -> int:
        """The id of `schema`; a new one is stored in the caller's transaction."""
        names = tuple(schema.names)
        recent = self._recent.get(names)
        if recent is not None and recent[0].equals(schema, check_metadata=True):
            return recent[1]
        data = schema.serialize().to_pybytes()
        if data not in self._ids:
            row = self._connection.execute("SELECT id FROM schemas WHERE data = ?", (data,)).fetchone()
            self._ids[data] = self._store(data) if row is None else int(row[0])
        self._recent[names] = schema, self._ids[data]
        return self._ids[data]

    def forget(self) -> None:
        """Drop what is remembered; for after a rollback."""
        self._ids.clear()
        self._recent.clear()
        self._by_id.clear()

    def _store(self, data: bytes) -> int:
        insert = "INSERT INTO schemas (crc, data) VALUES (?, ?) RETURNING id"
        row = self._connection.execute(insert, (zlib.crc32(data), data)).fetchone()
        self._connection.execute("INSERT INTO schemas_copy SELECT * FROM schemas WHERE id = ?", row)
        return int(row[0])

    def _intact(self, table: str, schema_id: int) -> bytes | None:
        try:
            row = self._connection.execute(f"SELECT crc, data FROM {table} WHERE id = ?", (schema_id,)).fetchone()
        except sqlite3.DatabaseError as error:
            if classify(error) is not Fault.DAMAGE:
                raise
            return None
        return row[1] if row is not None and isinstance(row[1], bytes) and zlib.crc32(row[1]) == row[0] else None


@dataclass(frozen=True)
class StreamFacts:
    """What the journal needs to know of a stream; the defaults serve streams that were never defined."""

    time: str | None = None
    dedup_window: Micros = DAY


def learn(facts: dict[str, StreamFacts], definitions: Sequence[Definition]) -> None:
    """Bring `facts` up to date with definitions that were just made."""
    for definition in definitions:
        if definition.kind is RecordKind.STREAM:
            stream = msgspec.json.decode(definition.body, type=Stream)
            facts[definition.name] = StreamFacts(stream.time, stream.dedup_window)
        elif definition.kind is RecordKind.DROP:
            facts.pop(definition.name, None)


def load_facts(connection: sqlite3.Connection) -> dict[str, StreamFacts]:
    """What the definitions in the file say. Damaged ones are passed over; reading the journal reports them."""
    facts: dict[str, StreamFacts] = {}
    rows = connection.execute(f"SELECT {COLUMNS} FROM records WHERE kind IN ('stream', 'drop') ORDER BY offset")
    for values in rows.fetchall():
        try:
            content = decode(Row._make(values), None).content
        except DamagedRecordError:
            continue
        if isinstance(content, Definition):
            learn(facts, [content])
    return facts
