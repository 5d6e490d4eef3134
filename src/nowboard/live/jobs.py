"""Work off the applier's thread: reading history, planning anew and re-running. Answers come back as commands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from nowboard.live import history
from nowboard.live.entry import Entry
from nowboard.live.inbox import Command
from nowboard.live.lifecycle import Lifecycle
from nowboard.live.limits import LiveLimits
from nowboard.live.shared import SharedState
from nowboard.model.frames import Result
from nowboard.query.canonical import Prepared
from nowboard.query.plan import Plan
from nowboard.query.runner import QueryRunner
from nowboard.stores.interface import Store

T = TypeVar("T")


class Workers:
    """`nowboard.live.lifecycle.Jobs` on threads and on the event loop that `connect` names. `loads` counts loads."""

    def __init__(self, store: Store, runner: QueryRunner, epoch: str, limits: LiveLimits) -> None:
        self.loads = 0
        self._store = store
        self._runner = runner
        self._epoch = epoch
        self._limits = limits
        self._pool = ThreadPoolExecutor(limits.loaders, thread_name_prefix="nowboard-load")
        self._room = asyncio.Semaphore(limits.requery_workers)
        self._running: set[Future[tuple[Result, float]]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._life: Lifecycle | None = None
        self._submit: Callable[[Command], bool] | None = None

    def connect(self, life: Lifecycle, submit: Callable[[Command], bool], loop: asyncio.AbstractEventLoop) -> None:
        """Bring answers back to `life` through `submit`; re-run queries on `loop`."""
        self._life, self._submit, self._loop = life, submit, loop

    def load(self, plan: Plan, shared: SharedState) -> None:
        """See `Jobs`."""
        self.loads += 1

        def work() -> int:
            limits = self._limits
            return history.load(self._store, plan, shared, max_groups=limits.groups, timeout=limits.load_timeout)

        self._hand_out(work, lambda life, outcome: life.loaded(shared, outcome))

    def prepare(self, entry: Entry) -> None:
        """See `Jobs`."""
        ask, catalog = entry.prepared.ask, self._store.catalog()

        def work() -> Prepared:
            return self._runner.preparer.prepare(ask, catalog)

        self._hand_out(work, lambda life, outcome: life.prepared(entry, outcome))

    def run(self, entry: Entry) -> None:
        """See `Jobs`."""
        if self._loop is None:
            raise AssertionError("the workers are not connected")
        running = asyncio.run_coroutine_threadsafe(self._rerun(entry), self._loop)
        self._running.add(running)

        def done(future: Future[tuple[Result, float]]) -> None:
            self._running.discard(future)
            outcome = _ran(future)
            self._back(lambda life: life.ran(entry, *outcome))

        running.add_done_callback(done)

    def close(self) -> None:
        """Take no more work, cancel what is re-run and wait for what is loaded."""
        for running in list(self._running):
            running.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def _rerun(self, entry: Entry) -> tuple[Result, float]:
        async with self._room:
            started = time.monotonic()
            result = await self._runner.run(entry.prepared.ask, self._store.catalog(), self._epoch)
            return result, time.monotonic() - started

    def _hand_out(self, work: Callable[[], T], answer: Callable[[Lifecycle, T | Exception], None]) -> None:
        def done(future: Future[T]) -> None:
            if not future.cancelled():
                outcome = _outcome(future)
                self._back(lambda life: answer(life, outcome))

        self._pool.submit(work).add_done_callback(done)

    def _back(self, call: Callable[[Lifecycle], None]) -> None:
        life, submit = self._life, self._submit
        if life is not None and submit is not None:
            submit(lambda: call(life))


def _outcome(future: Future[T]) -> T | Exception:
    error = future.exception()
    return future.result() if error is None else _plain(error)


def _ran(future: Future[tuple[Result, float]]) -> tuple[Result | Exception, float]:
    if future.cancelled():
        return RuntimeError("the re-run was cancelled"), 0.0
    error = future.exception()
    return future.result() if error is None else (_plain(error), 0.0)


def _plain(error: BaseException) -> Exception:
    return error if isinstance(error, Exception) else RuntimeError(repr(error))
