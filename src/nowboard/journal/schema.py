"""The journal's SQLite file: tables, settings, and opening it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from nowboard.journal.limits import JournalLimits

PAGE_SIZE: Final = 8192
"""Measured: the best of 4 to 64 KiB for commits of 1 to 1,000 rows (0.23 and 0.33 ms)."""

BUSY_SECONDS: Final = 2.0
"""How long a statement waits for another connection; only checkpoints and readers ever meet."""

TABLES: Final = (
    # One row. `crc` covers the others: a flipped bit must not move offsets or rename the epoch unnoticed.
    """CREATE TABLE state (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        epoch TEXT NOT NULL, end INTEGER NOT NULL, seq INTEGER NOT NULL, crc INTEGER NOT NULL)""",
    # Twice, on pages of their own: a lost schema would take every record that was written with it along.
    "CREATE TABLE schemas (id INTEGER PRIMARY KEY, crc INTEGER NOT NULL, data BLOB NOT NULL)",
    "CREATE TABLE schemas_copy (id INTEGER PRIMARY KEY, crc INTEGER NOT NULL, data BLOB NOT NULL)",
    """CREATE TABLE records (
        offset INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, schema INTEGER, seq INTEGER NOT NULL,
        rows INTEGER NOT NULL, received INTEGER NOT NULL, oldest INTEGER, newest INTEGER, principal TEXT NOT NULL,
        size INTEGER NOT NULL, crc INTEGER NOT NULL, data BLOB NOT NULL)""",
    "CREATE INDEX records_by_name ON records (kind, name, newest)",
    """CREATE TABLE requests (
        key BLOB PRIMARY KEY, at INTEGER NOT NULL, accepted INTEGER NOT NULL, duplicates INTEGER NOT NULL,
        end INTEGER NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX requests_by_age ON requests (at)",
    # Event ids: the latest ones as they came, one row per commit, and older ones in sorted runs. See runs.py.
    "CREATE TABLE seen_recent (id INTEGER PRIMARY KEY, data BLOB NOT NULL)",
    """CREATE TABLE seen_runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT, level INTEGER NOT NULL, count INTEGER NOT NULL, newest INTEGER NOT NULL,
        bloom BLOB)""",
    "CREATE TABLE seen_chunks (id INTEGER PRIMARY KEY, first INTEGER NOT NULL, data BLOB NOT NULL)",
)


def open_writer(path: Path, limits: JournalLimits) -> sqlite3.Connection:
    """The one connection that writes; creates the tables in a new file. Raises `sqlite3.Error`."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.text_factory = _as_text
    try:
        for pragma in (
            f"page_size = {PAGE_SIZE}",
            "auto_vacuum = INCREMENTAL",
            "journal_mode = WAL",
            "synchronous = FULL",
            "secure_delete = FAST",
            "temp_store = MEMORY",
            f"cache_size = -{limits.cache_bytes // 1024}",
            f"wal_autocheckpoint = {max(1, limits.checkpoint_bytes // PAGE_SIZE)}",
            f"journal_size_limit = {limits.checkpoint_bytes}",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
            connection.execute("BEGIN IMMEDIATE")
            for table in TABLES:
                connection.execute(table)
            connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that can only read; usable from any one thread at a time. Raises `sqlite3.Error`."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS, isolation_level=None,
        check_same_thread=False,
    )  # fmt: skip
    connection.text_factory = _as_text
    connection.execute("PRAGMA cache_size = -1024")
    return connection


def _as_text(data: bytes) -> str:
    """Damaged text is read as other text, not as an error, so that checksums can tell."""
    return data.decode("utf-8", "replace")


def flush_log(connection: sqlite3.Connection) -> None:
    """Copy the write-ahead log into the database file, fsync both and empty the log. Raises `sqlite3.Error`."""
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise sqlite3.OperationalError("the write-ahead log is in use by a reader")
