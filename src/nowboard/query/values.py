"""From engine values to the JSON-ready values of a row (see `nowboard.model.frames`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa

from nowboard.model.frames import Row, Value

MAX_SAFE: Final = 2**53 - 1
"""The largest integer that every JSON reader holds exactly."""


def integer(value: int | Decimal | None) -> Value:
    """An integer as a number, or as a string where a double would lose digits."""
    if value is None:
        return None
    exact = int(value)
    return exact if -MAX_SAFE <= exact <= MAX_SAFE else str(exact)


def decimal(value: Decimal | int | None) -> Value:
    """A decimal as plain digits without trailing zeros: `12.5`, never `1.25E+1`."""
    if value is None:
        return None
    text = format(Decimal(value), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def floating(value: float | None) -> Value:
    """A float; NaN and infinities are null."""
    return value if value is not None and math.isfinite(value) else None


def timestamp(micros: int | None) -> Value:
    """Microseconds since the epoch as milliseconds; with a fraction only where one is needed."""
    if micros is None:
        return None
    whole, rest = divmod(micros, 1000)
    return whole if rest == 0 else micros / 1000


_SCALARS: Final[dict[str, Callable[[Any], Value]]] = {
    "integer": integer,
    "decimal": decimal,
    "float": floating,
    "timestamp": timestamp,
}


def json_value(value: Any, kind: str) -> Value:
    """One Python value of a column of type `kind`; timestamps come in microseconds."""
    convert = _SCALARS.get(kind)
    ready: Value = value if convert is None else convert(value)
    return ready


def column_type(kind: pa.DataType) -> str:
    """The column type that an Arrow type is shown as."""
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_decimal(kind):
        return "integer" if kind.scale == 0 else "decimal"
    if pa.types.is_floating(kind):
        return "float"
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return "timestamp"
    return "string"


def _timestamps(column: pa.ChunkedArray[Any]) -> list[Value]:
    return [timestamp(value) for value in column.cast(pa.timestamp("us")).cast(pa.int64()).to_pylist()]


def _integers(column: pa.ChunkedArray[Any]) -> list[Value]:
    values = column.to_pylist()
    return [integer(value) for value in values]


def column_values(column: pa.ChunkedArray[Any], kind: str) -> list[Value]:
    """A whole column as JSON-ready values."""
    if kind == "timestamp":
        return _timestamps(column)
    if kind == "integer":
        return _integers(column)
    if kind == "float":
        return [floating(value) for value in column.cast(pa.float64()).to_pylist()]
    if kind == "decimal":
        return [decimal(value) for value in column.to_pylist()]
    values: list[Value] = column.to_pylist()
    if kind == "boolean" or pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return values
    return [None if value is None else str(value) for value in values]


def rows_of(table: pa.Table, kinds: Sequence[str]) -> list[Row]:
    """All rows of a table whose columns have the types `kinds`."""
    columns = [column_values(column, kind) for column, kind in zip(table.columns, kinds, strict=True)]
    return list(zip(*columns, strict=True)) if columns else [() for _ in range(table.num_rows)]
