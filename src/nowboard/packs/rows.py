"""The rows of a table: given in the pack, or in a CSV or Parquet file beside it or in an installed package."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from nowboard.dashboards.problems import Problem
from nowboard.ingest.instants import instants
from nowboard.ingest.reasons import Refused
from nowboard.model.arrow import arrow_type, table_schema
from nowboard.model.bounds import TABLE_ROWS
from nowboard.model.fields import Field, FieldType
from nowboard.model.keys import key_faults
from nowboard.model.streams import Table
from nowboard.packs.definitions import TableText

BLOCK: Final = 256 * 1024
"""Bytes of a CSV file that are parsed at once."""

_CONVERSION: Final = (pa.ArrowException, ArithmeticError, ValueError, TypeError)
_FROM_TEXT: Final[Mapping[FieldType, Callable[[str], object]]] = {FieldType.INTEGER: int, FieldType.DECIMAL: Decimal}
"""Numbers that JSON would round travel as text."""


def read_rows(table: Table, text: TableText, folder: FilePath, problems: list[Problem]) -> pa.Table:
    """All rows of `table` in its columns; problems are added for what does not fit, and for keys given twice."""
    schema = table_schema(table)
    pieces = [schema.empty_table()]
    if text.file is not None:
        pieces.append(_from_file(table, text, folder, problems))
    if text.rows:
        pieces.append(rows_table(table, text.rows, problems))
    rows = pa.concat_tables(pieces).combine_chunks()
    if rows.num_rows > TABLE_ROWS:
        problems.append(Problem((), f"Table {table.name!r} has {rows.num_rows:,} rows; at most {TABLE_ROWS:,} fit."))
    if not problems:
        problems.extend(Problem(("key",), fault) for fault in key_faults(table, rows))
    return rows


def rows_table(table: Table, rows: Sequence[Mapping[str, Any]], problems: list[Problem]) -> pa.Table:
    """Rows of JSON values as columns. A row that does not fit adds a problem with its place."""
    for index, row in enumerate(rows):
        problems.extend(
            Problem(("rows", index, member), f"Table {table.name!r} has no field {member!r}.")
            for member in row
            if table.field(member) is None
        )
    columns = [_column(field, [row.get(field.name) for row in rows], problems) for field in table.fields]
    return pa.table(columns, schema=table_schema(table))


def _column(field: Field, values: Sequence[Any], problems: list[Problem]) -> pa.Array[Any]:
    try:
        return _array(field, values)
    except (*_CONVERSION, Refused):
        fitting = [value if _fits(field, value) else None for value in values]
        problems.extend(
            Problem(("rows", index, field.name), f"{value!r} is not a value of type {field.type.value}.")
            for index, value in enumerate(values)
            if value is not None and fitting[index] is None
        )
        return _array(field, fitting)


def _array(field: Field, values: Sequence[Any]) -> pa.Array[Any]:
    if field.type is FieldType.TIMESTAMP:
        return instants(values)
    if field.type in _FROM_TEXT:
        values = [_FROM_TEXT[field.type](value) if isinstance(value, str) else value for value in values]
    return pa.array(values, arrow_type(field.type))


def _fits(field: Field, value: Any) -> bool:
    try:
        _array(field, [value])
    except (*_CONVERSION, Refused):
        return False
    return True


def _from_file(table: Table, text: TableText, folder: FilePath, problems: list[Problem]) -> pa.Table:
    schema = table_schema(table)
    path = locate(text.file or "", folder)
    if path is None or not path.is_file():
        problems.append(Problem(("file",), f"There is no file {text.file!r}."))
        return schema.empty_table()
    try:
        found = _read_csv(path, table, text.nulls) if path.suffix == ".csv" else pa.parquet.read_table(path)
        missing = [name for name in schema.names if name not in found.column_names]
        if missing:
            problems.append(Problem(("file",), f"{text.file} has no column {', '.join(missing)}."))
            return schema.empty_table()
        return found.select(schema.names).cast(schema)
    except _CONVERSION as error:
        problems.append(Problem(("file",), f"{text.file} does not fit the fields: {error}."))
        return schema.empty_table()


def locate(file: str, folder: FilePath) -> FilePath | None:
    """`file` below `folder`, or `package:path` in an installed package (which is not imported); None if neither."""
    package, colon, inside = file.partition(":")
    if colon:
        spec = importlib.util.find_spec(package) if package.isidentifier() else None
        roots = list(spec.submodule_search_locations or ()) if spec else []
        if not roots:
            return None
        folder, file = FilePath(roots[0]), inside
    path = (folder / file).resolve()
    return path if path.is_relative_to(folder.resolve()) else None


def _read_csv(path: FilePath, table: Table, nulls: Sequence[str]) -> pa.Table:
    types = {field.name: arrow_type(field.type) for field in table.fields if field.type is not FieldType.TIMESTAMP}
    return pa.csv.read_csv(
        path,
        read_options=pa.csv.ReadOptions(use_threads=False, block_size=BLOCK),
        convert_options=pa.csv.ConvertOptions(
            column_types=types, null_values=["", *nulls], strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )
