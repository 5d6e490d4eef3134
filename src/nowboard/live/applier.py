"""The one thread that follows the journal: batches into live queries, updates to the publisher, batches into the store.

Order within a round: take everything that waits (so batches grow with load), fold it into live queries, publish, then
commit to the store if somebody waits for it or enough has come together. A live query that loads keeps every record
after what the store held when it was asked for, so a snapshot of the store taken later, at offset S, followed by what
was kept after S, misses nothing and counts nothing twice. Definitions are committed to the store before anything after
them is folded in.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Sequence
from concurrent.futures import Future
from typing import Final

from nowboard.clock import Micros
from nowboard.errors import Unavailable
from nowboard.live.changes import redefined
from nowboard.live.committer import Committer
from nowboard.live.core import Core
from nowboard.live.inbox import Command, Inbox
from nowboard.live.limits import LiveLimits
from nowboard.live.observer import Observer
from nowboard.model.erasing import Condition
from nowboard.model.events import Definition, Events, Record
from nowboard.model.publisher import Publisher
from nowboard.stores.interface import Store

_log: Final = logging.getLogger(__name__)

_STOP_SECONDS: Final = 30.0


class Applier:
    """Runs `Core` on a thread of its own until it is stopped."""

    def __init__(
        self,
        core: Core,
        store: Store,
        committer: Committer,
        publisher: Publisher,
        observer: Observer,
        limits: LiveLimits,
    ) -> None:
        self.inbox = Inbox()
        self._core = core
        self._store = store
        self._committer = committer
        self._publisher = publisher
        self._observer = observer
        self._limits = limits
        self._todo: list[Record] = []
        self._next_tick = 0.0
        self._fold_seconds = 0.0
        self._stopping = False
        self._expiries = 0
        self._offsets: dict[str, int] = {}
        self._replayed = store.applied
        self._thread = threading.Thread(target=self._run, name="nowboard-applier", daemon=True)

    def begin_after(self, offset: int) -> None:
        """The store was brought up to the journal, which ended at `offset` then. Call before `start`."""
        self._replayed = self._store.applied
        self._committer.settled = offset
        self._core.life.begin(offset)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Apply, publish and commit what waits, then end. Commands that come later are refused."""
        self._stopping = True
        self.inbox.wake()
        self._thread.join(_STOP_SECONDS)

    def wait_stored(self, offset: int, done: Future[None]) -> None:
        """Resolve `done` when the store has applied `offset`, which is in the journal."""
        self._committer.wait_for(offset, done)

    def offsets(self, names: Collection[str]) -> tuple[int, ...]:
        """The offset of the last record of each stream or table, then a number that changes when events expire.

        May be called from any thread. Records from before the start count as those the store held then.
        """
        return (*(self._offsets.get(name, self._replayed) for name in names), -self._expiries)

    def expire(self, stream: str, before: Micros) -> int:
        """Drop events of `stream` before an instant from the store and from live queries; returns how many went."""
        self._committer.commit()
        gone = self._store.expire(stream, before)
        if gone:
            self._expiries += 1
            self._core.expired(stream, before)
        return gone

    def erase(self, stream: str, condition: Condition, seq: int) -> int:
        """Drop the rows that `condition` names from the store and from live queries; how many went.

        Raises `Unavailable` when the store is behind, as it would take the rows in later.
        """
        if not self._committer.commit():
            raise Unavailable("The store is behind.", code="store_failed", retry_after=self._limits.store_retry)
        gone = self._store.erase(stream, condition, seq)
        self._expiries += 1
        self._core.erased(stream)
        return gone

    def _run(self) -> None:
        while True:
            stopping = self._stopping
            try:
                self._round()
            except Exception:  # noqa: BLE001 - nothing may end the thread that everything waits for
                _log.exception("The applier failed in a round and goes on")
                time.sleep(self._limits.tick)
            if stopping and self.inbox.idle and (not self._committer.pending or self._committer.problem):
                break
        self._call(self._core.keep)
        for command in self.inbox.close():
            self._call(command)

    def _round(self) -> None:
        # Before the next tick nothing is shown, so events gather until what folding them in takes is left.
        awaited = self._committer.awaited or self._core.asked
        until = 0.0 if awaited else self._next_tick - self._fold_seconds
        rows = 0 if self._todo else self._limits.batch_rows
        commands, records = self.inbox.take(rows, self._sleep(), gather_until=until)
        for command in commands:
            self._call(command)
        self._todo.extend(record for record in records if record.offset > self._core.life.position)
        self._follow()
        if time.monotonic() >= self._next_tick and self._core.due():
            self._publish()
        if self._committer.due() or (self._stopping and self._committer.pending):
            self._committer.commit()

    def _sleep(self) -> float:
        if self._stopping:
            return 0.0
        if self._todo:
            return max(0.0, min(self._committer.pause(), self._limits.poll))
        until_tick = max(self._next_tick - time.monotonic(), self._core.pause())
        return max(0.0, min(until_tick, self._committer.pause(), self._limits.poll))

    def _follow(self) -> None:
        """Fold in what waits, up to a definition that the store does not take yet."""
        while self._todo:
            if isinstance(self._todo[0].content, Definition):
                count = _run_of(self._todo, Definition)
                if not self._define(self._todo[:count]):
                    return
            else:
                count = _run_of(self._todo, Events)
                self._note(self._todo[:count])
                started = time.perf_counter()
                self._core.apply(self._todo[:count])
                self._committer.add(self._todo[:count])
                self._fold_seconds = time.perf_counter() - started
                self._observer.applied(self._todo[:count], self._fold_seconds)
            del self._todo[:count]

    def _define(self, records: Sequence[Record]) -> bool:
        self._note(records)
        before = self._store.catalog()
        if not self._committer.holds(records[-1].offset):
            self._committer.add(records)
        if not self._committer.commit():
            return False
        definitions = [record.content for record in records if isinstance(record.content, Definition)]
        after = self._store.catalog()
        self._core.redefine(after, redefined(definitions, before, after), records[-1].offset)
        return True

    def _note(self, records: Sequence[Record]) -> None:
        for record in records:
            content = record.content
            self._offsets[content.stream if isinstance(content, Events) else content.name] = record.offset

    def _publish(self) -> None:
        started = time.monotonic()
        updates = self._core.tick()
        if updates:
            self._publisher.publish(updates)
            self._observer.published(updates)
            ended = time.monotonic()
            self._next_tick = ended + max(self._limits.tick, self._limits.tick_share * (ended - started))

    def _call(self, command: Command) -> None:
        try:
            command()
        except Exception:  # noqa: BLE001 - a caller's command must not end the thread
            _log.exception("A command of the applier failed")


def _run_of(records: Sequence[Record], kind: type[Events | Definition]) -> int:
    """How many of the first records hold `kind`."""
    for place, record in enumerate(records):
        if not isinstance(record.content, kind):
            return place
    return len(records)
