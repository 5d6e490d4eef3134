"""What is wrong with one value: the slow, exact half of decoding, used only on events that the fast half refused."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final, Self

import msgspec
import pyarrow as pa

from nowboard.errors import TooLarge
from nowboard.ingest.instants import instant
from nowboard.ingest.limits import IngestLimits
from nowboard.ingest.reasons import DropReason, Refused
from nowboard.model.arrow import arrow_type
from nowboard.model.fields import Field, FieldType

INTEGERS: Final = range(-(2**63), 2**63)
_MAX_INTEGER_DIGITS: Final = 400
"""More digits than the largest float has: such a literal is out of range whatever the field is, so it is not parsed."""


class Literal(float):
    """A JSON number with a fraction or exponent that remembers how it was written, so that decimals stay exact."""

    __slots__ = ("text",)

    text: str

    def __new__(cls, text: str) -> Self:
        number = super().__new__(cls, text)
        number.text = text
        return number


class NonFinite(msgspec.Struct, frozen=True):
    """`NaN`, `Infinity` or `-Infinity`, which some JSON writers emit and JSON does not have."""

    text: str


def _integer_literal(text: str) -> int | Literal:
    return int(text) if len(text) <= _MAX_INTEGER_DIGITS else Literal(text)


LENIENT: Final = json.JSONDecoder(parse_float=Literal, parse_int=_integer_literal, parse_constant=NonFinite)
"""Reads what JSON writers really send, so that the answer can name what is wrong with it."""


def describe(value: object) -> str:
    """What kind of JSON value this is, in words."""
    if isinstance(value, float):
        return "a number with a fraction"
    names: Mapping[type, str] = {
        bool: "true or false",
        int: "an integer",
        str: "text",
        list: "a list",
        dict: "an object",
        Decimal: "a number",
    }
    return names.get(type(value), "null" if value is None else type(value).__name__)


def check(field: Field, value: object, limits: IngestLimits) -> None:
    """Raise `Refused` when `value` cannot stand in `field`. Takes parsed JSON as well as decoded struct members."""
    if value is None:
        return
    try:
        _refuse_non_finite(value)
        _CHECKS[field.type](value, limits)
    except Refused as refused:
        raise Refused(refused.reason, refused.message, field.name) from refused


def check_text(text: str, limits: IngestLimits) -> None:
    """Raise `Refused` for text that not every store can hold: lone surrogates and NUL; and for text over the cap."""
    if "\0" in text:
        raise Refused(DropReason.BAD_TEXT, "text cannot hold the character U+0000")
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise Refused(DropReason.BAD_TEXT, "text is not valid Unicode (a lone surrogate or invalid UTF-8)") from error
    if size > limits.text_bytes:
        raise Refused(DropReason.TEXT_TOO_LONG, f"text of {size} bytes is over the limit of {limits.text_bytes}")


def check_tree(value: object, limits: IngestLimits, depth: int = 1) -> None:
    """Walk a JSON value: caps on depth and keys (`TooLarge`), then what no JSON field can hold (`Refused`)."""
    if isinstance(value, dict | list):
        if depth > limits.depth:
            raise TooLarge(f"JSON nested deeper than {limits.depth}", code="too_deep", detail={"limit": limits.depth})
        if isinstance(value, dict):
            check_keys(len(value), limits)
            for key in value:
                check_text(key, limits)
        for member in value.values() if isinstance(value, dict) else value:
            check_tree(member, limits, depth + 1)
    elif isinstance(value, str):
        check_text(value, limits)
    elif isinstance(value, float) and math.isinf(value):
        raise Refused(DropReason.OUT_OF_RANGE, "a number is beyond what a float can hold")
    else:
        _refuse_non_finite(value)


def check_keys(count: int, limits: IngestLimits) -> None:
    """Raise `TooLarge` when an object has more members than allowed."""
    if count > limits.keys:
        raise TooLarge(
            f"an object with {count} members is over the limit of {limits.keys}",
            code="too_many_keys",
            detail={"limit": limits.keys},
        )


def _refuse_non_finite(value: object) -> None:
    if isinstance(value, NonFinite):
        raise Refused(DropReason.NOT_FINITE, f"{value.text} is not a number; send null")


def _timestamp(value: object, limits: IngestLimits) -> None:
    if isinstance(value, str):
        check_text(value, limits)
    instant(value)


def _string(value: object, limits: IngestLimits) -> None:
    if not isinstance(value, str):
        raise Refused(DropReason.WRONG_TYPE, f"expected text, got {describe(value)}")
    check_text(value, limits)


def _integer(value: object, _limits: IngestLimits) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(DropReason.WRONG_TYPE, f"expected an integer, got {describe(value)}")
    if value not in INTEGERS:
        raise Refused(DropReason.OUT_OF_RANGE, "an integer must fit 64 bits")


def _float(value: object, _limits: IngestLimits) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(DropReason.WRONG_TYPE, f"expected a number, got {describe(value)}")
    try:
        finite = math.isfinite(float(value))
    except OverflowError:
        finite = False
    if not finite:
        raise Refused(DropReason.OUT_OF_RANGE, "a number is beyond what a float can hold")


def _boolean(value: object, _limits: IngestLimits) -> None:
    if not isinstance(value, bool):
        raise Refused(DropReason.WRONG_TYPE, f"expected true or false, got {describe(value)}")


def _decimal(value: object, limits: IngestLimits) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise Refused(DropReason.WRONG_TYPE, f"expected a decimal as text or number, got {describe(value)}")
    if isinstance(value, str):
        check_text(value, limits)
    try:
        number = Decimal(value.text if isinstance(value, Literal) else value)
    except InvalidOperation as error:
        raise Refused(DropReason.WRONG_TYPE, "expected a decimal such as 12.50") from error
    if not number.is_finite():
        raise Refused(DropReason.NOT_FINITE, "a decimal must be finite; send null")
    try:
        pa.scalar(number, arrow_type(FieldType.DECIMAL))
    except (pa.ArrowInvalid, OverflowError) as error:
        raise Refused(
            DropReason.OUT_OF_RANGE, "a decimal has at most 29 digits before the point and 9 after"
        ) from error


def _json(value: object, limits: IngestLimits) -> None:
    if isinstance(value, msgspec.Raw):
        json_text(value, limits)
    else:
        check_tree(value, limits, depth=2)


def json_text(raw: msgspec.Raw, limits: IngestLimits) -> str | None:
    """A JSON value in its compact form; None for null and for a value that is not there. Raises `Refused`."""
    data = bytes(raw)
    if not data or data == b"null":
        return None
    if len(data) > limits.text_bytes:
        raise Refused(DropReason.TEXT_TOO_LONG, f"JSON of {len(data)} bytes is over the limit of {limits.text_bytes}")
    try:
        value = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        value = _parse_lenient(data, error, limits)
    check_tree(value, limits, depth=2)
    return msgspec.json.encode(value).decode()


def _parse_lenient(data: bytes, cause: Exception, limits: IngestLimits) -> object:
    try:
        value: object = LENIENT.decode(data.decode("utf-8", "surrogateescape"))
    except RecursionError as error:
        raise TooLarge(
            f"JSON nested deeper than {limits.depth}", code="too_deep", detail={"limit": limits.depth}
        ) from error
    except ValueError:
        value = None
    check_tree(value, limits, depth=2)
    raise Refused(DropReason.MALFORMED, "not valid JSON") from cause


_CHECKS: Final[Mapping[FieldType, Callable[[object, IngestLimits], None]]] = {
    FieldType.TIMESTAMP: _timestamp,
    FieldType.STRING: _string,
    FieldType.INTEGER: _integer,
    FieldType.FLOAT: _float,
    FieldType.BOOLEAN: _boolean,
    FieldType.DECIMAL: _decimal,
    FieldType.JSON: _json,
}
