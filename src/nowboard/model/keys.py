"""What is wrong with the keys of a table's rows."""

from __future__ import annotations

import pyarrow as pa

from nowboard.model.streams import Table


def key_faults(table: Table, rows: pa.Table) -> list[str]:
    """Sentences about keys that are null or occur twice; none when all is well."""
    faults = [
        f"{rows[column].null_count} rows of table {table.name!r} have no {column!r}."
        for column in table.key
        if rows[column].null_count
    ]
    distinct = rows.group_by(list(table.key), use_threads=False).aggregate([]).num_rows
    if distinct < rows.num_rows:
        names = ", ".join(table.key)
        faults.append(f"{rows.num_rows - distinct} rows of table {table.name!r} repeat a key ({names}).")
    return faults
