"""On start, the store is brought up to what the journal holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from nowboard.journal.interface import Journal
from nowboard.live.inbox import rows_of
from nowboard.model.events import Record
from nowboard.stores.interface import Store

Progress = Callable[[int, int], None]
"""How far a replay is: the offset applied, and the offset it ends at."""

_ROWS: Final = 50_000
"""Rows of one transaction: some 15 ms and a few megabytes each."""


def replay(journal: Journal, store: Store, progress: Progress | None = None) -> int:
    """Apply what the store lacks, in transactions of bounded size; returns the offset up to which nothing is missing.

    That is the journal's end as of the call: records that were dropped or damaged cannot be applied any more, so
    nobody has to wait for them.
    """
    end = journal.end
    chunk: list[Record] = []
    rows = 0
    for record in journal.read(store.applied):
        chunk.append(record)
        rows += rows_of(record)
        if rows >= _ROWS:
            _apply(store, chunk, journal.epoch, end, progress)
            chunk, rows = [], 0
    _apply(store, chunk, journal.epoch, end, progress)
    return max(end, store.applied)


def _apply(store: Store, chunk: list[Record], epoch: str, end: int, progress: Progress | None) -> None:
    if chunk:
        store.apply(chunk, epoch=epoch)
        if progress is not None:
            progress(store.applied, end)
