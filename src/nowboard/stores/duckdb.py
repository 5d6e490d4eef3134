"""The default store: DuckDB in this process, in a file or in memory."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import duckdb
import msgspec
import pyarrow as pa

from nowboard.clock import Micros
from nowboard.errors import NotFound, Unavailable
from nowboard.model.erasing import Condition
from nowboard.model.events import Record
from nowboard.model.streams import Catalog
from nowboard.stores.faults import as_query_error, first_line, is_broken
from nowboard.stores.layout import erase_from, quote, stream_relation
from nowboard.stores.limits import StoreLimits
from nowboard.stores.projection import Projection
from nowboard.stores.settings import open_locked
from nowboard.stores.snapshot import DuckDBSnapshot
from nowboard.stores.sources import Sources

_log: Final = logging.getLogger(__name__)

_META: Final = "CREATE TABLE IF NOT EXISTS nowboard_meta (epoch VARCHAR, applied BIGINT NOT NULL, catalog VARCHAR)"


class DuckDBStore:
    """See `nowboard.stores.interface.Store` for what each method promises."""

    def __init__(self, path: Path | None, *, limits: StoreLimits | None = None) -> None:
        """Open or create the store in file `path`, or in memory. Raises `duckdb.Error` for a file it cannot read."""
        self._path = path
        self._sources = Sources()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = open_locked(path, limits or StoreLimits())
        try:
            self._connection.execute(_META)
            rows = self._connection.execute("SELECT epoch, applied, catalog FROM nowboard_meta").fetchall()
            if not rows:
                self._connection.execute("INSERT INTO nowboard_meta VALUES (NULL, 0, NULL)")
            self._evaluator = self._connection.cursor()
        except BaseException:
            self._connection.close()
            raise
        epoch, applied, catalog = rows[0] if rows else (None, 0, None)
        self._epoch: str | None = epoch
        self._applied = int(applied)
        self._catalog = Catalog() if catalog is None else msgspec.json.decode(catalog, type=Catalog)
        self._closed = False
        self.when_broken: Callable[[], None] | None = None
        """Called when the engine or its file can no longer be trusted; from any thread, perhaps more than once."""

    @property
    def dialect(self) -> str:
        return "duckdb"

    @property
    def applied(self) -> int:
        return self._applied

    @property
    def epoch(self) -> str | None:
        return self._epoch

    def catalog(self) -> Catalog:
        return self._catalog

    def apply(self, records: Sequence[Record], *, epoch: str) -> None:
        """Raises `Unavailable` when the engine fails and `ValueError` when the store belongs to another epoch."""
        if self._epoch is not None and self._epoch != epoch:
            raise ValueError(f"the store holds epoch {self._epoch}, not {epoch}")
        fresh = [record for record in records if record.offset > self._applied]
        if not fresh:
            return
        connection = self._connection
        try:
            connection.begin()
            try:
                projection = Projection(connection, self._catalog)
                projection.apply(fresh)
                self._write_meta(epoch, fresh[-1].offset, projection.catalog)
                connection.commit()
            except BaseException:
                self._rollback()
                raise
        except duckdb.Error as error:
            self._note(error)
            raise Unavailable(f"The store cannot take events: {first_line(error)}", code="store_failed") from error
        self._epoch, self._applied, self._catalog = epoch, fresh[-1].offset, projection.catalog

    def snapshot(self) -> DuckDBSnapshot:
        """Raises `Unavailable` when the engine fails."""
        try:
            cursor = self._connection.cursor()
        except duckdb.Error as error:  # it was closed by another thread
            raise as_query_error(error) from error
        return DuckDBSnapshot(cursor, self._sources, self._note_reading)

    def evaluate(self, relation: pa.Table | pa.RecordBatch, sql: str) -> pa.Table:
        """Raises `BadQuery` for what the engine refuses."""
        table = pa.Table.from_batches([relation]) if isinstance(relation, pa.RecordBatch) else relation
        try:
            self._evaluator.register("batch", table)
            try:
                result: pa.Table = self._evaluator.query(sql).to_arrow_table()
            finally:
                self._evaluator.unregister("batch")
        except duckdb.Error as error:
            self._note_reading(error)
            raise as_query_error(error) from error
        return result

    def expire(self, stream: str, before: Micros) -> int:
        """Raises `NotFound` for an unknown stream."""
        known = self._catalog.streams.get(stream)
        if known is None:
            raise NotFound(f"There is no stream {stream}.")
        sql = f"DELETE FROM {quote(stream_relation(stream))} WHERE {quote(known.time)} < make_timestamp($before)"
        try:
            rows = self._connection.execute(sql, {"before": before}).fetchall()
        except duckdb.Error as error:
            self._note(error)
            raise as_query_error(error) from error
        return int(rows[0][0])

    def erase(self, stream: str, condition: Condition, seq: int) -> int:
        """Raises `NotFound` for an unknown stream, `Unavailable` when the engine fails."""
        if stream not in self._catalog.streams:
            raise NotFound(f"There is no stream {stream}.")
        sql, parameters = erase_from(self._catalog.streams[stream], condition, seq)
        if self._path is not None:
            # before the deletion: a crash in between costs a rebuild, not a row that stays in the file
            erased_mark(self._path).touch()
        try:
            rows = self._connection.execute(sql, parameters).fetchall()
        except duckdb.Error as error:
            self._note(error)
            raise Unavailable(f"The store cannot erase: {first_line(error)}", code="store_failed") from error
        try:
            self._connection.execute("CHECKPOINT")
        except duckdb.Error as error:
            # a query holds an older view; the log goes with the next checkpoint
            _log.info("The store's log stays for now: %s", first_line(error))
        return int(rows[0][0])

    def size(self) -> int:
        if self._path is None:
            return 0
        files = (self._path, self._path.with_name(self._path.name + ".wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._evaluator.close()
            self._connection.close()

    def _write_meta(self, epoch: str, applied: int, catalog: Catalog) -> None:
        connection = self._connection
        if self._epoch != epoch or catalog is not self._catalog:
            text = msgspec.json.encode(catalog).decode()
            connection.execute("UPDATE nowboard_meta SET epoch = $e, catalog = $c", {"e": epoch, "c": text})
        connection.execute("UPDATE nowboard_meta SET applied = $a", {"a": applied})

    def _rollback(self) -> None:
        try:
            self._connection.rollback()
        except duckdb.Error as error:
            _log.warning("Rollback failed: %s", first_line(error))

    def _note_reading(self, error: duckdb.Error) -> None:
        """As `_note`, but a fault inside of one query says nothing about the others as long as the engine answers."""
        if isinstance(error, duckdb.InternalException) and self._answers():
            return
        self._note(error)

    def _answers(self) -> bool:
        try:
            with self._connection.cursor() as cursor:
                cursor.execute("SELECT applied FROM nowboard_meta").fetchall()
        except duckdb.Error:
            return False
        return True

    def _note(self, error: duckdb.Error) -> None:
        """Leave a mark beside a file that can no longer be trusted, so that the next start rebuilds it, and tell."""
        if self._closed or not is_broken(error):
            return
        _log.error("The store is broken and must be rebuilt: %s", first_line(error))
        if self._path is not None:
            broken_mark(self._path).touch()
        if self.when_broken is not None:
            self.when_broken()


def broken_mark(path: Path) -> Path:
    """The file beside the database that says that it must be rebuilt."""
    return path.with_name(path.name + ".broken")


def erased_mark(path: Path) -> Path:
    """The file beside the database that says that rows were erased, and may still be in unused parts of it."""
    return path.with_name(path.name + ".erased")


def memory_store(*, limits: StoreLimits | None = None) -> DuckDBStore:
    """A store that lives as long as the process: the same engine, nothing on disk."""
    return DuckDBStore(None, limits=limits)
