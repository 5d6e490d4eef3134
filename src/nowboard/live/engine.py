"""Journal, store and live queries in this process, behind the `Engine` protocol."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Collection, Sequence
from concurrent.futures import Future
from typing import Final, TypeVar

import pyarrow as pa

from nowboard.clock import Clock, Micros
from nowboard.errors import NowboardError, Unavailable
from nowboard.journal.interface import Journal
from nowboard.live.applier import Applier
from nowboard.live.committer import Committer
from nowboard.live.confine import rows_inside
from nowboard.live.core import Core, Question
from nowboard.live.inbox import Command
from nowboard.live.jobs import Workers
from nowboard.live.lifecycle import Lifecycle
from nowboard.live.limits import LiveLimits
from nowboard.live.observer import Observer, Unobserved
from nowboard.live.replay import Progress, replay
from nowboard.model.engine import Ask, Status, Watch
from nowboard.model.erasing import Condition, Erased
from nowboard.model.events import Ack, Definition, Events
from nowboard.model.frames import Result
from nowboard.model.keeping import PROMPT, Keeper, KeepsNothing, Pace
from nowboard.model.publisher import Publisher
from nowboard.model.scopes import Scope
from nowboard.model.streams import Catalog
from nowboard.query.canonical import Prepared
from nowboard.query.runner import QueryLimits, QueryRunner
from nowboard.stores.interface import Store

_log: Final = logging.getLogger(__name__)

_RETRY_SECONDS: Final = 1.0

T = TypeVar("T")


class LocalEngine:
    """See `nowboard.model.engine.Engine` for what each method promises. For one event loop.

    `salt` makes hashed masks differ between installations.
    """

    def __init__(
        self,
        journal: Journal,
        store: Store,
        clock: Clock,
        publisher: Publisher,
        limits: LiveLimits | None = None,
        *,
        queries: QueryLimits | None = None,
        observer: Observer | None = None,
        keeper: Keeper | None = None,
        salt: str = "",
    ) -> None:
        self._journal = journal
        self._store = store
        self._clock = clock
        self._limits = limits or LiveLimits()
        self.runner = QueryRunner(store, clock, queries, stream_offsets=self._offsets, salt=salt)
        self._workers = Workers(store, self.runner, journal.epoch, self._limits)
        self._committer = Committer(store, journal.epoch, self._limits)
        self._keeper = keeper or KeepsNothing()
        self._life = Lifecycle(store, self._committer, self._workers, clock, journal.epoch, self._limits, self._keeper)
        self._core = Core(self._life, self._workers, clock)
        self._applier = Applier(self._core, store, self._committer, publisher, observer or Unobserved(), self._limits)
        self._retention: asyncio.Task[None] | None = None
        self._running = False

    @property
    def catalog(self) -> Catalog:
        return self._store.catalog()

    async def start(self, progress: Progress | None = None) -> None:
        """Bring the store up to the journal, then follow it. `progress` is called during the replay, in a thread."""
        loop = asyncio.get_running_loop()
        self._journal.subscribe(self._applier.inbox.offer)
        end = await asyncio.to_thread(replay, self._journal, self._store, progress)
        self._applier.begin_after(end)
        self._workers.connect(self._life, self._applier.inbox.submit, loop)
        self._applier.start()
        self._retention = asyncio.create_task(self._retain())
        self._running = True

    async def close(self) -> None:
        """Apply, publish and store what the journal acknowledged, then stop. The journal and the store stay open."""
        if not self._running:
            return
        self._running = False
        if self._retention is not None:
            self._retention.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._retention
        await asyncio.to_thread(self._applier.stop)
        await asyncio.to_thread(self._workers.close)
        await asyncio.to_thread(self.runner.close)

    async def append(self, events: Events) -> Ack:
        if self._applier.inbox.waiting_rows + self._committer.rows > self._limits.waiting_rows:
            message = "Events arrive faster than they can be processed."
            raise Unavailable(message, code="overloaded", retry_after=_RETRY_SECONDS)
        return await self._journal.append(events)

    async def inside(self, scope: Scope, stream: str, batch: pa.RecordBatch) -> tuple[int, ...]:
        done: Future[tuple[int, ...]] = Future()

        def command() -> None:
            try:
                done.set_result(rows_inside(self._store, self.catalog, scope, stream, batch))
            except NowboardError as error:
                done.set_exception(error)

        return await self._on_applier(command, done)

    async def define(self, definitions: Sequence[Definition]) -> int:
        offset = await self._journal.define(definitions)
        await self._stored(offset)
        return offset

    async def query(self, ask: Ask) -> Result:
        target = self._journal.end
        prepared = self.runner.preparer.prepare(ask, self.catalog)
        entry = self._life.registry.get(prepared.name)
        if entry is not None and entry.live is not None:
            done: Future[Result | None] = Future()
            found = await self._on_applier(lambda: self._core.answer(Question(prepared.name, target, done)), done)
            if found is not None:
                return found
        await self._stored(target)
        return await self.runner.run(ask, self.catalog, self._journal.epoch)

    async def watch(self, ask: Ask, pace: Pace = PROMPT) -> Watch:
        prepared = self.runner.preparer.prepare(ask, self.catalog)
        kept = await self._kept(prepared, pace)
        done: Future[Watch] = Future()
        try:
            watch = await self._on_applier(lambda: self._core.join(prepared, done, pace, kept), done)
        except asyncio.CancelledError:
            if not done.cancel():  # the result was on its way, so this watcher was counted
                self._applier.inbox.submit(lambda: self._core.leave(prepared.name, pace))
            raise
        self._applier.inbox.submit(lambda: self._core.announce(prepared.name))
        return watch

    async def release(self, channel: str, pace: Pace = PROMPT) -> None:
        self._applier.inbox.submit(lambda: self._core.leave(channel, pace))

    def refresh(self, channel: str) -> None:
        self._applier.inbox.submit(lambda: self._core.refresh(channel))

    async def erase(self, stream: str, condition: Condition) -> Erased:
        erased = await asyncio.to_thread(self._journal.erase, stream, condition)
        # what was acknowledged before is in the store now, what comes later is not touched
        await self._stored(erased.offset)
        done: Future[int] = Future()

        def command() -> None:
            try:
                done.set_result(self._applier.erase(stream, condition, erased.seq))
            except NowboardError as error:
                done.set_exception(error)

        await self._on_applier(command, done)
        self.runner.forget([stream])
        await self._keeper.forget()
        return erased

    def status(self) -> Status:
        problem = self._journal.problem or self._committer.problem
        return Status(
            epoch=self._journal.epoch,
            durable=self._journal.end,
            applied=self._store.applied,
            accepting=self._running and self._journal.problem is None,
            problem=problem,
            live_queries=len(self._life.registry),
            watchers=self._life.registry.watchers,
            computations=self._core.computations,
            store_queries=self.runner.stats().runs + self._workers.loads,
        )

    def _offsets(self, names: Collection[str]) -> tuple[int, ...]:
        return self._applier.offsets(names)

    async def _kept(self, prepared: Prepared, pace: Pace) -> Result | None:
        """The result from before a restart, of a query that nobody watches yet and whose new one takes a while."""
        live = prepared.plan is not None and prepared.plan.live
        if self._life.registry.get(prepared.name) is not None or (live and not pace.keep):
            return None
        return await self._keeper.find(prepared.name, self._journal.epoch)

    async def _stored(self, offset: int) -> None:
        """Wait until the store has everything up to `offset`."""
        if self._store.applied < offset:
            done: Future[None] = Future()
            await self._on_applier(lambda: self._applier.wait_stored(offset, done), done)

    async def _on_applier(self, command: Command, done: Future[T]) -> T:
        """Have `command` called on the applier's thread and wait until it has resolved `done`."""
        if not self._applier.inbox.submit(command):
            raise Unavailable("The server is stopping.", code="closed", retry_after=_RETRY_SECONDS)
        return await asyncio.wrap_future(done)

    async def sweep(self) -> None:
        """Drop the events that are past their stream's retention now; this happens by itself every minute.

        They are gone from the store and from live queries when it returns, and from the journal where the whole request
        that brought them is past it. A stream that fails keeps its events until the next time.
        """
        for stream in list(self.catalog.streams.values()):
            if stream.retention is not None:
                try:
                    await self._expire(stream.name, self._clock.now() - stream.retention)
                except NowboardError as error:
                    _log.warning("Events of %s past their retention stay for now: %s", stream.name, error.message)

    async def _retain(self) -> None:
        while True:
            await asyncio.sleep(self._limits.retention_every)
            await self.sweep()

    async def _expire(self, stream: str, before: Micros) -> None:
        done: Future[int] = Future()

        def command() -> None:
            try:
                done.set_result(self._applier.expire(stream, before))
            except NowboardError as error:
                done.set_exception(error)

        await self._on_applier(command, done)
        await asyncio.to_thread(self._journal.prune, stream, before)
