"""One transaction: requests that waited together become records, and each gets its answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

from nowboard.clock import Micros
from nowboard.journal.codec import COLUMNS, Row, Span, encode_definition, encode_events
from nowboard.journal.keys import id_hashes
from nowboard.journal.limits import JournalLimits
from nowboard.journal.requests import SeenRequests, request_key
from nowboard.journal.seen import SeenIds
from nowboard.journal.state import Schemas, State, StreamFacts, learn, save_state
from nowboard.model.arrow import bounds
from nowboard.model.events import Ack, Definition, Events, Record, RecordKind

_UNDEFINED: Final = StreamFacts()


@dataclass
class _Draft:
    """Batches of one stream, schema and principal that will be one record. `offset` is known once it is closed."""

    first: Events
    batches: list[pa.RecordBatch] = field(default_factory=list)
    rows: int = 0
    offset: int = 0

    def __post_init__(self) -> None:
        self.received = self.first.received_at


@dataclass
class Answer:
    """What a request will be told once the transaction is durable."""

    accepted: int = 0
    duplicates: int = 0
    draft: _Draft | None = None
    known: Ack | None = None


@dataclass
class Memory:
    """What the writer keeps between transactions. `facts` and `state` change only when one is durable."""

    connection: sqlite3.Connection
    schemas: Schemas
    ids: SeenIds
    requests: SeenRequests
    facts: dict[str, StreamFacts]
    state: State


@dataclass
class Commit:
    """Collects requests in arrival order; nothing is visible to anyone before `write` and the caller's COMMIT.

    Events of one stream are merged as long as nothing is defined in between and the record is not full, so a record
    may be older than a request of another stream that came first; per stream and principal the order of arrival is
    kept.
    """

    memory: Memory
    limits: JournalLimits
    now: Micros
    records: list[Record] = field(default_factory=list)
    state: State = field(init=False)
    facts: dict[str, StreamFacts] = field(init=False)
    ids: int = 0
    newest: Micros = 0
    _hashes: dict[int, list[bytes | None]] = field(default_factory=dict)
    _rows: list[Row] = field(default_factory=list)
    _open: dict[tuple[str, str], _Draft] = field(default_factory=dict)
    _keys: dict[bytes, tuple[Micros, Answer]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.state = self.memory.state
        self.facts = dict(self.memory.facts)

    @property
    def keys(self) -> int:
        """How many idempotency keys came."""
        return len(self._keys)

    def expect(self, requests: Sequence[Events]) -> None:
        """Look up the ids of everything that will be appended, all at once."""
        for events in requests:
            if events.event_ids is not None:
                self._hashes[id(events)] = id_hashes(events.stream, events.event_ids)
            self.newest = max(self.newest, events.received_at)
        known = [each for hashes in self._hashes.values() for each in hashes if each is not None]
        self.ids = len(known)
        self.memory.ids.look_up(known)

    def append(self, events: Events) -> Answer:
        """Take one expected request; remembers its ids and finds its duplicates."""
        key = request_key(events)
        if key is not None:
            repeated = self._repeated(key, events)
            if repeated is not None:
                return repeated
        batch = self._without_duplicates(events)
        answer = Answer(batch.num_rows, events.batch.num_rows - batch.num_rows)
        if batch.num_rows:
            answer.draft = self._add(events, batch)
        if key is not None:
            self._keys[key] = (events.received_at, answer)
        return answer

    def define(self, definitions: Sequence[Definition]) -> int:
        """Take definitions, each as a record of its own; the offset of the last."""
        self._close_drafts()
        learn(self.facts, definitions)
        for definition in definitions:
            self.state = self.state.advanced(1, 0)
            record = Record(self.state.end, definition, self.state.seq + 1)
            self.records.append(record)
            self._rows.append(encode_definition(record, definition, self.now))
        return self.state.end

    def write(self) -> None:
        """Write everything that was taken. The caller commits."""
        self._close_drafts()
        connection = self.memory.connection
        if self._rows:
            connection.executemany(_INSERT, self._rows)
            for row in self._rows:
                if row.kind == RecordKind.TABLE.value:
                    connection.execute(_SUPERSEDE, (row.kind, row.name, row.offset))
            save_state(connection, self.state)
        self.memory.ids.write()
        for key, (at, answer) in self._keys.items():
            self.memory.requests.remember(key, at, self.ack(answer))

    def ack(self, answer: Answer) -> Ack:
        """The acknowledgement to give after the transaction is durable."""
        if answer.known is not None:
            return answer.known
        offset = self.state.end if answer.draft is None else answer.draft.offset
        return Ack(answer.accepted, answer.duplicates, (), self.state.epoch, offset)

    def _repeated(self, key: bytes, events: Events) -> Answer | None:
        waiting = self._keys.get(key)
        if waiting is not None:
            return waiting[1]
        since = events.received_at - self.limits.request_window
        known = self.memory.requests.answer(key, self.state.epoch, since)
        return None if known is None else Answer(known=known)

    def _without_duplicates(self, events: Events) -> pa.RecordBatch:
        if events.event_ids is None:
            return events.batch
        hashes = self._hashes[id(events)]
        window = self.facts.get(events.stream, _UNDEFINED).dedup_window
        fresh = self.memory.ids.claim(hashes, events.received_at, window)
        return events.batch if all(fresh) else events.batch.filter(pa.array(fresh))

    def _add(self, events: Events, batch: pa.RecordBatch) -> _Draft:
        key = (events.stream, events.principal)
        start = 0
        while True:
            draft = self._open.get(key)
            if draft is not None and not self._fits(draft, batch):
                self._close(self._open.pop(key))
                draft = None
            if draft is None:
                draft = self._open[key] = _Draft(events)
            part = batch.slice(start, self.limits.record_rows - draft.rows)
            draft.batches.append(part)
            draft.rows += part.num_rows
            draft.received = min(draft.received, events.received_at)
            start += part.num_rows
            if start >= batch.num_rows:
                return draft

    def _fits(self, draft: _Draft, batch: pa.RecordBatch) -> bool:
        return draft.rows < self.limits.record_rows and draft.first.batch.schema.equals(batch.schema)

    def _close_drafts(self) -> None:
        for draft in self._open.values():
            self._close(draft)
        self._open.clear()

    def _close(self, draft: _Draft) -> None:
        batches = draft.batches
        batch = batches[0] if len(batches) == 1 else pa.Table.from_batches(batches).combine_chunks().to_batches()[0]
        events = Events(draft.first.stream, batch, draft.received, principal=draft.first.principal)
        seq = self.state.seq + 1
        self.state = self.state.advanced(1, batch.num_rows)
        draft.offset = self.state.end
        record = Record(self.state.end, events, seq)
        time = self.facts.get(events.stream, _UNDEFINED).time
        schema = self.memory.schemas.id_of(batch.schema)
        self.records.append(record)
        self._rows.append(encode_events(record, events, schema, _span(events, time)))


def _span(events: Events, time: str | None) -> Span:
    """First and last event time; the time of arrival where no event tells."""
    index = -1 if time is None else events.batch.schema.get_field_index(time)
    if index < 0:
        return Span(events.received_at, events.received_at)
    found = bounds(events.batch.column(index))
    return Span(events.received_at, events.received_at) if found is None else Span(*found)


_INSERT: Final = f"INSERT INTO records ({COLUMNS}) VALUES ({', '.join('?' * len(Row._fields))})"
_SUPERSEDE: Final = "DELETE FROM records WHERE kind = ? AND name = ? AND offset < ?"
