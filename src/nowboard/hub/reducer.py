"""What a client does with snapshots and deltas, as pure functions. The golden files in protocol/examples bind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import TypeVar

import msgspec

from nowboard.hub.ordering import sort_rows
from nowboard.model.frames import Change, Result, Row, Value

T = TypeVar("T")


class Gap(Exception):
    """A change builds on an offset that is not held: ask for a snapshot."""


def reduce(held: Result, change: Change) -> Result:
    """`held` after `change`, by the rules of protocol/README.md.

    A change that ends before the held offset is ignored. Raises `Gap` when it begins after it.
    """
    if change.base > held.offset:
        raise Gap(f"holds {held.offset}, the change builds on {change.base}")
    if change.offset < held.offset:
        return held
    table = Table(held)
    table.apply(change)
    return table.result()


class Table:
    """A result that takes changes cheaply: rows by key; sorted only when somebody looks."""

    __slots__ = ("_by_key", "_key", "_result", "_sorted")

    def __init__(self, result: Result) -> None:
        self._key = KeyOf(result)
        self.replace(result)

    @property
    def offset(self) -> int:
        return self._result.offset

    @property
    def as_of(self) -> int:
        return self._result.as_of

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self._result.rows) if self._by_key is None else len(self._by_key)

    def replace(self, result: Result) -> None:
        """Take over a whole result."""
        self._key = KeyOf(result)
        self._result = result
        self._by_key: dict[Row, Row] | None = None  # the server's own order stands until a change arrives
        self._sorted = True

    def apply(self, change: Change) -> None:
        """Take one change, whose base must not be newer than what is held."""
        if change.upsert or change.remove:
            self._change_rows(change)
        held = self._result
        self._result = msgspec.structs.replace(
            held,
            offset=max(held.offset, change.offset),
            as_of=change.as_of,
            window=held.window if change.window is None else change.window,
            approximate=held.approximate if change.approximate is None else change.approximate,
        )

    def result(self) -> Result:
        """The whole result, in order."""
        if not self._sorted and self._by_key is not None:
            held = self._result
            rows = sort_rows(self._by_key.values(), held.columns, held.order, held.key)
            self._keep(rows if held.limit is None else rows[: held.limit])
        return self._result

    def _change_rows(self, change: Change) -> None:
        key_of = self._key
        if self._by_key is None:
            self._by_key = {key_of(row): row for row in self._result.rows}
        for gone in change.remove:
            self._by_key.pop(gone, None)
        for row in change.upsert:
            self._by_key[key_of(row)] = row
        self._sorted = False
        limit = self._result.limit
        if limit is not None and len(self._by_key) > limit:
            self.result()

    def _keep(self, rows: tuple[Row, ...]) -> None:
        self._result = msgspec.structs.replace(self._result, rows=rows)
        self._sorted = True
        if self._by_key is not None and len(rows) != len(self._by_key):
            self._by_key = {self._key(row): row for row in rows}


class KeyOf:
    """Takes the key tuple out of a row; `()` for a result of a single row."""

    __slots__ = ("_get", "_indexes")

    def __init__(self, result: Result) -> None:
        places = {column.name: index for index, column in enumerate(result.columns)}
        self._indexes = tuple(places[name] for name in result.key)
        self._get = itemgetter(*self._indexes) if len(self._indexes) > 1 else None

    def __call__(self, row: Row) -> Row:
        if self._get is not None:
            found: tuple[Value, ...] = self._get(row)
            return found
        return (row[self._indexes[0]],) if self._indexes else ()


def merge(earlier: Change, later: Change, key_of: KeyOf) -> Change:
    """One change with the effect of `earlier` and then `later`."""
    return merge_all((earlier, later), key_of)


def merge_all(changes: Sequence[Change], key_of: KeyOf) -> Change:
    """One change with the effect of `changes` in order. Needs at least one.

    Holds because changes set whole rows and name every row that leaves, also the one that falls out of a top-N.
    """
    if len(changes) == 1:
        return changes[0]
    upsert: dict[Row, Row] = {}
    remove: dict[Row, None] = {}
    for change in changes:
        for gone in change.remove:
            upsert.pop(gone, None)
            remove[gone] = None
        for row in change.upsert:
            key = key_of(row)
            remove.pop(key, None)
            upsert[key] = row
    last = changes[-1]
    return Change(
        base=min(change.base for change in changes),
        offset=last.offset,
        as_of=last.as_of,
        upsert=tuple(upsert.values()),
        remove=tuple(remove),
        window=_newest(change.window for change in reversed(changes)),
        approximate=_newest(change.approximate for change in reversed(changes)),
    )


def _newest(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)
