"""Events with their times, from a file or from a stored stream, a few thousand at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import pyarrow as pa

from nowboard.cli.targets import RemoteTarget
from nowboard.clock import Micros
from nowboard.errors import BadRequest, NotFound
from nowboard.ingest.infer import EVENT_ID
from nowboard.ingest.instants import instant
from nowboard.ingest.reasons import Refused
from nowboard.model.fields import FieldType
from nowboard.sources.files.chunk import NDJSON, Chunk
from nowboard.sources.files.files import Reading, read_chunks
from nowboard.sources.shifted import Timed

PAGE: Final = 5_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


async def file_rows(
    path: Path, reading: Reading, kinds: Mapping[str, FieldType], time_name: str
) -> AsyncIterator[Timed]:
    """The events of a file. Raises `BadDocument`, and `BadRequest` when none of its first rows has a time."""
    chunks = read_chunks(path, reading, kinds)
    first = True
    while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
        found = list(_timed(_rows(chunk), time_name))
        if first and not found:
            raise BadRequest(f"{path}: no row has a time in {time_name!r}; name the column with --time.")
        first = False
        for each in found:
            yield each


async def stream_rows(target: RemoteTarget, stream: str, time_name: str) -> AsyncIterator[Timed]:
    """What `stream` holds now, by time. Raises `NotFound`."""
    _, kinds = await target.fields(stream)
    if not kinds:
        raise NotFound(f"There is no stream {stream!r} that this token may read.", code="unknown_stream")
    if time_name not in kinds:
        raise BadRequest(f"Stream {stream!r} has no field {time_name!r}.")
    columns = ", ".join(f'"{name}"' for name in kinds)
    last = f'select max("{time_name}") as last from "{stream}"'
    until = (await target.query({"query": {"sql": last}}))["rows"][0][0]
    if until is None:
        return
    # what is replayed into the same stream is later than `until`; the other columns make the order certain
    order = ", ".join(f'"{name}"' for name in [time_name, *(name for name in kinds if name != time_name)])
    where = f"\"{time_name}\" <= timestamp '{_written(until)}'"
    page = 0
    while True:
        sql = f'select {columns} from "{stream}" where {where} order by {order} limit {PAGE} offset {page * PAGE}'
        answer = await target.query({"query": {"sql": sql, "limit": PAGE}})
        names = [column["name"] for column in answer["columns"]]
        for each in _timed((dict(zip(names, row, strict=True)) for row in answer["rows"]), time_name):
            yield each
        if len(answer["rows"]) < PAGE:
            return
        page += 1


def _rows(chunk: Chunk) -> Iterator[dict[str, Any]]:
    if not chunk.body:
        return
    if chunk.form != NDJSON:
        yield from pa.ipc.open_stream(chunk.body).read_all().to_pylist()
        return
    for line in chunk.body.split(b"\n"):
        try:
            row = msgspec.json.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
        if isinstance(row, dict):
            yield row


def _timed(rows: Iterable[dict[str, Any]], time_name: str) -> Iterator[Timed]:
    """The rows that have a time, without the ids they had: the events are new ones."""
    for row in rows:
        at = _instant(row.get(time_name))
        if at is not None:
            row.pop(EVENT_ID, None)
            yield at, row


def _instant(value: object) -> Micros | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time(), UTC)
    if isinstance(value, datetime):
        aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        return (aware - _EPOCH) // _MICROSECOND
    try:
        return None if value is None else instant(value)
    except Refused:
        return None


def _written(millis: float) -> str:
    """A time of an answer as SQL text, rounded up to the next millisecond so that the last event is inside."""
    at = _EPOCH + timedelta(milliseconds=int(millis) + 1)
    return at.isoformat(sep=" ", timespec="milliseconds").removesuffix("+00:00")
