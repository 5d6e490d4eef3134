"""What the values of a filter are called: a text field beside the filtered one, usually a column of a joined table."""

from __future__ import annotations

from collections.abc import Iterator

from nowboard.dashboards.problems import Path, Problem
from nowboard.model.dashboards import Filter
from nowboard.model.fields import Field, FieldType
from nowboard.model.streams import Catalog, Stream


def find_field(stream: Stream, name: str, catalog: Catalog) -> Field | None:
    """The field of a stream, or the column `join.column` of a table joined to it, called `name`; None without one."""
    prefix, dot, column = name.partition(".")
    if not dot:
        return stream.field(name)
    join = next((join for join in stream.joins if join.name == prefix), None)
    table = None if join is None else catalog.tables.get(join.table)
    return None if table is None else table.field(column)


def label_problems(filter_: Filter, stream: Stream, path: Path, catalog: Catalog) -> Iterator[Problem]:
    """What is wrong with a filter's `label_field`."""
    if filter_.label_field is None:
        return
    here = (*path, "label_field")
    found = find_field(stream, filter_.label_field, catalog)
    if filter_.kind != "select":
        yield Problem(here, "Only a filter of kind select lists values that could have labels.")
    elif found is None:
        message = f"Stream {stream.name!r} has no field and no joined column {filter_.label_field!r}."
        yield Problem(here, f"{message} A column of a joined table is written `join.column`.")
    elif found.type is not FieldType.STRING:
        yield Problem(here, f"A label is a field of type string; {filter_.label_field!r} is {found.type.value}.")


def label_measure(filter_: Filter, catalog: Catalog) -> str | None:
    """An SQL aggregate that names a value of the filter, as far as `catalog` shows its field; None without one.

    `catalog` is what the asker may see. A value with several labels gets the last in their order.
    """
    stream = catalog.streams.get(filter_.stream)
    name = filter_.label_field
    if stream is None or name is None or find_field(stream, name, catalog) is None:
        return None
    quoted = ".".join(f'"{part}"' for part in name.split("."))
    return f"max({quoted})"
