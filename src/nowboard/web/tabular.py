"""Results as CSV and Arrow."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa

from nowboard.clock import MILLISECOND
from nowboard.model.arrow import arrow_type
from nowboard.model.fields import FieldType
from nowboard.model.frames import Result, Value

CSV: Final = "text/csv; charset=utf-8"
ARROW: Final = "application/vnd.apache.arrow.stream"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def to_csv(result: Result) -> bytes:
    """A header line and the rows; timestamps as RFC 3339 in UTC. Text cannot become a formula in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_inert(column.name) for column in result.columns])
    kinds = [column.type for column in result.columns]
    for row in result.rows:
        writer.writerow([_cell(value, kind) for value, kind in zip(row, kinds, strict=True)])
    return out.getvalue().encode()


def to_arrow(result: Result) -> bytes:
    """An Arrow IPC stream with one column per result column, in the types of the store."""
    fields, arrays = [], []
    for index, column in enumerate(result.columns):
        kind = FieldType(column.type)
        values = [_typed(row[index], kind) for row in result.rows]
        fields.append(pa.field(column.name, arrow_type(kind)))
        arrays.append(pa.array(values, arrow_type(kind)))
    batch = pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def _cell(value: Value, kind: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if kind == FieldType.TIMESTAMP.value and isinstance(value, int | float):
        stamp = _EPOCH + timedelta(microseconds=round(value * MILLISECOND))
        return stamp.isoformat().replace("+00:00", "Z")
    if kind in (FieldType.STRING.value, FieldType.JSON.value):
        return _inert(str(value))
    return str(value)


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _typed(value: Value, kind: FieldType) -> Any:
    if value is None:
        return None
    if kind is FieldType.TIMESTAMP:
        return round(float(value) * MILLISECOND) if not isinstance(value, int) else value * MILLISECOND
    if kind is FieldType.INTEGER:
        return int(value)
    return Decimal(str(value)) if kind is FieldType.DECIMAL else value
