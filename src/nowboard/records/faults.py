"""What a failure of the records database means. Messages of the database never reach a caller."""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from nowboard.errors import BadRequest, NowboardError, StorageFull, Unavailable

_OVERTAKEN: Final = frozenset({"40001", "40P01"})
"""Serialisation failure, deadlock: the same transaction can succeed when it is run again."""
_DOUBTS: Final = 5
"""Attempts after which a violated constraint is a mistake of the function and not another transaction's doing."""
_DISK_FULL: Final = "53100"


def is_overtaken(error: DBAPIError, attempt: int) -> bool:
    """Whether another transaction got in between, so that running this one again can succeed.

    A violated unique constraint may be that too: with the other row visible, the function finds it and says so.
    """
    if isinstance(error, IntegrityError):
        return _state(error) is not None and attempt <= _DOUBTS
    return _state(error) in _OVERTAKEN


def fault_of(error: DBAPIError | PoolTimeout) -> NowboardError | None:
    """The failure that a caller sees; None for what is a mistake of ours."""
    if isinstance(error, DataError):
        return BadRequest("a value is too long or holds a character that cannot be stored", code="bad_value")
    if isinstance(error, DBAPIError) and _is_full(error):
        return StorageFull("the disk is full; nothing was changed", retry_after=5.0)
    if isinstance(error, OperationalError | PoolTimeout) or error.connection_invalidated:
        return Unavailable("the records database cannot be used at the moment", retry_after=2.0)
    return None


def _is_full(error: DBAPIError) -> bool:
    if isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorcode == sqlite3.SQLITE_FULL
    return _state(error) == _DISK_FULL


def _state(error: DBAPIError) -> str | None:
    """PostgreSQL's code of the failure; None from SQLite."""
    found: str | None = getattr(error.orig, "sqlstate", None)
    return found
