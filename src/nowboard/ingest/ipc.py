"""Arrow IPC bodies: read within caps and checked before anything trusts them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Final

import pyarrow as pa

from nowboard.errors import BadRequest, TooLarge
from nowboard.ingest.arrays import written_out
from nowboard.ingest.limits import IngestLimits

_HEADER_TYPE, _HEADER = 1, 2
_DICTIONARY_BATCH, _RECORD_BATCH = 2, 3
_BATCH_OF_DICTIONARY, _COMPRESSION = 1, 3

_PLAIN: Final[tuple[Callable[[pa.DataType], bool], ...]] = (
    pa.types.is_null,
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_timestamp,
    pa.types.is_date,
    pa.types.is_decimal,
)


def read_ipc(body: bytes, limits: IngestLimits) -> pa.RecordBatch:
    """The rows of an Arrow IPC stream as one batch of plain columns, with valid offsets and UTF-8.

    Buffers compressed inside of the stream are refused, because their decoded size is not known beforehand; a
    Content-Encoding does the same within caps. Raises `BadRequest`, `TooLarge`.
    """
    try:
        if any(map(_is_compressed, _messages(body))):
            message = "compressed Arrow buffers are not supported; use Content-Encoding: zstd instead"
            raise BadRequest(message, code="bad_arrow")
        with pa.ipc.open_stream(pa.py_buffer(body)) as reader:
            _check_schema(reader.schema, limits)
            batches = list(_batches(reader, limits))
            schema = pa.schema([pa.field(field.name, _plain_type(field.type)) for field in reader.schema])
        table = pa.Table.from_batches(batches, schema).combine_chunks()
    except (pa.ArrowException, OSError, UnicodeDecodeError, struct.error) as error:
        raise BadRequest(f"the body is not a valid Arrow IPC stream: {error}", code="bad_arrow") from error
    whole = table.to_batches()
    return whole[0] if whole else pa.RecordBatch.from_pylist([], schema=schema)


def _batches(reader: pa.RecordBatchReader, limits: IngestLimits) -> Iterator[pa.RecordBatch]:
    rows, room = 0, limits.decoded_bytes
    for batch in reader:
        rows += batch.num_rows
        if rows > limits.rows:
            raise TooLarge(
                f"a request holds at most {limits.rows} events; send several",
                code="too_many_events",
                detail={"limit": limits.rows},
            )
        batch.validate(full=True)
        room -= sum(written_out(column) for column in batch.columns)
        if room < 0:
            raise TooLarge(
                f"a body unpacks to at most {limits.decoded_bytes} bytes",
                code="decoded_too_large",
                detail={"limit": limits.decoded_bytes},
            )
        columns = [column.cast(_plain_type(column.type)) for column in batch.columns]
        yield pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _check_schema(schema: pa.Schema, limits: IngestLimits) -> None:
    if len(schema) > limits.keys:
        raise TooLarge(f"at most {limits.keys} columns", code="too_many_keys", detail={"limit": limits.keys})
    if len(set(schema.names)) != len(schema.names):
        raise BadRequest("two columns have the same name", code="bad_arrow")
    for field in schema:
        if not _supported(field.type):
            raise BadRequest(f"column {field.name!r} has type {field.type}, which is not supported", code="bad_arrow")


def _supported(kind: pa.DataType) -> bool:
    if isinstance(kind, pa.DictionaryType):
        return pa.types.is_string(kind.value_type) or pa.types.is_large_string(kind.value_type)
    return any(test(kind) for test in _PLAIN)


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind) or pa.types.is_large_string(kind):
        return pa.string()
    return pa.float32() if pa.types.is_float16(kind) else kind


def _messages(body: bytes) -> Iterator[bytes]:
    reader = pa.ipc.MessageReader.open_stream(pa.py_buffer(body))
    for message in reader:
        yield message.metadata.to_pybytes()


def _is_compressed(message: bytes) -> bool:
    """Whether a record batch's header names a compression; a few steps through its FlatBuffer."""
    table = _root(message)
    kind = _member(message, table, _HEADER_TYPE)
    header = _member(message, table, _HEADER)
    if kind is None or header is None or message[kind] not in (_DICTIONARY_BATCH, _RECORD_BATCH):
        return False
    batch = _follow(message, header)
    if message[kind] == _DICTIONARY_BATCH:
        inner = _member(message, batch, _BATCH_OF_DICTIONARY)
        if inner is None:
            return False
        batch = _follow(message, inner)
    return _member(message, batch, _COMPRESSION) is not None


def _root(message: bytes) -> int:
    return _follow(message, 0)


def _follow(message: bytes, position: int) -> int:
    offset: int = struct.unpack_from("<I", message, position)[0]
    return position + offset


def _member(message: bytes, table: int, index: int) -> int | None:
    """Where member `index` of a FlatBuffer table stands, or None when it is not set."""
    vtable = table - struct.unpack_from("<i", message, table)[0]
    size: int = struct.unpack_from("<H", message, vtable)[0]
    slot = 4 + 2 * index
    if slot >= size:
        return None
    offset: int = struct.unpack_from("<H", message, vtable + slot)[0]
    return table + offset if offset else None
