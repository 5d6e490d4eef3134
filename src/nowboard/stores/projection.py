"""Journal records written into DuckDB, within the caller's transaction."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa

from nowboard.model.arrow import align, schema_of, table_schema
from nowboard.model.events import Definition, Events, Record, RecordKind
from nowboard.model.streams import Catalog, Stream, Table
from nowboard.stores.catalog import define
from nowboard.stores.layout import (
    add_fields,
    create_stream,
    drop_stream,
    insert_from,
    replace_table,
    rows_schema,
    stream_relation,
    table_relation,
)

_log: Final = logging.getLogger(__name__)

_INCOMING: Final = "nowboard_incoming"


class Projection:
    """Applies records in order. Events of one stream between two definitions are inserted at once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
        self._connection = connection
        self._waiting: dict[str, list[tuple[Record, Events]]] = {}
        self.catalog = catalog

    def apply(self, records: Sequence[Record]) -> None:
        """Write `records`."""
        for record in records:
            if isinstance(record.content, Events):
                self._collect(record, record.content)
            else:
                self._flush()
                self._define(record.content, record.offset)
        self._flush()

    def _collect(self, record: Record, events: Events) -> None:
        if events.stream not in self.catalog.streams:
            _log.warning("Record %d holds events of stream %s, which is not defined", record.offset, events.stream)
            return
        self._waiting.setdefault(events.stream, []).append((record, events))

    def _flush(self) -> None:
        for name, waiting in self._waiting.items():
            self._insert(stream_relation(name), _rows(waiting, self.catalog.streams[name]))
        self._waiting.clear()

    def _insert(self, relation: str, rows: pa.Table) -> None:
        self._connection.register(_INCOMING, rows)
        try:
            self._connection.execute(insert_from(relation, rows.column_names, _INCOMING))
        finally:
            self._connection.unregister(_INCOMING)

    def _define(self, definition: Definition, offset: int) -> None:
        before = self.catalog
        self.catalog = define(before, definition, offset)
        if definition.kind is RecordKind.STREAM:
            self._define_stream(before.streams.get(definition.name), self.catalog.streams[definition.name])
        elif definition.kind is RecordKind.TABLE:
            self._define_table(self.catalog.tables[definition.name], definition.rows)
        elif definition.kind is RecordKind.DROP:
            self._connection.execute(drop_stream(definition.name))

    def _define_stream(self, old: Stream | None, new: Stream) -> None:
        for statement in [create_stream(new)] if old is None else add_fields(old, new):
            self._connection.execute(statement)

    def _define_table(self, table: Table, rows: pa.Table | None) -> None:
        self._connection.execute(replace_table(table))
        if rows is not None and rows.num_rows:
            self._insert(table_relation(table.name), align(rows, table_schema(table)))


def _rows(waiting: Sequence[tuple[Record, Events]], stream: Stream) -> pa.Table:
    """The events of many records as rows of the stream's relation, in one piece: the engine reads each piece apart."""
    schema = schema_of(stream)
    table = pa.Table.from_batches([align(events.batch, schema) for _, events in waiting], schema).combine_chunks()
    counts = [events.batch.num_rows for _, events in waiting]
    numbers = [np.arange(record.seq, record.seq + count) for (record, _), count in zip(waiting, counts, strict=True)]
    arrivals = np.repeat(np.array([events.received_at for _, events in waiting], dtype=np.int64), counts)
    seq, received = pa.array(np.concatenate(numbers), pa.int64()), pa.array(arrivals).view(pa.timestamp("us"))
    return pa.Table.from_arrays([*table.columns, seq, received], schema=rows_schema(stream))
