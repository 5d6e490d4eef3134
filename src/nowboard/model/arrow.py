"""Fields as Arrow columns: the one mapping that ingest, journal, store and live share.

Timestamps are UTC in microseconds without a zone; JSON travels as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from nowboard.model.fields import DECIMAL_PRECISION, DECIMAL_SCALE, Field, FieldType
from nowboard.model.streams import Stream, Table

_TYPES: Final[Mapping[FieldType, pa.DataType]] = {
    FieldType.TIMESTAMP: pa.timestamp("us"),
    FieldType.STRING: pa.string(),
    FieldType.INTEGER: pa.int64(),
    FieldType.FLOAT: pa.float64(),
    FieldType.BOOLEAN: pa.bool_(),
    FieldType.DECIMAL: pa.decimal128(DECIMAL_PRECISION, DECIMAL_SCALE),
    FieldType.JSON: pa.string(),
}

AnyArray: TypeAlias = "pa.Array[Any]"

_FEW: Final = 64
"""Up to so many values, Python's own numbers are quicker than numpy's kernels."""

Columns = TypeVar("Columns", pa.RecordBatch, pa.Table)


def arrow_type(field_type: FieldType) -> pa.DataType:
    """The Arrow type that holds values of `field_type`."""
    return _TYPES[field_type]


def schema_of(stream: Stream) -> pa.Schema:
    """The schema of a stream's events: its fields in order, all nullable."""
    return _schema(stream.fields)


def table_schema(table: Table) -> pa.Schema:
    """The schema of a table's rows: its columns in order, all nullable."""
    return _schema(table.fields)


def align(columns: Columns, schema: pa.Schema) -> Columns:
    """`columns` in the shape of `schema`: its column order, and nulls for columns that were added later.

    Columns that the schema does not have are left out. Raises `pa.ArrowInvalid` or `pa.ArrowTypeError` when a column
    has another type than the schema says. Nothing is copied; the same object comes back when nothing is to be done.
    """
    if columns.schema.equals(schema):
        return columns
    present = {name: columns.column(index) for index, name in enumerate(columns.schema.names)}
    arrays = [
        present[field.name] if field.name in present else pa.nulls(columns.num_rows, field.type) for field in schema
    ]
    return type(columns).from_arrays(arrays, schema=schema)


def _schema(fields: tuple[Field, ...]) -> pa.Schema:
    return pa.schema([pa.field(field.name, arrow_type(field.type)) for field in fields])


def bounds(array: AnyArray) -> tuple[int, int] | None:
    """The smallest and largest value of an integer or timestamp array, as integers; None when all are null."""
    if pa.types.is_timestamp(array.type):
        array = array.view(pa.int64())
    if len(array) <= _FEW:
        few = [value for value in array.to_pylist() if value is not None]
        return (min(few), max(few)) if few else None
    if not array.null_count:  # the usual case, at a third of what a call of Arrow's kernels costs
        numbers = array.to_numpy()
        return int(numbers.min()), int(numbers.max())
    found = pc.call_function("min_max", [array]).as_py()
    return None if found["min"] is None else (found["min"], found["max"])
