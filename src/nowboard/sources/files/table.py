"""Rows of named columns as a chunk in Arrow's format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from nowboard.errors import BadDocument
from nowboard.model.fields import as_name

EVENT_ID = "event_id"


def names_of(given: Sequence[str]) -> list[str]:
    """What the columns are called as fields. Raises `BadDocument` when two would be called the same, or one nothing."""
    names: list[str] = []
    for title in given:
        name = as_name(title)
        if name is None:
            raise BadDocument(f"A column is called {title!r}, and no field can be called like that.")
        if name in names:
            raise BadDocument(f"Two columns would be called {name!r} as fields; rename one of them.")
        names.append(name)
    return names


def find_event_id(names: Sequence[str], wanted: str | None) -> int | None:
    """The place of the column that names the events. Raises `BadDocument` when there is no such column."""
    if wanted is None:
        return None
    name = as_name(wanted)
    if name is None or name not in names:
        raise BadDocument(f"There is no column {wanted!r} to name the events; there are: {', '.join(names)}.")
    return names.index(name)


def with_event_id(names: Sequence[str], columns: Sequence[pa.Array[Any]], place: int | None) -> pa.RecordBatch:
    """The columns as a batch, with those at `place` once more as the events' ids."""
    kept, arrays = list(names), list(columns)
    if place is not None:
        ids = arrays[place].cast(pa.string())
        if EVENT_ID in kept:
            arrays[kept.index(EVENT_ID)] = ids
        else:
            kept.append(EVENT_ID)
            arrays.append(ids)
    return pa.RecordBatch.from_arrays(arrays, names=kept)


def packed(batch: pa.RecordBatch) -> bytes:
    """The batch as an Arrow IPC stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue().to_pybytes()
