"""Columns of a batch in the form that grouping needs: numbers, or codes into a list of distinct values.

One column is shared by every live query that uses its scalar, so what is derived from it is derived once per batch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import Enum
from functools import cached_property
from typing import Any, Final, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from nowboard.model.fields import FieldType

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[Any]
"""int64, float64, or Python integers where those are too narrow."""

Flat: TypeAlias = "pa.Array[Any]"
Arrow: TypeAlias = "pa.Array[Any] | pa.ChunkedArray[Any]"

Native = None | bool | int | float | str | Decimal
"""A value inside `live`: a timestamp is its microseconds, a decimal is exact."""

NAN: Final = float("nan")
"""The one NaN that keys and sets hold: a tuple finds it again by identity."""

EXACT: Final = Context(prec=400)
"""Wide enough that no sum of DECIMAL(38, 9) is ever rounded."""

_LOW_HALF_BITS: Final = 63

_FEW: Final = 64
"""Up to so many rows, a dict of Python values is quicker than setting up Arrow's kernel (100 µs when it is cold)."""


class Kind(Enum):
    """How a column's values are held."""

    INTEGER = "integer"
    FLOAT = "float"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    STRING = "string"
    LIST = "list"


@dataclass(frozen=True)
class Coded:
    """Each row as an index into `values`, which are distinct (null is a value of its own)."""

    codes: Ints
    values: list[Native]


class Column:
    """One evaluated scalar, for every row of a batch. `kind` follows the scalar's type, not the engine's choice."""

    def __init__(self, array: Arrow, field_type: str | None = None) -> None:
        flat = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
        self.kind, self.scale, self._array = _normalised(flat, field_type)
        self.length = len(flat)
        self._field_type = field_type

    @cached_property
    def valid(self) -> Mask | None:
        """Which rows are not null; None when none is."""
        if self._array.null_count == 0:
            return None
        return np.asarray(pc.is_valid(self._array).to_numpy(zero_copy_only=False))

    @property
    def there(self) -> Mask:
        """Which rows are not null, always as an array."""
        return np.ones(self.length, dtype=np.bool_) if self.valid is None else self.valid

    @cached_property
    def floats(self) -> npt.NDArray[np.float64]:
        """The numbers as floats; of a decimal with its point."""
        numbers = self.numbers.astype(np.float64)
        return numbers / 10.0**self.scale if self.kind is Kind.DECIMAL else numbers

    @cached_property
    def true(self) -> Mask:
        """Where a boolean column is true (neither false nor null)."""
        return np.asarray(_filled(self._array, False).to_numpy(zero_copy_only=False), dtype=np.bool_)

    @cached_property
    def numbers(self) -> Numbers:
        """The values as numbers (0 where null); of a decimal its unscaled integers. Strings have none."""
        array = self._array
        if self.kind is Kind.STRING:
            raise TypeError("A string column has no numbers.")
        if pa.types.is_decimal(array.type):
            return _unscaled(array)
        if self.kind is Kind.BOOLEAN:
            return self.true.astype(np.int64)
        return np.asarray(_filled(array, 0).to_numpy(zero_copy_only=False))

    @cached_property
    def coded(self) -> Coded:
        """The rows as codes. Costs one pass over the batch, shared by all who group by this column."""
        if self.length <= _FEW:
            return _few_coded(self.natives())
        array = _one_zero(self._array) if self.kind is Kind.FLOAT else self._array
        encoded = cast("pa.DictionaryArray[Any, Any]", pc.dictionary_encode(array, null_encoding="encode"))
        codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        return Coded(codes, self._natives(encoded.dictionary))

    def lists(self) -> list[list[Native] | None]:
        """A list column's values, in row order."""
        array = cast("pa.ListArray[Any]", self._array)
        inner = Column(array.values, self._field_type).natives()
        edges = array.offsets.to_pylist()
        valid = array.is_valid().to_pylist()
        spans = zip(edges, edges[1:], valid, strict=False)
        return [inner[start:end] if present else None for start, end, present in spans]

    def natives(self) -> list[Native]:
        """The values as Python values, in row order."""
        return self._natives(self._array)

    def _natives(self, array: Flat) -> list[Native]:
        values = array.to_pylist()
        if self.kind is Kind.FLOAT:
            return [canonical(value) for value in values]
        if self.kind is Kind.INTEGER and pa.types.is_decimal(array.type):
            return [None if value is None else int(value) for value in values]
        return values


def _few_coded(values: Sequence[Native]) -> Coded:
    numbers: dict[Native, int] = {}
    codes = [numbers.setdefault(value, len(numbers)) for value in values]
    return Coded(np.array(codes, dtype=np.int64), list(numbers))


