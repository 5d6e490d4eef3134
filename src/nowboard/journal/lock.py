"""One process per journal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

from nowboard.errors import Unavailable

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class FileLock:
    """Held from construction to `release`; the operating system lets go when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        """Raises `Unavailable` when another process, or another journal in this one, holds the lock."""
        self._file: IO[bytes] = path.open("ab")
        try:
            if sys.platform == "win32":
                msvcrt.locking(self._file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise Unavailable(f"Another process uses {path.stem}.", code="in_use") from error

    def release(self) -> None:
        """Let go. Idempotent."""
        self._file.close()
