"""A journal without a disk, for tests and tools: the same promises for as long as the process lives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from nowboard.clock import DAY, Clock, Micros
from nowboard.errors import Unavailable
from nowboard.journal.interface import Damage
from nowboard.journal.keys import id_hashes
from nowboard.journal.listeners import Listener, publish
from nowboard.journal.requests import request_key
from nowboard.journal.state import StreamFacts, learn, new_epoch
from nowboard.model.erasing import Condition, Erased
from nowboard.model.events import Ack, Definition, Events, Record, RecordKind


class MemoryJournal:
    """See `nowboard.journal.interface.Journal`. Listeners are called in the appending thread."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._epoch = new_epoch()
        self._records: dict[int, Record] = {}
        self._end = 0
        self._seq = 0
        self._facts: dict[str, StreamFacts] = {}
        self._ids: dict[bytes, Micros] = {}
        self._requests: dict[bytes, tuple[Micros, Ack]] = {}
        self._listeners: list[Listener] = []
        self._closed = False

    @property
    def epoch(self) -> str:
        return self._epoch

    @property
    def end(self) -> int:
        return self._end

    @property
    def problem(self) -> str | None:
        return None

    async def append(self, events: Events) -> Ack:
        self._check_open()
        key = request_key(events)
        if key is not None:
            at, known = self._requests.get(key, (None, None))
            if at is not None and known is not None and at >= events.received_at - DAY:
                return known
        batch = self._without_duplicates(events)
        if batch.num_rows:
            content = Events(events.stream, batch, events.received_at, principal=events.principal)
            self._add([(content, batch.num_rows)])
        ack = Ack(batch.num_rows, events.batch.num_rows - batch.num_rows, (), self._epoch, self._end)
        if key is not None:
            self._requests[key] = (events.received_at, ack)
        return ack

    async def define(self, definitions: Sequence[Definition]) -> int:
        self._check_open()
        learn(self._facts, definitions)
        self._add([(definition, 0) for definition in definitions])
        for definition in definitions:
            if definition.kind is RecordKind.TABLE:
                self._supersede(definition.name)
        return self._end

    def subscribe(self, listener: Callable[[Sequence[Record]], None]) -> None:
        self._listeners.append(listener)

    def read(self, after: int, *, limit: int | None = None) -> Iterator[Record]:
        records = [record for offset, record in list(self._records.items()) if offset > after]
        yield from records[:limit]

    def damaged(self) -> Sequence[Damage]:
        return ()

    def prune(self, stream: str, before: Micros) -> int:
        gone = [
            record.offset
            for record in list(self._records.values())
            if isinstance(record.content, Events)
            and record.content.stream == stream
            and self._newest(record.content) < before
        ]
        for offset in gone:
            del self._records[offset]
        return len(gone)

    def erase(self, stream: str, condition: Condition) -> Erased:
        rows = 0
        for record in list(self._records.values()):
            content = record.content
            if not isinstance(content, Events) or content.stream != stream:
                continue
            theirs = condition.rows(content.batch)
            gone = theirs.true_count
            if gone == content.batch.num_rows:
                del self._records[record.offset]
            elif gone:
                kept = Events(stream, content.batch.filter(pc.invert(theirs)), content.received_at)
                self._records[record.offset] = Record(record.offset, kept, record.seq)
            rows += gone
        return Erased(rows, self._end, self._seq)

    def close(self) -> None:
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable("The journal is closed.", code="closed", retry_after=1.0)

    def _add(self, contents: Sequence[tuple[Events | Definition, int]]) -> None:
        records = []
        for content, rows in contents:
            self._end += 1
            records.append(Record(self._end, content, self._seq + 1))
            self._seq += rows
        self._records.update({record.offset: record for record in records})
        publish(self._listeners, records)

    def _supersede(self, table: str) -> None:
        old = [
            record.offset
            for record in list(self._records.values())
            if isinstance(record.content, Definition)
            and (record.content.kind, record.content.name) == (RecordKind.TABLE, table)
        ]
        for offset in old[:-1]:
            del self._records[offset]

    def _without_duplicates(self, events: Events) -> pa.RecordBatch:
        if events.event_ids is None:
            return events.batch
        horizon = events.received_at - self._facts.get(events.stream, StreamFacts()).dedup_window
        fresh = []
        for each in id_hashes(events.stream, events.event_ids):
            seen_at = None if each is None else self._ids.get(each)
            fresh.append(seen_at is None or seen_at < horizon)
            if each is not None and fresh[-1]:
                self._ids[each] = events.received_at
        return events.batch if all(fresh) else events.batch.filter(pa.array(fresh))

    def _newest(self, events: Events) -> Micros:
        time = self._facts.get(events.stream, StreamFacts()).time
        index = -1 if time is None else events.batch.schema.get_field_index(time)
        newest = None if index < 0 else pc.max(events.batch.column(index).view(pa.int64())).as_py()
        return events.received_at if newest is None else newest
