"""The row order of a result: by `order`, nulls last both ways, then by the key columns ascending."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from nowboard.model.frames import Column, Order, Row, Value

Comparable = bool | int | float | str | Decimal
_TEXT = frozenset({"string", "json"})


def sort_rows(
    rows: Iterable[Row], columns: Sequence[Column], order: Sequence[Order], key: Sequence[str]
) -> tuple[Row, ...]:
    """`rows` in the order of the protocol. Strings compare by code point, `decimal` and big integers exactly."""
    places = {column.name: index for index, column in enumerate(columns)}
    ordered = list(rows)
    terms = [*order, *(Order(name) for name in key)]
    for term in reversed(terms):  # stable sorts, the least significant first
        index = places.get(term.column)
        if index is not None:
            by = _sort_key(index, columns[index].type, descending=term.descending)
            ordered.sort(key=by, reverse=term.descending)
    return tuple(ordered)


def _sort_key(index: int, type_name: str, *, descending: bool) -> Callable[[Row], tuple[bool, Comparable]]:
    convert = _text if type_name in _TEXT else _number

    def by(row: Row) -> tuple[bool, Comparable]:
        value = row[index]
        if value is None:
            return (not descending, 0)
        return (descending, convert(value))

    return by


def _text(value: Value) -> Comparable:
    return value if isinstance(value, str) else str(value)


def _number(value: Value) -> Comparable:
    if isinstance(value, str):  # an integer or decimal that JSON numbers cannot hold
        return Decimal(value)
    return 0 if value is None else value
