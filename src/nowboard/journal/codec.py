"""Records as rows of the journal file, and back.

Events are stored as an Arrow record batch without its schema, definitions as their JSON followed by a table's rows.
Both are compressed when that pays. The checksum covers every column, so no damage is ever read as data.
"""

from __future__ import annotations

import zlib
from typing import Final, NamedTuple

import msgspec
import pyarrow as pa

from nowboard.clock import Micros
from nowboard.model.events import Definition, Events, Record, RecordKind

COMPRESS_FROM: Final = 1024
"""Bytes. LZ4 costs 0.03 ms per 1,000 events and halves what is fsynced; below a kilobyte there is nothing to gain."""

_HEAD: Final = 4


class Row(NamedTuple):
    """A row of `records`. `schema` is None for definitions; `size` is the payload's size before compression."""

    offset: int
    kind: str
    name: str
    schema: int | None
    seq: int
    rows: int
    received: Micros
    oldest: Micros | None
    newest: Micros | None
    principal: str
    size: int
    crc: int
    data: bytes | memoryview


COLUMNS: Final = ", ".join(Row._fields)


class DamagedRecordError(Exception):
    """A row does not hold what was written."""


class Span(NamedTuple):
    """The first and last event time of a record."""

    oldest: Micros | None
    newest: Micros | None


def encode_events(record: Record, events: Events, schema: int, span: Span) -> Row:
    """The row of an events record."""
    payload = events.batch.serialize()
    size, data = _compress(payload)
    row = Row(
        record.offset, RecordKind.EVENTS.value, events.stream, schema, record.seq, events.batch.num_rows,
        events.received_at, span.oldest, span.newest, events.principal, size, 0, data,
    )  # fmt: skip
    return row._replace(crc=checksum(row))


def encode_definition(record: Record, definition: Definition, received: Micros) -> Row:
    """The row of a definition record."""
    rows = b"" if definition.rows is None else _write_table(definition.rows)
    payload = pa.py_buffer(len(definition.body).to_bytes(_HEAD, "little") + definition.body + rows)
    size, data = _compress(payload)
    row = Row(
        record.offset, definition.kind.value, definition.name, None, record.seq, 0, received, None, None, "", size, 0,
        data,
    )  # fmt: skip
    return row._replace(crc=checksum(row))


def decode(row: Row, schema: pa.Schema | None) -> Record:
    """The record in `row`; `schema` is the one that `row.schema` names. Raises `DamagedRecordError`."""
    if not is_intact(row):
        raise DamagedRecordError("its checksum does not match")
    payload = _decompress(row)
    try:
        if row.kind == RecordKind.EVENTS.value:
            if schema is None:
                raise DamagedRecordError("its schema is lost")
            batch = pa.ipc.read_record_batch(payload, schema)
            content: Events | Definition = Events(row.name, batch, row.received, principal=row.principal)
        else:
            content = _definition(row, payload)
    except (pa.ArrowException, ValueError, OSError) as error:
        raise DamagedRecordError(f"it cannot be decoded: {error}") from error
    return Record(row.offset, content, row.seq)


def is_intact(row: Row) -> bool:
    """Whether the row's checksum holds."""
    try:
        return checksum(row) == row.crc
    except (TypeError, ValueError):
        return False


def checksum(row: Row) -> int:
    """CRC-32 over all other columns of `row`."""
    head = msgspec.msgpack.encode(row[:-2])
    return zlib.crc32(row.data, zlib.crc32(head))


def _definition(row: Row, payload: pa.Buffer) -> Definition:
    data = payload.to_pybytes()
    end = _HEAD + int.from_bytes(data[:_HEAD], "little")
    rows = _read_table(data[end:]) if len(data) > end else None
    return Definition(RecordKind(row.kind), row.name, data[_HEAD:end], rows)


def _compress(payload: pa.Buffer) -> tuple[int, memoryview]:
    if payload.size >= COMPRESS_FROM:
        packed = pa.compress(payload, codec="lz4")
        if packed.size < payload.size:
            return payload.size, memoryview(packed)
    return payload.size, memoryview(payload)


def _decompress(row: Row) -> pa.Buffer:
    if len(row.data) == row.size:
        return pa.py_buffer(row.data)
    try:
        return pa.decompress(row.data, decompressed_size=row.size, codec="lz4")
    except (pa.ArrowException, OSError) as error:
        raise DamagedRecordError(f"it cannot be decompressed: {error}") from error


def _write_table(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return sink.getvalue().to_pybytes()


def _read_table(data: bytes) -> pa.Table:
    with pa.ipc.open_stream(data) as reader:
        return reader.read_all()
