"""A read view of DuckDB: one transaction on a cursor of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, Self

import duckdb
import pyarrow as pa

from nowboard.errors import BadQuery, QueryCancelled, QueryTimeout
from nowboard.stores.faults import as_query_error
from nowboard.stores.sources import Sources

_NUDGE_SECONDS: Final = 0.02
"""An interrupt that arrives between planning and running is lost, so it is repeated until the query has ended."""


class _Watch:
    """Ends a running query when its time is up or when nobody wants it any more."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, timeout: float) -> None:
        self._cursor = cursor
        self._timeout = timeout
        self._changed = threading.Condition()
        self._done = False
        self.cancelled = False
        self._thread = threading.Thread(target=self._run, name="nowboard-query-watch", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """End the query now."""
        with self._changed:
            self.cancelled = True
            self._changed.notify()

    def stop(self) -> None:
        """The query has ended; returns when no interrupt can follow."""
        with self._changed:
            self._done = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._done or self.cancelled, self._timeout)
            while not self._done:
                self._cursor.interrupt()
                self._changed.wait(_NUDGE_SECONDS)


class DuckDBSnapshot:
    """See `nowboard.stores.interface.Snapshot`."""

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, sources: Sources, failed: Callable[[duckdb.Error], None]
    ) -> None:
        """Takes over `cursor`; `failed` hears of every failure of the engine."""
        self._cursor = cursor
        self._sources = sources
        self._failed = failed
        self._watch: _Watch | None = None
        self._lock = threading.Lock()
        try:
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            rows = cursor.execute("SELECT applied FROM nowboard_meta").fetchall()
        except duckdb.Error as error:
            cursor.close()
            failed(error)
            raise as_query_error(error) from error
        self._offset = int(rows[0][0]) if rows else 0

    @property
    def offset(self) -> int:
        return self._offset

    @property
    def running(self) -> bool:
        """Whether an `execute` is under way."""
        with self._lock:
            return self._watch is not None

    def execute(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        timeout: float,
        reads: Collection[str] | None = None,
    ) -> pa.Table:
        watch = _Watch(self._cursor, timeout)
        with self._lock:
            self._watch = watch
        try:
            return self._run(sql, parameters, reads)
        except duckdb.InterruptException as error:
            if watch.cancelled:
                raise QueryCancelled("The query was cancelled.") from error
            raise QueryTimeout(f"The query took longer than {timeout:g} s and was stopped.") from error
        except duckdb.Error as error:
            self._failed(error)
            raise as_query_error(error) from error
        finally:
            with self._lock:
                self._watch = None
            watch.stop()

    def interrupt(self) -> None:
        with self._lock:
            if self._watch is not None:
                self._watch.cancel()

    def close(self) -> None:
        """End the view. Idempotent."""
        self._cursor.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _run(self, sql: str, parameters: Mapping[str, Any] | None, reads: Collection[str] | None) -> pa.Table:
        statements = self._cursor.extract_statements(sql)
        if len(statements) != 1 or statements[0].type is not duckdb.StatementType.SELECT:
            raise BadQuery("A query is one SELECT statement.")
        if reads is not None:
            self._sources.check(self._cursor, sql, reads)
        # A relation hands its columns over without the copy of rows that a DB-API result makes.
        relation = self._cursor.query(sql, params=dict(parameters) if parameters else None)
        table: pa.Table = relation.to_arrow_table()
        return table
