"""A copy of a journal that is whole at one offset, taken while another process writes to it."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import msgspec

from nowboard.errors import Unavailable
from nowboard.journal.schema import open_reader


class Extent(msgspec.Struct, frozen=True):
    """What a journal holds: its epoch, its last offset, and how many events there are in it."""

    epoch: str
    offset: int
    events: int


def copy_journal(source: Path, target: Path) -> Extent:
    """Copy the journal at `source` to the new file `target`; what the copy holds.

    Raises `Unavailable` when there is no journal or it cannot be read, `OSError` when the copy cannot be written.
    """
    copy_database(source, target)
    extent = extent_of(target)
    if extent is None:
        raise Unavailable(f"{source} is not a journal", code="bad_backup")
    return extent


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite database as of one moment. The writer goes on meanwhile. Raises `Unavailable`."""
    if not source.is_file():
        raise Unavailable(f"there is nothing to back up: {source} does not exist", code="bad_backup")
    try:
        with contextlib.closing(open_reader(source)) as reader, contextlib.closing(sqlite3.connect(target)) as writer:
            # in one step: between steps, a change by the server would make it start anew, for ever on a busy one
            reader.backup(writer, pages=-1)
            answer = writer.execute("PRAGMA quick_check(1)").fetchone()[0]
            # a copy that stands alone, without a log beside it
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise Unavailable(f"{source} could not be copied: {error}", code="bad_backup") from error
    if answer != "ok":
        raise Unavailable(f"{source} is damaged, see `nowboard doctor --deep`: {answer}", code="bad_backup")


def extent_of(path: Path) -> Extent | None:
    """What the journal at `path` holds; None when it is none."""
    try:
        with contextlib.closing(open_reader(path)) as reader:
            epoch, offset = reader.execute("SELECT epoch, end FROM state").fetchone()
            (events,) = reader.execute("SELECT coalesce(sum(rows), 0) FROM records WHERE kind = 'events'").fetchone()
    except (sqlite3.Error, TypeError):
        return None
    return Extent(epoch, offset, events)
