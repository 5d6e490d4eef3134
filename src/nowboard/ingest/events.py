"""JSON bodies to columns: the whole body at once when it is good, event by event when it is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
import pyarrow as pa

from nowboard.errors import BadRequest, TooLarge
from nowboard.ingest.bodies import Format
from nowboard.ingest.infer import EVENT_ID, kind_of, suggestion
from nowboard.ingest.limits import IngestLimits
from nowboard.ingest.pieces import BOM, pieces_of
from nowboard.ingest.reasons import DropReason, Refused
from nowboard.ingest.shapes import Shape, check_event_id, shape_of
from nowboard.ingest.values import LENIENT, check, check_keys, check_tree, describe
from nowboard.model.events import Rejection
from nowboard.model.fields import FieldType, is_name
from nowboard.model.streams import Stream

_FALLBACK: Final = (msgspec.MsgspecError, ValueError, OverflowError, ArithmeticError, RecursionError, pa.ArrowException)


@dataclass(frozen=True)
class Columns:
    """A decoded request. `indexes` names the place in the request of each row of `batch`.

    `news` holds members that an open stream does not have yet, with the kinds of values seen: extend it and decode
    again.
    """

    batch: pa.RecordBatch
    event_ids: tuple[str | None, ...] | None
    indexes: Sequence[int]
    rejected: tuple[Rejection, ...] = ()
    news: Mapping[str, Counter[FieldType]] = field(default_factory=dict)


def decode_json(stream: Stream, body: bytes, form: Format, limits: IngestLimits) -> Columns:
    """Decode a JSON or NDJSON body. Raises `BadRequest` for a body that is no JSON at all, `TooLarge` past a cap."""
    shape = shape_of(stream)
    body = body.removeprefix(BOM)
    if not body.strip():
        raise BadRequest("the body is empty; send one event or several", code="empty_body")
    fast = _whole(shape, body, form, limits)
    return fast if fast is not None else decode_each(stream, pieces_of(body, form, limits), limits)


def _whole(shape: Shape, body: bytes, form: Format, limits: IngestLimits) -> Columns | None:
    """Every event at once, or None when any of them needs a closer look."""
    if body.count(b"{") > limits.rows or b"\\u0000" in body or len(body) > limits.decoded_bytes:
        return None
    try:
        events = _decode(shape, body, form)
        if events is None:
            return None
        batch, event_ids = shape.columns(events, limits, measure=len(body) > limits.text_bytes)
    except _FALLBACK:
        return None
    return Columns(batch, event_ids, range(len(events)))


def _decode(shape: Shape, body: bytes, form: Format) -> Sequence[msgspec.Struct] | None:
    if form is Format.JSON and body.lstrip()[:1] == b"[":
        return shape.several.decode(body)
    if form is Format.JSON:
        return [shape.strict.decode(body)]
    events = shape.strict.decode_lines(body)
    return events if len(events) == _lines(body) else None


def _lines(body: bytes) -> int:
    """How many lines hold something. The decoder itself would also take two events on a line, or one on two."""
    count = body.count(b"\n") + (not body.endswith(b"\n"))
    return (
        count
        if b"\n\n" not in body and body[:1] not in b"\r\n"
        else sum(1 for line in body.split(b"\n") if line.strip())
    )


def decode_each(stream: Stream, pieces: Iterable[bytes | Refused], limits: IngestLimits) -> Columns:
    """Look at events one by one: good ones are kept, each bad one is named."""
    shape = shape_of(stream)
    events: list[tuple[int, msgspec.Struct]] = []
    rejected: list[Rejection] = []
    news: dict[str, Counter[FieldType]] = {}
    for index, piece in enumerate(_capped(pieces, limits)):
        try:
            if isinstance(piece, Refused):
                raise piece
            events.append((index, _event(stream, shape, piece, limits, news)))
        except Refused as refused:
            rejected.append(refused.at(index))
    try:
        batch, event_ids = shape.columns([event for _, event in events], limits, measure=True)
    except _FALLBACK:
        events = list(_checked(shape, events, limits, rejected))
        rejected.sort(key=lambda rejection: rejection.index)
        batch, event_ids = shape.columns([event for _, event in events], limits, measure=False)
    return Columns(batch, event_ids, [index for index, _ in events], tuple(rejected), news)


def _checked(
    shape: Shape, events: Iterable[tuple[int, msgspec.Struct]], limits: IngestLimits, rejected: list[Rejection]
) -> Iterator[tuple[int, msgspec.Struct]]:
    """The events whose every value fits; the others are added to `rejected`."""
    for index, event in events:
        try:
            shape.check(event, limits)
        except Refused as refused:
            rejected.append(refused.at(index))
        else:
            yield index, event


def _capped(pieces: Iterable[bytes | Refused], limits: IngestLimits) -> Iterator[bytes | Refused]:
    for index, piece in enumerate(pieces):
        if index >= limits.rows:
            raise TooLarge(
                f"a request holds at most {limits.rows} events; send several",
                code="too_many_events",
                detail={"limit": limits.rows},
            )
        yield piece


def _event(
    stream: Stream, shape: Shape, piece: bytes, limits: IngestLimits, news: dict[str, Counter[FieldType]]
) -> msgspec.Struct:
    try:
        event = shape.strict.decode(piece)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        _diagnose(stream, parse(piece, limits), limits, news)
        event = _tolerate(shape, piece, error)
    if b"\\u0000" in piece:
        shape.check(event, limits)
    return event


def _tolerate(shape: Shape, piece: bytes, cause: Exception) -> msgspec.Struct:
    """Decode an event whose only fault is members that the stream does not have, all null or about to be added."""
    try:
        return shape.tolerant.decode(piece)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Refused(DropReason.MALFORMED, f"not valid JSON: {cause}") from cause


def parse(piece: bytes, limits: IngestLimits) -> dict[str, object]:
    """One event as a lenient dict. Raises `Refused` unless it is one JSON object, `TooLarge` past the depth cap."""
    try:
        value = LENIENT.decode(piece.decode("utf-8", "surrogateescape"))
    except RecursionError as error:
        raise TooLarge(
            f"JSON nested deeper than {limits.depth}", code="too_deep", detail={"limit": limits.depth}
        ) from error
    except ValueError as error:
        raise Refused(DropReason.MALFORMED, f"not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise Refused(DropReason.NOT_AN_OBJECT, f"an event is an object, not {describe(value)}")
    return value


def _diagnose(
    stream: Stream, event: dict[str, object], limits: IngestLimits, news: dict[str, Counter[FieldType]]
) -> None:
    """Raise `Refused` for the first thing that is wrong; note members that the stream could gain."""
    check_keys(len(event), limits)
    for known in stream.fields:
        check(known, event.get(known.name), limits)
    check_event_id(event.get(EVENT_ID), limits)
    found: dict[str, FieldType] = {}
    for name in event.keys() - {known.name for known in stream.fields} - {EVENT_ID}:
        value = event[name]
        if not stream.open:
            raise Refused(DropReason.UNKNOWN_FIELD, f"stream {stream.name} has no field {name[:80]!r}", name[:80])
        if value is None:
            continue
        if not is_name(name):
            raise Refused(DropReason.BAD_NAME, f"a field cannot be called {name[:80]!r}; {suggestion(name)}", name[:80])
        _check_new(name, value, limits)
        if name not in news and len(stream.fields) + len(news) >= limits.fields:
            message = f"stream {stream.name} has {limits.fields} fields and takes no new one"
            raise Refused(DropReason.TOO_MANY_FIELDS, message, name)
        found[name] = kind_of(value)
    for name, kind in found.items():
        news.setdefault(name, Counter())[kind] += 1


def _check_new(name: str, value: object, limits: IngestLimits) -> None:
    try:
        check_tree(value, limits, depth=2)
    except Refused as refused:
        raise Refused(refused.reason, refused.message, name) from refused
