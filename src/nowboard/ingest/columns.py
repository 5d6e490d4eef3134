"""Arrow columns to the stream's columns: cast safely, rows with a value that does not fit are named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

import msgspec
import pyarrow as pa

from nowboard.ingest.arrays import all_finite, holds_nul, lengths, nulls, present
from nowboard.ingest.events import Columns
from nowboard.ingest.infer import EVENT_ID, Sample, suggestion
from nowboard.ingest.instants import instants
from nowboard.ingest.limits import IngestLimits
from nowboard.ingest.reasons import DropReason, Refused
from nowboard.ingest.shapes import check_event_id
from nowboard.ingest.values import json_text
from nowboard.model.arrow import AnyArray, arrow_type, bounds, schema_of
from nowboard.model.bounds import EARLIEST, LATEST
from nowboard.model.events import Rejection
from nowboard.model.fields import Field, FieldType, is_name
from nowboard.model.streams import Stream

Bad = dict[int, Rejection]


def infer_arrow(name: str, rows: pa.RecordBatch) -> Stream:
    """A stream from its first rows: types from the columns; texts may be times. Raises `Unprocessable`."""
    sample = Sample()
    for column, array in zip(rows.schema.names, rows.columns, strict=True):
        kind = None if pa.types.is_string(array.type) else _kind(array.type)
        for value in array.to_pylist():
            sample.see(column, value, kind)
    return sample.stream(name)


def decode_arrow(stream: Stream, rows: pa.RecordBatch, limits: IngestLimits) -> Columns:
    """The rows that fit the stream's schema, the others named."""
    bad: Bad = {}
    news = _news(stream, rows, limits, bad)
    arrays = []
    for field in stream.fields:
        index = rows.schema.get_field_index(field.name)
        if index < 0:
            arrays.append(nulls(rows.num_rows, arrow_type(field.type)))
        else:
            arrays.append(_fit(rows.column(index), field, limits, bad, 0))
    event_ids = _event_ids(rows, limits, bad)
    batch = pa.RecordBatch.from_arrays(arrays, schema=schema_of(stream))
    if not bad:
        return Columns(batch, event_ids, range(batch.num_rows), news=news)
    good = [row for row in range(batch.num_rows) if row not in bad]
    kept = None if event_ids is None else tuple([event_ids[row] for row in good])
    rejected = tuple(bad[row] for row in sorted(bad))
    return Columns(batch.take(pa.array(good, pa.int64())), kept, good, rejected, news)


def _news(stream: Stream, rows: pa.RecordBatch, limits: IngestLimits, bad: Bad) -> Mapping[str, Counter[FieldType]]:
    news: dict[str, Counter[FieldType]] = {}
    for name in rows.schema.names:
        column = rows.column(name)
        if name == EVENT_ID or stream.field(name) is not None or (stream.open and column.null_count == len(column)):
            continue
        refusal = _refusal(stream, name, len(stream.fields) + len(news), limits)
        if refusal is None:
            news[name] = Counter({_kind(column.type): 1})
            continue
        for row in present(column) if stream.open else range(rows.num_rows):
            bad.setdefault(row, refusal.at(row))
    return news


def _refusal(stream: Stream, name: str, fields: int, limits: IngestLimits) -> Refused | None:
    if not stream.open:
        return Refused(DropReason.UNKNOWN_FIELD, f"stream {stream.name} has no field {name[:80]!r}", name[:80])
    if not is_name(name):
        return Refused(DropReason.BAD_NAME, f"a field cannot be called {name[:80]!r}; {suggestion(name)}", name[:80])
    if fields >= limits.fields:
        message = f"stream {stream.name} has {limits.fields} fields and takes no new one"
        return Refused(DropReason.TOO_MANY_FIELDS, message, name)
    return None


def _kind(kind: pa.DataType) -> FieldType:
    tests = (
        (pa.types.is_boolean, FieldType.BOOLEAN),
        (pa.types.is_integer, FieldType.INTEGER),
        (pa.types.is_floating, FieldType.FLOAT),
        (pa.types.is_decimal, FieldType.DECIMAL),
        (pa.types.is_temporal, FieldType.TIMESTAMP),
    )
    return next((found for test, found in tests if test(kind)), FieldType.STRING)


def _event_ids(rows: pa.RecordBatch, limits: IngestLimits, bad: Bad) -> tuple[str | None, ...] | None:
    index = rows.schema.get_field_index(EVENT_ID)
    if index < 0:
        return None
    given = rows.column(index).to_pylist()
    for row, value in enumerate(given):
        try:
            check_event_id(value, limits)
        except Refused as refused:
            bad.setdefault(row, refused.at(row))
    return tuple([None if value is None else str(value) for value in given])


