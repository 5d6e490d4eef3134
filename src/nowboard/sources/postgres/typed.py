"""Rows of a relation as the columns of a table, or an error that says which column does not fit."""

from __future__ import annotations

import hashlib
import io
import re
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from nowboard.errors import TooLarge, Unprocessable
from nowboard.model.arrow import arrow_type, table_schema
from nowboard.model.bounds import EARLIEST, LATEST
from nowboard.model.fields import Field, FieldType
from nowboard.model.keys import key_faults
from nowboard.model.streams import Table

_BLOCK: Final = 1024 * 1024
_PLACE: Final = re.compile(r"In CSV column #(\d+): (?:Row #(\d+): )?(.*)", re.DOTALL)


def typed_rows(table: Table, csv: bytes, most: int) -> pa.Table:
    """The rows in the order of the table's key. Raises `Unprocessable` for what does not fit, `TooLarge` for more than
    `most` rows."""
    rows = _parsed(table, csv)
    if rows.num_rows > most:
        message = f"the relation has more than {most:,} rows; what is followed is reference data"
        raise TooLarge(message, code="source_too_large", detail={"limit": most})
    for field in table.fields:
        _check(field, rows.column(field.name))
    faults = key_faults(table, rows)
    if faults:
        raise _mismatch(faults[0].removesuffix("."))
    return rows.sort_by([(name, "ascending") for name in table.key]).combine_chunks()


def digest_of(rows: pa.Table) -> str:
    """A short hash of the rows: equal for equal rows in one order."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return hashlib.blake2b(sink.getvalue(), digest_size=16).hexdigest()


def _parsed(table: Table, csv: bytes) -> pa.Table:
    schema = table_schema(table)
    if not csv:
        return schema.empty_table()
    # timestamps travel as microseconds: a relation may have years that no text of a time has
    types = {f.name: pa.int64() if f.type is FieldType.TIMESTAMP else arrow_type(f.type) for f in table.fields}
    try:
        found = pa.csv.read_csv(
            io.BytesIO(csv),
            # a row may be as long as everything: one block holds it
            read_options=pa.csv.ReadOptions(
                use_threads=False, block_size=max(_BLOCK, len(csv) + 1), column_names=list(types)
            ),
            parse_options=pa.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pa.csv.ConvertOptions(
                column_types=types,
                null_values=[""],
                true_values=["t"],
                false_values=["f"],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowException as error:
        raise _mismatch(_unfit(table, str(error))) from error
    columns = [
        found.column(f.name).cast(f.type) if f.type == pa.timestamp("us") else found.column(f.name) for f in schema
    ]
    return pa.table(columns, schema=schema)


def _unfit(table: Table, said: str) -> str:
    """What Arrow says of a value, with the names of column and type in place of a position."""
    found = _PLACE.match(said)
    if found is None or int(found[1]) >= len(table.fields):
        return f"the rows do not fit the fields: {said[:300]}"
    field, why = table.fields[int(found[1])], found[3].splitlines()[0][:200]
    return f"row {found[2] or '?'}, column {field.name} does not fit a field of type {field.type.value}: {why}"


def _check(field: Field, column: pa.ChunkedArray[Any]) -> None:
    """Values that a column of a database may have and a field may not."""
    if column.null_count == len(column):
        return
    if field.type is FieldType.FLOAT and not pc.all(pc.is_finite(column)).as_py():
        raise _mismatch(f"column {field.name} holds NaN or Infinity, which are no numbers here")
    if field.type is FieldType.TIMESTAMP:
        numbers = column.cast(pa.int64())
        if pc.min(numbers).as_py() < EARLIEST or pc.max(numbers).as_py() > LATEST:
            raise _mismatch(f"column {field.name} holds a time outside of the years 1 to 9999")


def _mismatch(message: str) -> Unprocessable:
    return Unprocessable(message, code="source_mismatch")
