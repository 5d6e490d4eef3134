"""DuckDB's exceptions in terms of the error tree."""

from __future__ import annotations

from typing import Final

import duckdb

from nowboard.errors import BadQuery, NowboardError, Unavailable

RETRY_SECONDS: Final = 2.0

_REFUSED: Final = (
    duckdb.ProgrammingError,
    duckdb.DataError,
    duckdb.NotSupportedError,
    duckdb.PermissionException,
    duckdb.ConstraintException,
)
_BROKEN: Final = (duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)

_DAMAGED: Final = "Corrupt database file"
"""What the engine says of a block whose checksum is not right; the exception has no class of its own."""


def is_broken(error: duckdb.Error) -> bool:
    """Whether the database file or the engine's state can no longer be trusted."""
    return isinstance(error, _BROKEN) or _DAMAGED in str(error)


def as_query_error(error: duckdb.Error) -> NowboardError:
    """What the asker of a query gets: the engine's first line, never a stack."""
    if isinstance(error, duckdb.OutOfMemoryException):
        message = "The query needs more memory than a query may use. Narrow its window or group by fewer columns."
        return Unavailable(message, code="out_of_memory", retry_after=RETRY_SECONDS)
    if isinstance(error, _REFUSED):
        return BadQuery(first_line(error))
    return Unavailable(f"The store cannot answer: {first_line(error)}", code="store_failed", retry_after=RETRY_SECONDS)


def first_line(error: duckdb.Error) -> str:
    """The engine's message without the query text and pointers below it."""
    return str(error).strip().split("\n", 1)[0]
