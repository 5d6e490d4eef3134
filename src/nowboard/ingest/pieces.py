"""Splitting a body into events without parsing them, for the closer look."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from nowboard.errors import BadRequest, TooLarge
from nowboard.ingest.bodies import Format
from nowboard.ingest.limits import IngestLimits
from nowboard.ingest.reasons import DropReason, Refused
from nowboard.ingest.values import LENIENT

BOM: Final = b"\xef\xbb\xbf"
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_FIRST_WINDOW: Final = 4096
"""Most events are shorter, so splitting copies each character about once."""
_RAW: Final = msgspec.json.Decoder(list[msgspec.Raw])


def pieces_of(body: bytes, form: Format, limits: IngestLimits) -> Iterator[bytes | Refused]:
    """The events of a body in order, unparsed. A piece that is too large is given as its refusal.

    Raises `BadRequest` where an array cannot be told apart any more, `TooLarge` for an array element over the cap.
    """
    if form is Format.NDJSON:
        return _lines(body, limits)
    if body.lstrip()[:1] == b"[":
        return _elements(body, limits)
    return iter([_sized(body.strip(), limits)])


def _sized(piece: bytes, limits: IngestLimits) -> bytes | Refused:
    if len(piece) <= limits.event_bytes:
        return piece
    message = f"an event of {len(piece)} bytes is over the limit of {limits.event_bytes}"
    return Refused(DropReason.EVENT_TOO_LARGE, message)


def _lines(body: bytes, limits: IngestLimits) -> Iterator[bytes | Refused]:
    start, end = 0, len(body)
    while start < end:
        stop = body.find(b"\n", start)
        stop = end if stop < 0 else stop
        line = body[start:stop].strip()
        if line:
            yield _sized(line, limits)
        start = stop + 1


def _elements(body: bytes, limits: IngestLimits) -> Iterator[bytes | Refused]:
    if body.count(b",") <= limits.rows * 20:
        try:
            elements = _RAW.decode(body)
        except (msgspec.MsgspecError, RecursionError):
            pass
        else:
            return (_sized(bytes(element), limits) for element in elements)
    return _scan(body.decode("utf-8", "surrogateescape"), limits)


def _scan(text: str, limits: IngestLimits) -> Iterator[bytes | Refused]:
    """Elements of an array that is not quite JSON (NaN, lone surrogates) or has very many of them."""
    position = _skip(text, _skip(text, 0) + 1)
    while text[position : position + 1] != "]":
        stop = _end_of_value(text, position, limits)
        yield text[position:stop].encode("utf-8", "surrogateescape")
        position = _skip(text, stop)
        if text[position : position + 1] == ",":
            position = _skip(text, position + 1)
            if text[position : position + 1] == "]":
                raise _malformed(text, position, "expected a value after ,")
        elif text[position : position + 1] != "]":
            raise _malformed(text, position, "expected , or ]")
    rest = _skip(text, position + 1)
    if rest != len(text):
        raise _malformed(text, rest, "something follows the array")


def _end_of_value(text: str, start: int, limits: IngestLimits) -> int:
    window = _FIRST_WINDOW
    while True:
        piece = text[start : start + window]
        whole = start + window >= len(text)
        try:
            _, stop = LENIENT.raw_decode(piece)
        except RecursionError as error:
            message = f"JSON nested deeper than {limits.depth}"
            raise TooLarge(message, code="too_deep", detail={"limit": limits.depth}) from error
        except json.JSONDecodeError as error:
            if whole:
                raise _malformed(text, start + error.pos, error.msg) from error
        else:
            if whole or stop < len(piece):
                return start + stop
        if window >= limits.event_bytes:
            raise TooLarge(
                f"an event is at most {limits.event_bytes} bytes",
                code="event_too_large",
                detail={"limit": limits.event_bytes},
            )
        window = min(window * 16, limits.event_bytes)


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _malformed(text: str, position: int, message: str) -> BadRequest:
    line, column = text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
    return BadRequest(
        f"the body is not valid JSON: {message} (line {line}, column {column})",
        code="bad_json",
        detail={"line": line, "column": column},
    )
