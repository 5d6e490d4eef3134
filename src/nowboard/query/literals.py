"""Values as typed literals of a tree: parameters, principal attributes and dashboard filters."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sqlglot import exp

from nowboard.errors import BadQuery
from nowboard.model.fields import DECIMAL_PRECISION, DECIMAL_SCALE, FieldType
from nowboard.query.sqltime import timestamp
from nowboard.query.zones import to_micros

MAX_LIST: Final = 5_000
"""Values of one list; a list of every vessel or store fits."""

_WHOLE: Final = re.compile(r"^-?\d{1,38}$")
_LONGEST: Final = 10_000


def literal(value: Any, part: str) -> exp.Expr:
    """A JSON value as a literal of its own type. Raises `BadQuery`."""
    if value is None:
        return exp.Null()
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, int):
        return _number(str(value), part)
    if isinstance(value, float) and math.isfinite(value):
        return _cast(_number(repr(value), part), "DOUBLE")
    if isinstance(value, str):
        return _string(value, part)
    raise _bad(value, "value", part)


def typed_literal(value: Any, kind: FieldType, part: str) -> exp.Expr:
    """A JSON value as a literal of the field type `kind`; None is null. Raises `BadQuery`."""
    if value is None:
        return exp.Null()
    if kind is FieldType.BOOLEAN:
        if isinstance(value, bool):
            return exp.Boolean(this=value)
        if value in ("true", "false"):
            return exp.Boolean(this=value == "true")
        raise _bad(value, "boolean", part)
    if kind is FieldType.TIMESTAMP:
        return timestamp(_micros(value, part))
    if kind in (FieldType.STRING, FieldType.JSON):
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            raise _bad(value, "string", part)
        return _string(str(value), part)
    return _numeric(value, kind, part)


def _numeric(value: Any, kind: FieldType, part: str) -> exp.Expr:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _bad(value, kind.value, part)
    try:
        exact = Decimal(str(value))
    except InvalidOperation as error:
        raise _bad(value, kind.value, part) from error
    if not exact.is_finite() or abs(exact.adjusted()) > 308:
        raise _bad(value, kind.value, part)
    if kind is FieldType.FLOAT:
        return _cast(_number(repr(float(exact)), part), "DOUBLE")
    text = format(exact, "f")
    if kind is FieldType.INTEGER and exact == exact.to_integral_value():
        return _number(text.split(".")[0], part)
    # A fraction against an integer field compares as a number all the same.
    return _cast(_number(text, part), f"DECIMAL({DECIMAL_PRECISION}, {DECIMAL_SCALE})")


def _micros(value: Any, part: str) -> int:
    """Milliseconds since the epoch, or RFC 3339 text (UTC when it names no offset)."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and abs(value) < 2e14:
        return round(value * 1000)
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError as error:
            raise _bad(value, "timestamp", part) from error
        return to_micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    raise _bad(value, "timestamp", part)


def _number(text: str, part: str) -> exp.Expr:
    if "." not in text and "e" not in text and not _WHOLE.match(text):
        raise _bad(text[:40], "number", part)
    positive = exp.Literal.number(text.lstrip("-"))
    return exp.Paren(this=exp.Neg(this=positive)) if text.startswith("-") else positive


def _string(text: str, part: str) -> exp.Expr:
    if "\0" in text or len(text) > _LONGEST:
        raise _bad(text[:40], "string", part)
    return exp.Literal.string(text.encode("utf-8", "replace").decode())


def _cast(tree: exp.Expr, kind: str) -> exp.Expr:
    return exp.Cast(this=tree, to=exp.DataType.build(kind, dialect="duckdb"))


def _bad(value: Any, kind: str, part: str) -> BadQuery:
    shown = repr(value)[:60]
    return BadQuery(f"{shown} is not a {kind}.", detail={"part": part})
