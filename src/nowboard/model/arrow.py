"""Fields as Arrow columns: the one mapping that ingest, journal, store and live share.

Timestamps are UTC in microseconds without a zone; JSON travels as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

import pyarrow as pa

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
