"""The typed decoder of a stream: JSON to columns without a dict per event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

import msgspec
import pyarrow as pa
from msgspec.structs import astuple

from nowboard.ingest.arrays import lengths
from nowboard.ingest.infer import EVENT_ID
from nowboard.ingest.instants import instants
from nowboard.ingest.limits import IngestLimits
from nowboard.ingest.reasons import DropReason, Refused
from nowboard.ingest.values import check, check_text, json_text
from nowboard.model.arrow import AnyArray, arrow_type
from nowboard.model.fields import Field, FieldType
from nowboard.model.streams import Stream

_MEMBERS: Final[dict[FieldType, tuple[object, object]]] = {
    FieldType.TIMESTAMP: (int | float | str | None, None),
    FieldType.STRING: (str | None, None),
    FieldType.INTEGER: (int | None, None),
    FieldType.FLOAT: (float | None, None),
    FieldType.BOOLEAN: (bool | None, None),
    FieldType.DECIMAL: (Decimal | None, None),
    FieldType.JSON: (msgspec.Raw, msgspec.Raw()),
}


@dataclass(frozen=True)
class Shape:
    """What a stream's events look like in JSON. `strict` refuses members the stream does not have."""

    fields: tuple[Field, ...]
    schema: pa.Schema
    strict: msgspec.json.Decoder[msgspec.Struct]
    several: msgspec.json.Decoder[list[msgspec.Struct]]
    tolerant: msgspec.json.Decoder[msgspec.Struct]

    def columns(
        self, events: Sequence[msgspec.Struct], limits: IngestLimits, *, measure: bool
    ) -> tuple[pa.RecordBatch, tuple[str | None, ...] | None]:
        """Decoded events as columns, and their ids.

        `measure` asks to check the length of texts, which is not needed when the whole body is short. Raises
        `ValueError` or `OverflowError` when a value does not fit: then the events must be looked at one by one.
        """
        # the members of a struct are the fields in order, then the id
        *members, given = zip(*map(astuple, events), strict=True) if events else [()] * (len(self.fields) + 1)
        arrays = [
            _column(field.type, values, limits, measure=measure)
            for field, values in zip(self.fields, members, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema), _ids(given, limits)

    def check(self, event: msgspec.Struct, limits: IngestLimits) -> None:
        """Raise `Refused` for the first value of a decoded event that `columns` would not take."""
        for position, field in enumerate(self.fields):
            check(field, getattr(event, f"f{position}"), limits)
        check_event_id(_ID(event), limits)


_ID = attrgetter("event_id")


def check_event_id(value: object, limits: IngestLimits) -> None:
    """Raise `Refused` unless `value` may name an event: short text, or an integer."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63):
        return
    if not isinstance(value, str) or not 0 < len(value) <= limits.event_id_length:
        message = f"event_id is text of 1 to {limits.event_id_length} characters, or an integer"
        raise Refused(DropReason.BAD_EVENT_ID, message, EVENT_ID)
    try:
        check_text(value, limits)
    except Refused as refused:
        raise Refused(DropReason.BAD_EVENT_ID, refused.message, EVENT_ID) from refused


def _ids(given: Sequence[Any], limits: IngestLimits) -> tuple[str | None, ...] | None:
    """The ids that events came with; None when none has one."""
    if given.count(None) == len(given):
        return None
    if set(map(type, given)) == {str}:
        sizes = lengths(pa.array(given, pa.string()))
        if sizes is not None and sizes[0] > 0 and sizes[1] <= limits.event_id_length:
            return tuple(given)
    for value in given:
        check_event_id(value, limits)
    return tuple([None if value is None else str(value) for value in given])


def shape_of(stream: Stream) -> Shape:
    """The typed decoders of `stream`."""
    return _shape(stream.fields)


@lru_cache(maxsize=1024)
def _shape(fields: tuple[Field, ...]) -> Shape:
    strict, tolerant = _struct(fields, closed=True), _struct(fields, closed=False)
    return Shape(
        fields,
        pa.schema([pa.field(field.name, arrow_type(field.type)) for field in fields]),
        msgspec.json.Decoder(strict),
        msgspec.json.Decoder(list[strict]),  # type: ignore[valid-type]  # the struct is built at run time
        msgspec.json.Decoder(tolerant),
    )


def _struct(fields: Sequence[Field], *, closed: bool) -> type[msgspec.Struct]:
    members: list[tuple[str, Any, Any]] = [
        (f"f{position}", *_MEMBERS[field.type]) for position, field in enumerate(fields)
    ]
    members.append((EVENT_ID, str | int | None, None))
    rename = {f"f{position}": field.name for position, field in enumerate(fields)}
    return msgspec.defstruct("Event", members, rename=rename, forbid_unknown_fields=closed, gc=False)


def _column(kind: FieldType, values: Sequence[Any], limits: IngestLimits, *, measure: bool) -> AnyArray:
    if kind is FieldType.TIMESTAMP:
        return instants(values)
    if kind is FieldType.JSON:
        return pa.array([json_text(value, limits) for value in values], pa.string())
    column = pa.array(values, arrow_type(kind))
    if measure and kind is FieldType.STRING:
        sizes = lengths(column)
        if sizes is not None and sizes[1] > limits.text_bytes:
            raise Refused(DropReason.TEXT_TOO_LONG, f"text is over the limit of {limits.text_bytes} bytes")
    return column