class Lift:
    """From numbers back to the values of a column: decimals get their point back, booleans their type.

    `field_type` says what kind of values there are; `like` learns the scale of decimals from a column of them.
    """

    def __init__(self, field_type: str) -> None:
        self.kind = _KINDS.get(field_type, Kind.STRING)
        self._scale: int | None = None

    def like(self, column: Column) -> None:
        """Take over the scale of `column`. Raises `TypeError` for another kind or scale than before."""
        if column.kind is not self.kind or self._scale not in (None, column.scale):
            raise TypeError(f"A column of {column.kind.value} values came where {self.kind.value} was planned.")
        self._scale = column.scale

    def numbers(self, numbers: Sequence[Any]) -> list[Native]:
        """The values behind what the arrays hold."""
        if self.kind is Kind.DECIMAL:
            scale = self._scale or 0
            return [scaled(number, scale) for number in numbers]
        if self.kind is Kind.BOOLEAN:
            return [bool(number) for number in numbers]
        return list(numbers)


def scaled(number: int, scale: int) -> Decimal:
    """The decimal `number` / 10^`scale`, exactly."""
    return EXACT.scaleb(Decimal(number), -scale)


def canonical(value: Native) -> Native:
    """One object or form for values that count as equal: the one NaN, and 0.0 for -0.0."""
    if isinstance(value, float):
        if math.isnan(value):
            return NAN
        return value + 0.0
    return value


def _normalised(array: Flat, field_type: str | None) -> tuple[Kind, int, Flat]:
    """The column in one form per kind; where the type of the scalar is known, the engine's choice is cast to it."""
    kind = array.type
    plain = _PLAIN.get((kind.id, field_type))
    if plain is not None:
        return plain, 0, array
    if pa.types.is_null(kind):
        return _normalised(array.cast(_NULL_TYPES.get(field_type or "", pa.string())), field_type)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return Kind.LIST, 0, array
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return Kind.TIMESTAMP, 0, _cast(array, pa.timestamp("us")).view(pa.int64())
    if pa.types.is_boolean(kind):
        return Kind.BOOLEAN, 0, array
    number = pa.types.is_integer(kind) or pa.types.is_decimal(kind)
    if pa.types.is_floating(kind) or (number and field_type == FieldType.FLOAT.value):
        return Kind.FLOAT, 0, _cast(array, pa.float64())
    if pa.types.is_integer(kind) and field_type != FieldType.DECIMAL.value:
        return Kind.INTEGER, 0, _cast(array, pa.decimal128(38, 0) if kind == pa.uint64() else pa.int64())
    if number:
        scale = kind.scale if pa.types.is_decimal(kind) else 0
        whole = scale == 0 and field_type == FieldType.INTEGER.value
        return (Kind.INTEGER if whole else Kind.DECIMAL), scale, _cast(array, pa.decimal128(38, scale))
    return Kind.STRING, 0, _cast(array, pa.string())


def _cast(array: Flat, kind: pa.DataType) -> Flat:
    """`array` as `kind`; asking the type costs a tenth of a cast that has nothing to do."""
    return array if array.type == kind else array.cast(kind)


_PLAIN: Final[dict[tuple[int, str | None], Kind]] = {
    (pa.int64().id, FieldType.INTEGER.value): Kind.INTEGER,
    (pa.float64().id, FieldType.FLOAT.value): Kind.FLOAT,
    (pa.string().id, FieldType.STRING.value): Kind.STRING,
    (pa.bool_().id, FieldType.BOOLEAN.value): Kind.BOOLEAN,
}
"""What holds its kind as it is, which nearly every column does: asking Arrow for each kind in turn is slower."""

_KINDS: Final = {kind.value: kind for kind in Kind if kind is not Kind.LIST}

_NULL_TYPES: Final = {
    FieldType.INTEGER.value: pa.int64(),
    FieldType.FLOAT.value: pa.float64(),
    FieldType.BOOLEAN.value: pa.bool_(),
    FieldType.TIMESTAMP.value: pa.timestamp("us"),
    FieldType.DECIMAL.value: pa.decimal128(38, 9),
}


def _one_zero(array: Flat) -> Flat:
    """Floats with one zero and one NaN, so that equal values get equal codes."""
    numbers = np.asarray(_filled(array, 0).to_numpy(zero_copy_only=False)) + 0.0
    numbers[np.isnan(numbers)] = np.nan
    missing = None if array.null_count == 0 else np.asarray(pc.is_null(array).to_numpy(zero_copy_only=False))
    return cast("Flat", pa.array(numbers, pa.float64(), mask=missing))


def _filled(array: Flat, value: int | Decimal) -> Flat:
    """`array` with `value` for nulls."""
    if array.null_count == 0:
        return array
    return cast("Flat", pc.fill_null(array, pa.scalar(value, array.type)))


def _unscaled(array: Flat) -> Numbers:
    """The integers behind a decimal column: int64 when all of them fit, else Python integers."""
    if len(array) == 0:
        return np.zeros(0, dtype=np.int64)
    filled = _filled(array, Decimal(0))
    words = np.frombuffer(cast("memoryview[int]", filled.buffers()[1]), dtype="<i8").reshape(-1, 2)
    words = words[filled.offset : filled.offset + len(filled)]
    low, high = words[:, 0], words[:, 1]
    if bool(((low >> _LOW_HALF_BITS) == high).all()):
        return np.ascontiguousarray(low)
    wide = [(int(h) << 64) | (int(lo) & 0xFFFF_FFFF_FFFF_FFFF) for lo, h in zip(low, high, strict=True)]
    return np.array(wide, dtype=object)
