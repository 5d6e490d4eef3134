"""Event times as they are written: RFC 3339 text, or a number of milliseconds since the Unix epoch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import numpy as np
import pyarrow as pa

from nowboard.clock import MILLISECOND, Micros
from nowboard.ingest.arrays import in_millis
from nowboard.ingest.reasons import DropReason, Refused
from nowboard.model.arrow import AnyArray, bounds
from nowboard.model.bounds import EARLIEST, LATEST

_TEXT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[Tt ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?([Zz]|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
_FEW: Final = 16
"""Up to so many, reading them one by one (3 µs each) beats setting up Arrow's kernels (50 µs)."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UTC_TYPE = pa.timestamp("us", "UTC")
_TYPE = pa.timestamp("us")


def instant(value: object) -> Micros:
    """Microseconds since the epoch of a written time. Text without a zone is UTC; numbers are milliseconds.

    Raises `Refused`.
    """
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(DropReason.WRONG_TYPE, "expected a time: RFC 3339 text or milliseconds since 1970")
    micros = value * MILLISECOND if isinstance(value, int) else _from_float(value)
    if not EARLIEST <= micros <= LATEST:
        raise Refused(DropReason.OUT_OF_RANGE, "a time must lie in the years 1 to 9999; numbers are milliseconds")
    return micros


def instants(values: Sequence[object]) -> AnyArray:
    """Many written times as an Arrow column, null for None. Raises `ValueError` when one of them is no time.

    All-text and all-integer columns are parsed by Arrow; it takes a subset of what `instant` takes, with equal results.
    """
    if len(values) > _FEW:
        kinds = set(map(type, values)) - {type(None)}
        if kinds <= {str}:
            parsed = _texts(values)
            if parsed is not None:
                return parsed
        elif kinds == {int}:
            return _integers(values)
    return pa.array([None if value is None else instant(value) for value in values], _TYPE)


def _texts(values: Sequence[object]) -> AnyArray | None:
    texts = pa.array(values, pa.string())
    for kind in (_UTC_TYPE, _TYPE):
        try:
            parsed = texts.cast(kind).view(_TYPE)
        except pa.ArrowInvalid:
            continue
        found = bounds(parsed)
        return parsed if found is None or found[0] >= EARLIEST else None
    return None


def _integers(values: Sequence[object]) -> AnyArray:
    try:
        numbers = pa.array(values, pa.int64())
    except OverflowError as error:
        raise Refused(DropReason.OUT_OF_RANGE, "a time must lie in the years 1 to 9999") from error
    found = bounds(numbers)
    if found is not None and not EARLIEST <= found[0] * MILLISECOND <= found[1] * MILLISECOND <= LATEST:
        raise Refused(DropReason.OUT_OF_RANGE, "a time must lie in the years 1 to 9999")
    return in_millis(numbers)


def _from_float(value: float) -> Micros:
    if not np.isfinite(value):
        raise Refused(DropReason.NOT_FINITE, "a time cannot be infinite")
    return round(value * MILLISECOND)


def _from_text(text: str) -> Micros:
    match = _TEXT.fullmatch(text)
    if match is None:
        raise Refused(DropReason.BAD_TIME, "expected a time such as 2026-01-31T12:30:00Z")
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        moment = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "").ljust(6, "0")[:6]),
            tzinfo=_zone(zone),
        )
    except ValueError as error:
        raise Refused(DropReason.BAD_TIME, f"no such time: {error}") from error
    micros = (moment - _EPOCH) // _MICROSECOND
    if not EARLIEST <= micros <= LATEST:
        raise Refused(DropReason.OUT_OF_RANGE, "a time must lie in the years 1 to 9999")
    return micros


def _zone(text: str | None) -> timezone:
    if text is None or text in "Zz":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if minutes > 59:
        raise ValueError("a zone has at most 59 minutes")
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)
