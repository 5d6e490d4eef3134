"""Whether anything was committed to a file of records, by whichever process: cheaper than looking again."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import suppress
from pathlib import Path


class Commits:
    """A connection of its own that only ever asks for SQLite's data version. Any thread may call."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        # never waits: whoever asks does so on the event loop, and can look for itself
        self._connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)

    def version(self) -> int | None:
        """A number that is another one after every commit; None when the file cannot tell at the moment.

        It takes some 10 µs. See https://www.sqlite.org/pragma.html#pragma_data_version.
        """
        with self._lock, suppress(sqlite3.Error):
            row = self._connection.execute("PRAGMA data_version").fetchone()
            return int(row[0])
        return None

    def close(self) -> None:
        """Close the connection; there are no versions afterwards."""
        with self._lock:
            self._connection.close()
