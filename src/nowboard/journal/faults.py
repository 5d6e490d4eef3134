"""What SQLite's failures mean for a caller."""

from __future__ import annotations

import sqlite3
from enum import Enum
from typing import Final

from nowboard.errors import StorageFull, Unavailable

RETRY_SECONDS: Final = 5.0
"""What callers are told to wait while the disk takes no more."""

_DAMAGE: Final = {"SQLITE_CORRUPT", "SQLITE_NOTADB"}
_REFUSED: Final = {"SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH"}


class Fault(Enum):
    """Kinds of failure that ask for different answers."""

    FULL = "full"
    DISK = "disk"
    DAMAGE = "damage"
    OTHER = "other"


def classify(error: sqlite3.Error) -> Fault:
    """The kind of `error`, from SQLite's result code."""
    name = getattr(error, "sqlite_errorname", "") or ""
    primary = "_".join(name.split("_")[:2])
    if primary == "SQLITE_FULL":
        return Fault.FULL
    if primary in _REFUSED:
        return Fault.DISK
    if primary in _DAMAGE:
        return Fault.DAMAGE
    return Fault.OTHER


def describe(error: sqlite3.Error) -> str:
    """Why appends are refused, in words for health pages."""
    name = getattr(error, "sqlite_errorname", None)
    suffix = f" ({name})" if name else ""
    return f"The journal cannot be written: {error}{suffix}."


def as_answer(error: sqlite3.Error) -> Unavailable:
    """What the callers get whose events were not made durable."""
    if classify(error) in (Fault.FULL, Fault.DISK):
        return StorageFull(f"Nothing was acknowledged. {describe(error)}", retry_after=RETRY_SECONDS)
    return Unavailable(f"Nothing was acknowledged. {describe(error)}", retry_after=RETRY_SECONDS)