def _fit(array: AnyArray, field: Field, limits: IngestLimits, bad: Bad, first: int) -> AnyArray:
    """The column cast, halved until the values that do not fit stand alone: those are null and named in `bad`."""
    try:
        return _CASTS[field.type](array, limits)
    except Refused as refused:
        refusal = refused
    except (pa.ArrowException, ValueError, OverflowError, ArithmeticError):
        refusal = Refused(DropReason.WRONG_TYPE, f"{array.type} does not fit {field.type.value}")
    if len(array) == 1:
        bad.setdefault(first, Rejection(first, refusal.reason.value, refusal.message, field.name))
        return nulls(1, arrow_type(field.type))
    half = len(array) // 2
    left = _fit(array.slice(0, half), field, limits, bad, first)
    right = _fit(array.slice(half), field, limits, bad, first + half)
    joined: AnyArray = pa.concat_arrays([left, right])
    return joined


def _timestamps(array: AnyArray, _limits: IngestLimits) -> AnyArray:
    target = arrow_type(FieldType.TIMESTAMP)
    if not pa.types.is_temporal(array.type):
        return instants(array.to_pylist())
    if isinstance(array.type, pa.TimestampType):
        # finer than a microsecond is cut off, as it is in text
        array = array.cast(pa.timestamp(array.type.unit)).cast(target, safe=array.type.unit != "ns")
    cast: AnyArray = array.cast(target)
    found = bounds(cast)
    if found is not None and not EARLIEST <= found[0] <= found[1] <= LATEST:
        raise Refused(DropReason.OUT_OF_RANGE, "a time must lie in the years 1 to 9999")
    return cast


def _strings(array: AnyArray, limits: IngestLimits) -> AnyArray:
    if not pa.types.is_string(array.type) and not pa.types.is_null(array.type):
        raise Refused(DropReason.WRONG_TYPE, f"expected text, got {array.type}")
    array = array.cast(pa.string())
    if holds_nul(array):
        raise Refused(DropReason.BAD_TEXT, "text cannot hold the character U+0000")
    sizes = lengths(array)
    if sizes is not None and sizes[1] > limits.text_bytes:
        raise Refused(DropReason.TEXT_TOO_LONG, f"text is over the limit of {limits.text_bytes} bytes")
    return array


def _numbers(array: AnyArray, target: pa.DataType) -> AnyArray:
    kind = array.type
    if not (
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_null(kind)
    ):
        raise Refused(DropReason.WRONG_TYPE, f"expected a number, got {kind}")
    if pa.types.is_floating(kind) and not all_finite(array):
        raise Refused(DropReason.NOT_FINITE, "NaN and infinity are not numbers; send null")
    return array.cast(target, safe=not pa.types.is_floating(target))


def _integers(array: AnyArray, _limits: IngestLimits) -> AnyArray:
    return _numbers(array, pa.int64())


def _floats(array: AnyArray, _limits: IngestLimits) -> AnyArray:
    return _numbers(array, pa.float64())


def _booleans(array: AnyArray, _limits: IngestLimits) -> AnyArray:
    if not pa.types.is_boolean(array.type) and not pa.types.is_null(array.type):
        raise Refused(DropReason.WRONG_TYPE, f"expected true or false, got {array.type}")
    return array.cast(pa.bool_())


def _decimals(array: AnyArray, _limits: IngestLimits) -> AnyArray:
    target = arrow_type(FieldType.DECIMAL)
    if pa.types.is_floating(array.type) or pa.types.is_string(array.type):
        values = [None if value is None else Decimal(str(value)) for value in array.to_pylist()]
        return pa.array(values, target)
    return _numbers(array, target)


def _jsons(array: AnyArray, limits: IngestLimits) -> AnyArray:
    if not pa.types.is_string(array.type) and not pa.types.is_null(array.type):
        raise Refused(DropReason.WRONG_TYPE, f"expected JSON as text, got {array.type}")
    texts = [None if value is None else json_text(msgspec.Raw(value), limits) for value in array.to_pylist()]
    return pa.array(texts, pa.string())


_CASTS: Final[Mapping[FieldType, Callable[[AnyArray, IngestLimits], AnyArray]]] = {
    FieldType.TIMESTAMP: _timestamps,
    FieldType.STRING: _strings,
    FieldType.INTEGER: _integers,
    FieldType.FLOAT: _floats,
    FieldType.BOOLEAN: _booleans,
    FieldType.DECIMAL: _decimals,
    FieldType.JSON: _jsons,
}
