"""Retention: dropping old records and giving their pages back, one short step at a time."""

from __future__ import annotations

import sqlite3

from nowboard.clock import Micros
from nowboard.model.events import RecordKind


def prune_slice(connection: sqlite3.Connection, stream: str, before: Micros, limit: int) -> int:
    """Delete up to `limit` records of `stream` whose events are all older than `before`; returns how many."""
    return connection.execute(
        "DELETE FROM records WHERE offset IN "
        "(SELECT offset FROM records WHERE kind = ? AND name = ? AND newest < ? LIMIT ?)",
        (RecordKind.EVENTS.value, stream, before, limit),
    ).rowcount


def count_free_pages(connection: sqlite3.Connection) -> int:
    """Pages of the file that hold nothing."""
    return int(connection.execute("PRAGMA freelist_count").fetchone()[0])


def vacuum_slice(connection: sqlite3.Connection, pages: int) -> int:
    """Cut up to `pages` free pages off the file; returns how many are left."""
    # `execute` would stop after the first page: the pragma yields a row without columns for each.
    connection.executescript(f"PRAGMA incremental_vacuum({pages})")
    return count_free_pages(connection)
