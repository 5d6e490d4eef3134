"""A store that replaces itself by a new one, built from the journal, when its engine fails for good.

Meanwhile events go on being acknowledged: `apply` only notes how far the journal was met and what is defined, because
the new store reads all of it from the journal anyway. Whoever wants to read is told to come back.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import pyarrow as pa

from nowboard.clock import Micros
from nowboard.errors import Unavailable
from nowboard.model.engine import CatchUp
from nowboard.model.erasing import Condition
from nowboard.model.events import Definition, Events, Record
from nowboard.model.streams import Catalog
from nowboard.stores.catalog import define
from nowboard.stores.duckdb import DuckDBStore
from nowboard.stores.snapshot import DuckDBSnapshot

_log: Final = logging.getLogger(__name__)

_ROWS: Final = 50_000
"""Rows of one transaction of the new store."""
_RETRY_SECONDS: Final = 2.0
_LONGEST_PAUSE: Final = 60.0


class RenewingStore:
    """See `nowboard.stores.interface.Store`. `reopen` gives an empty store in the place of the closed one, `read` the
    journal's records after an offset.
    """

    def __init__(
        self,
        store: DuckDBStore,
        reopen: Callable[[], DuckDBStore],
        read: Callable[[int], Iterator[Record]],
        epoch: str,
    ) -> None:
        self._store = store
        self._reopen = reopen
        self._read = read
        self._epoch = epoch
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._new: DuckDBStore | None = None
        self._met = store.applied
        self._catalog = store.catalog()
        self._pause = 0.0
        store.when_broken = self._begin

    @property
    def dialect(self) -> str:
        return self._store.dialect

    @property
    def applied(self) -> int:
        """While the store is rebuilt, what the new one will hold when it takes over."""
        return max(self._store.applied, self._met)

    @property
    def epoch(self) -> str | None:
        return self._store.epoch

    def catching_up(self) -> CatchUp | None:
        """How far the new store is, while there is one."""
        if self._thread is None:
            return None
        new = self._new
        return CatchUp("rebuilding", 0 if new is None else new.applied, self._met)

    def catalog(self) -> Catalog:
        return self._store.catalog() if self._thread is None else self._catalog

    def apply(self, records: Sequence[Record], *, epoch: str) -> None:
        """Raises what the engine raises when it fails; from then on it takes everything."""
        with self._lock:
            if self._thread is None:
                self._store.apply(records, epoch=epoch)
            else:
                self._note(records)

    def snapshot(self) -> DuckDBSnapshot:
        """Raises `Unavailable` while the store is rebuilt."""
        self._check()
        return self._store.snapshot()

    def evaluate(self, relation: pa.Table | pa.RecordBatch, sql: str) -> pa.Table:
        """Raises `Unavailable` while the store is rebuilt."""
        with self._lock:
            self._check()
            return self._store.evaluate(relation, sql)

    def expire(self, stream: str, before: Micros) -> int:
        """Raises `Unavailable` while the store is rebuilt."""
        with self._lock:
            self._check()
            return self._store.expire(stream, before)

    def erase(self, stream: str, condition: Condition, seq: int) -> int:
        """Raises `Unavailable` while the store is rebuilt: what it was read from may have been the journal before."""
        with self._lock:
            self._check()
            return self._store.erase(stream, condition, seq)

    def size(self) -> int:
        return self._store.size()

    def close(self) -> None:
        self._closing.set()
        thread = self._thread
        if thread is not None:
            thread.join()
        self._store.close()

    def _check(self) -> None:
        if self._thread is not None:
            message = "The store failed and is being rebuilt from the journal; events are acknowledged meanwhile."
            raise Unavailable(message, code="store_rebuilding", retry_after=_RETRY_SECONDS)

    def _note(self, records: Sequence[Record]) -> None:
        for record in records:
            if record.offset <= self._met:
                continue
            self._met = record.offset
            if isinstance(record.content, Definition):
                self._catalog = define(self._catalog, record.content, record.offset)

    def _begin(self) -> None:
        """The engine found itself broken; any thread may tell, more than once."""
        with self._lock:
            if self._thread is not None or self._closing.is_set():
                return
            self._met, self._catalog = max(self._met, self._store.applied), self._store.catalog()
            self._thread = threading.Thread(target=self._run, name="nowboard-rebuild", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        started = time.monotonic()
        with self._lock:
            self._store.close()
        while not self._closing.wait(self._pause):
            # a store that breaks again and again must not keep the machine busy with being rebuilt
            self._pause = min(max(1.0, self._pause * 2), _LONGEST_PAUSE)
            try:
                self._rebuild()
            except Exception:  # noqa: BLE001 - whatever it is, the journal has everything and it is tried again
                _log.exception("The store could not be rebuilt; it is tried again in %g s", self._pause)
                self._drop_new()
            else:
                _log.warning("The store was rebuilt from the journal in %.1f s", time.monotonic() - started)
                return
        self._drop_new()

    def _rebuild(self) -> None:
        new = self._new = self._reopen()
        done = 0
        while not self._closing.is_set():
            until = self._met
            for records in self._chunks(done, until):
                new.apply(records, epoch=self._epoch)
                if self._closing.is_set():
                    raise Unavailable("The server is stopping.", code="closed")
            done = until
            with self._lock:
                if self._met == until:
                    self._store, self._new, self._thread = new, None, None
                    new.when_broken = self._begin
                    return

    def _chunks(self, after: int, until: int) -> Iterator[list[Record]]:
        chunk: list[Record] = []
        rows = 0
        for record in self._read(after):
            if record.offset > until:
                break
            chunk.append(record)
            rows += record.content.batch.num_rows if isinstance(record.content, Events) else 1
            if rows >= _ROWS:
                yield chunk
                chunk, rows = [], 0
        if chunk:
            yield chunk

    def _drop_new(self) -> None:
        new, self._new = self._new, None
        if new is not None:
            new.close()
