"""The order of rows, as `nowboard.model.frames` states it: part of every result, in SQL, in Python and on the page."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from nowboard.model.frames import Column, Order, Row


def _comparable(value: Any, kind: str) -> Any:
    return Decimal(value) if kind in {"integer", "decimal"} and isinstance(value, str) else value


def sort_rows(rows: list[Row], columns: Sequence[Column], order: Sequence[Order], key: Sequence[str]) -> None:
    """Sort in place: by `order` (nulls last in both directions), then by the key columns ascending.

    Strings compare by code point, which is how Python compares them and how UTF-8 sorts.
    """
    places = {column.name: index for index, column in enumerate(columns)}
    asked = {one.column for one in order}
    steps = [*order, *(Order(name) for name in key if name not in asked)]
    for step in reversed(steps):
        place = places[step.column]
        _sort_by(rows, place, columns[place].type, step.descending)


def _sort_by(rows: list[Row], place: int, kind: str, descending: bool) -> None:
    def ascending_key(row: Row) -> tuple[bool, Any]:
        value = row[place]
        return (value is None, 0 if value is None else _comparable(value, kind))

    def descending_key(row: Row) -> tuple[bool, Any]:
        value = row[place]
        return (value is not None, 0 if value is None else _comparable(value, kind))

    # `reverse` keeps equal rows in place, so earlier steps survive later ones in both directions.
    rows.sort(key=descending_key if descending else ascending_key, reverse=descending)
