"""Parquet and Arrow files: their columns travel as they are."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from nowboard.sources.files.chunk import ARROW, BYTES, ROWS, Chunk, key_of
from nowboard.sources.files.opening import readable
from nowboard.sources.files.table import find_event_id, names_of, packed, with_event_id

_BUFFER: Final = 1024 * 1024
"""Bytes of each column chunk that are held while a row group is read."""


def parquet_rows(path: Path) -> int:
    """How many rows a Parquet file has. Raises `BadDocument`."""
    with readable(path), pq.ParquetFile(path) as file:
        return int(file.metadata.num_rows)


def read_parquet(
    path: Path, *, event_id: str | None = None, renamed: Callable[[str, str], None] | None = None
) -> Iterator[Chunk]:
    """The chunks of a Parquet file, row group by row group. Raises `BadDocument`."""
    with readable(path), pq.ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False) as file:
        yield from _chunks(file.iter_batches(batch_size=ROWS, use_threads=False), event_id, renamed)


def read_arrow(
    path: Path, *, event_id: str | None = None, renamed: Callable[[str, str], None] | None = None
) -> Iterator[Chunk]:
    """The chunks of an Arrow IPC file or stream. Raises `BadDocument`."""
    with readable(path), pa.memory_map(str(path)) as source:
        yield from _chunks(_batches(source), event_id, renamed)


def _batches(source: pa.MemoryMappedFile) -> Iterator[pa.RecordBatch]:
    """Batches of at most `ROWS` rows."""
    is_file = source.read(6) == b"ARROW1"
    source.seek(0)
    reader = pa.ipc.open_file(source) if is_file else pa.ipc.open_stream(source)
    with reader:
        if isinstance(reader, pa.RecordBatchFileReader):
            batches: Iterator[pa.RecordBatch] = (reader.get_batch(i) for i in range(reader.num_record_batches))
        else:
            batches = iter(reader)
        for batch in batches:
            for start in range(0, batch.num_rows, ROWS):
                yield batch.slice(start, ROWS)


def _chunks(
    batches: Iterator[pa.RecordBatch], event_id: str | None, renamed: Callable[[str, str], None] | None
) -> Iterator[Chunk]:
    index = rows = 0
    names: list[str] = []
    place: int | None = None
    for batch in batches:
        if not names:
            names = names_of(batch.schema.names)
            place = find_event_id(names, event_id)
            for title, name in zip(batch.schema.names, names, strict=True):
                if renamed is not None and title != name:
                    renamed(title, name)
        for piece in _small(batch):
            yield _chunk(index, piece, names, place, rows)
            index, rows = index + 1, rows + piece.num_rows


def _chunk(index: int, batch: pa.RecordBatch, names: list[str], place: int | None, before: int) -> Chunk:
    named = with_event_id(names, [_plain(column) for column in batch.columns], place)

    def row(at: int) -> dict[str, Any]:
        found: dict[str, Any] = named.slice(at, 1).to_pylist()[0]
        return found

    lines = range(before + 1, before + batch.num_rows + 1)
    return Chunk(ARROW, packed(named), key_of(index, packed(batch)), lines, row, done=lines.stop - 1)


def _small(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The batch, halved until a request can carry each part."""
    if batch.num_rows > 1 and batch.get_total_buffer_size() > BYTES and len(packed(batch)) > BYTES:
        half = batch.num_rows // 2
        yield from _small(batch.slice(0, half))
        yield from _small(batch.slice(half))
    elif batch.num_rows:
        yield batch


def _plain(column: pa.Array[Any]) -> pa.Array[Any]:
    """A column of a type that ingest takes: what has parts becomes JSON, bytes become base64, codes what they mean."""
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_nested(kind):
        return pa.array([None if value is None else _json(value) for value in column.to_pylist()], pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        values = (None if value is None else base64.b64encode(value).decode() for value in column.to_pylist())
        return pa.array(list(values), pa.string())
    if pa.types.is_time(kind) or pa.types.is_duration(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.string())
    return column


def _json(value: Any) -> str:
    return msgspec.json.encode(value, enc_hook=str).decode()
