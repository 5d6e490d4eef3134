"""The physical layout as DuckDB statements: relations of streams and tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pyarrow as pa

from nowboard.model.arrow import schema_of
from nowboard.model.erasing import Condition
from nowboard.model.fields import DECIMAL_PRECISION, DECIMAL_SCALE, Field, FieldType
from nowboard.model.streams import Stream, Table

SEQ: Final = "_seq"
RECEIVED: Final = "_received"

_TYPES: Final[Mapping[FieldType, str]] = {
    FieldType.TIMESTAMP: "TIMESTAMP",
    FieldType.STRING: "VARCHAR",
    FieldType.INTEGER: "BIGINT",
    FieldType.FLOAT: "DOUBLE",
    FieldType.BOOLEAN: "BOOLEAN",
    FieldType.DECIMAL: f"DECIMAL({DECIMAL_PRECISION}, {DECIMAL_SCALE})",
    FieldType.JSON: "VARCHAR",
}


def stream_relation(name: str) -> str:
    """The relation that holds the stream `name`."""
    return f"stream_{name}"


def table_relation(name: str) -> str:
    """The relation that holds the table `name`."""
    return f"table_{name}"


def rows_schema(stream: Stream) -> pa.Schema:
    """The Arrow schema of the rows of a stream's relation."""
    return schema_of(stream).append(pa.field(SEQ, pa.int64())).append(pa.field(RECEIVED, pa.timestamp("us")))


def create_stream(stream: Stream) -> str:
    """The statement that makes a stream's relation. No keys and no indexes: they cost more than they find here."""
    columns = [*_columns(stream.fields), f"{quote(SEQ)} BIGINT NOT NULL", f"{quote(RECEIVED)} TIMESTAMP NOT NULL"]
    return f"CREATE TABLE {quote(stream_relation(stream.name))} ({', '.join(columns)})"


def add_fields(old: Stream, new: Stream) -> list[str]:
    """The statements that bring a stream's relation from `old` to `new`.

    Raises `ValueError` for a field that is gone or has another type: that is refused before it is journalled.
    """
    for field in old.fields:
        now = new.field(field.name)
        if now is None or now.type is not field.type:
            raise ValueError(f"stream {new.name}: field {field.name} cannot be dropped or retyped")
    added = [field for field in new.fields if old.field(field.name) is None]
    relation = quote(stream_relation(new.name))
    return [f"ALTER TABLE {relation} ADD COLUMN {column}" for column in _columns(added)]


def drop_stream(name: str) -> str:
    """The statement that removes a stream's relation."""
    return f"DROP TABLE IF EXISTS {quote(stream_relation(name))}"


def replace_table(table: Table) -> str:
    """The statement that makes a table's relation anew and empty."""
    return f"CREATE OR REPLACE TABLE {quote(table_relation(table.name))} ({', '.join(_columns(table.fields))})"


def insert_from(relation: str, columns: Iterable[str], source: str) -> str:
    """The statement that appends `source` to `relation`, column by name."""
    names = ", ".join(quote(column) for column in columns)
    return f"INSERT INTO {quote(relation)} ({names}) SELECT {names} FROM {quote(source)}"


def quote(name: str) -> str:
    """`name` as an SQL identifier."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _columns(fields: Iterable[Field]) -> list[str]:
    return [f"{quote(field.name)} {_TYPES[field.type]}" for field in fields]


def erase_from(stream: Stream, condition: Condition, seq: int) -> tuple[str, dict[str, Any]]:
    """A statement that deletes rows up to the number `seq`, with its parameters."""
    parameters: dict[str, Any] = {"seq": seq}
    parts = []
    for place, match in enumerate(condition.matches):
        tests = []
        for name in match.fields:
            field = stream.field(name)
            text = field is not None and field.type is FieldType.STRING
            if field is None or (not text and match.number is None):
                continue
            key = f"{'t' if text else 'n'}{place}"
            parameters[key] = match.text if text else match.number
            tests.append(f"{quote(name)} = ${key}")
        parts.append(f"({' OR '.join(tests) or 'FALSE'})")
    where = " AND ".join(["_seq <= $seq", *parts])
    return f"DELETE FROM {quote(stream_relation(stream.name))} WHERE {where}", parameters
