"""Answering asks once: cached, shared while they run, bounded in number and time, cancelled when nobody waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Final

import msgspec

from nowboard.clock import Clock, Micros
from nowboard.errors import QueryCancelled, Unavailable
from nowboard.model.engine import Ask
from nowboard.model.frames import Result
from nowboard.model.streams import Catalog
from nowboard.query.answer import answer
from nowboard.query.cache import CacheShare, ResultCache
from nowboard.query.canonical import Prepared, Preparer
from nowboard.query.flight import SingleFlight
from nowboard.stores.interface import Snapshot, Store

StreamOffsets = Callable[[Collection[str]], tuple[int, ...]]
"""The offset of the last record of each of these streams and tables, in order.

Must reflect every record up to `Store.applied` as it was before the call; it may be ahead of the store.
"""

_NUDGE: Final = 0.05


@dataclass(frozen=True)
class QueryLimits:
    """Bounds of the runner.

    workers: queries that run at the same time; each may use all threads of the store.
    waiting: queries that may wait for a worker before further ones are refused.
    timeout: seconds that one statement may run.
    cache_bytes: encoded size of the results kept.
    plans: plans kept.
    """

    workers: int = 2
    waiting: int = 256
    timeout: float = 10.0
    cache_bytes: int = 64 * 1024 * 1024
    plans: int = 4096


@dataclass(frozen=True)
class QueryStats:
    """Counters since the start, and what is held now. `seconds` is time spent in workers."""

    runs: int
    failures: int
    seconds: float
    shared: int
    hits: int
    misses: int
    cached: int
    cached_bytes: int


class QueryRunner:
    """Answers asks from the store. Use from one event loop; `close` it at the end.

    `salt` makes hashed masks differ between installations.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        limits: QueryLimits | None = None,
        *,
        stream_offsets: StreamOffsets,
        salt: str = "",
    ) -> None:
        self._store = store
        self._clock = clock
        self._limits = limits or QueryLimits()
        self._offsets = stream_offsets
        self.preparer = Preparer(self._limits.plans, salt=salt)
        self._cache = ResultCache(self._limits.cache_bytes)
        self._flights: SingleFlight[Result] = SingleFlight()
        self._pool = ThreadPoolExecutor(self._limits.workers, thread_name_prefix="nowboard-query")
        self._runs = 0
        self._failures = 0
        self._seconds = 0.0

    async def run(self, ask: Ask, catalog: Catalog, epoch: str) -> Result:
        """The answer to `ask` at an offset no older than the store's at the call.

        Equal asks at the same time are worked out once. When every caller is cancelled, so is the query. Raises
        `BadQuery`, `Forbidden`, `QueryTimeout`, and `Unavailable` when too many queries wait.
        """
        prepared = self.preparer.prepare(ask, catalog)
        now = self._clock.now()
        applied = self._store.applied
        offsets = self._offsets(sorted(prepared.streams | prepared.tables))
        key = (prepared.name, epoch, catalog.offset, offsets, prepared.at(now))
        found = self._cache.get(key)
        if found is not None:
            # Nothing it reads has changed since, so it holds at the newer offset as well.
            offset = max(found.offset, applied)
            return msgspec.structs.replace(found, mode="cached", offset=offset, as_of=now // 1000)
        if len(self._flights) >= self._limits.waiting + self._limits.workers:
            raise Unavailable("Too many queries are waiting; try again in a moment.", retry_after=1.0)
        return await self._flights.run(key, partial(self._work, prepared, now, epoch, key, offsets))

    async def _work(self, prepared: Prepared, now: Micros, epoch: str, key: object, offsets: tuple[int, ...]) -> Result:
        started = self._clock.monotonic()
        job = _Job(self._store, prepared, now, epoch, self._limits.timeout)
        running = self._pool.submit(job.run)
        self._runs += 1
        try:
            result = await asyncio.wrap_future(running)
        except asyncio.CancelledError:
            if not running.cancel():
                _interrupt(asyncio.get_running_loop(), job, running)
            raise
        except Exception:
            self._failures += 1
            raise
        finally:
            self._seconds += self._clock.monotonic() - started
        # An answer older than what the key names would be served as newer than it is.
        if result.offset >= max(offsets, default=0):
            self._cache.put(key, result, prepared.streams | prepared.tables)
        return result

    def stats(self) -> QueryStats:
        """Counters for the metrics page."""
        cache = self._cache.stats()
        return QueryStats(
            runs=self._runs,
            failures=self._failures,
            seconds=self._seconds,
            shared=self._flights.joined,
            hits=cache.hits,
            misses=cache.misses,
            cached=cache.entries,
            cached_bytes=cache.bytes,
        )

    def held(self) -> list[CacheShare]:
        """What the cache holds by stream and table."""
        return self._cache.shares()

    def forget(self, names: Collection[str] | None = None) -> int:
        """Clear the cache, or what reads any of these streams and tables; returns how many results that were."""
        return self._cache.clear(names)

    def close(self) -> None:
        """Take no more work and wait for what runs."""
        self._pool.shutdown(wait=True, cancel_futures=True)


class _Job:
    """One run in a worker thread, which another thread can end."""

    def __init__(self, store: Store, prepared: Prepared, now: Micros, epoch: str, timeout: float) -> None:
        self._store = store
        self._prepared = prepared
        self._now = now
        self._epoch = epoch
        self._timeout = timeout
        self._lock = Lock()
        self._snapshot: Snapshot | None = None
        self._cancelled = False

    def run(self) -> Result:
        """Answer on a fresh snapshot."""
        with self._store.snapshot() as snapshot:
            with self._lock:
                if self._cancelled:
                    raise QueryCancelled("The query was cancelled.")
                self._snapshot = snapshot
            try:
                return answer(self._prepared, snapshot, self._now, self._epoch, timeout=self._timeout)
            finally:
                with self._lock:
                    self._snapshot = None

    def cancel(self) -> None:
        """End the run now or before it starts."""
        with self._lock:
            self._cancelled = True
            if self._snapshot is not None:
                self._snapshot.interrupt()


def _interrupt(loop: asyncio.AbstractEventLoop, job: _Job, running: Future[Result]) -> None:
    """Interrupt until the run has ended: an interrupt between two statements of one run reaches neither."""
    if not running.done():
        job.cancel()
        loop.call_later(_NUDGE, _interrupt, loop, job, running)
