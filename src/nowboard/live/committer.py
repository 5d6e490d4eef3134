"""Brings the store up to what was applied when somebody wants to read it, and now and then when nobody does.

A commit costs the same 4 ms for eight rows as for a thousand, so batches share one. Nothing is read late for that: what
waits here is in the journal and in live queries, and whoever reads the store waits for the offset that it needs, which
has it committed at once. The bounds on rows, records and time only limit memory and what a start has to replay.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Final

from nowboard.errors import Unavailable
from nowboard.live.inbox import rows_of
from nowboard.live.limits import LiveLimits
from nowboard.model.events import Record
from nowboard.stores.interface import Store

_log: Final = logging.getLogger(__name__)


class Committer:
    """Records on their way to the store, on the applier's thread.

    `pending` holds every record after `store.applied` that the applier has met, in order: whoever opens a snapshot of
    the store and then applies what of `pending` lies after it has missed nothing. Up to `settled` there is nothing to
    wait for, even where the journal has lost records.
    """

    def __init__(self, store: Store, epoch: str, limits: LiveLimits) -> None:
        self.pending: list[Record] = []
        self.problem: str | None = None
        self.settled = store.applied
        self._store = store
        self._epoch = epoch
        self._limits = limits
        self._rows = 0
        self._since = 0.0
        self._not_before = 0.0
        self._waiters: list[tuple[int, Future[None]]] = []

    def add(self, records: Sequence[Record]) -> None:
        """Take records that were just applied to live queries."""
        if not self.pending:
            self._since = time.monotonic()
        self.pending.extend(records)
        self._rows += sum(rows_of(record) for record in records)

    def wait_for(self, offset: int, done: Future[None]) -> None:
        """Resolve `done` as soon as the store has applied `offset`."""
        self._waiters.append((offset, done))
        self._answer()

    def holds(self, offset: int) -> bool:
        """Whether the record at `offset` is pending."""
        return bool(self.pending) and self.pending[-1].offset >= offset

    @property
    def awaited(self) -> bool:
        """Whether somebody waits for the store."""
        return bool(self._waiters)

    @property
    def rows(self) -> int:
        """Rows that the store does not have yet."""
        return self._rows

    def due(self) -> bool:
        """Whether to commit now."""
        if not self.pending or time.monotonic() < self._not_before:
            return False
        return bool(self._waiters) or self._full or self.pause() <= 0

    @property
    def _full(self) -> bool:
        return self._rows >= self._limits.store_rows or len(self.pending) >= self._limits.store_records

    def pause(self) -> float:
        """Seconds until a commit is due; infinite when there is nothing to commit."""
        if not self.pending:
            return float("inf")
        now = time.monotonic()
        return max(self._since + self._limits.store_delay, self._not_before) - now

    def commit(self) -> bool:
        """Apply everything pending in one transaction; False when the store refused and it will be tried again."""
        if self.pending:
            try:
                self._store.apply(self.pending, epoch=self._epoch)
            except Exception as error:  # noqa: BLE001 - whatever it is, the journal has the events and it is tried again
                _log.warning("The store is behind: %s", error)
                self.problem = str(error)
                self._not_before = time.monotonic() + self._limits.store_retry
                self._refuse(
                    Unavailable("The store is behind.", code="store_failed", retry_after=self._limits.store_retry)
                )
                return False
            self.problem = None
            self.pending, self._rows = [], 0
        self._answer()
        return True

    def _answer(self) -> None:
        reached = max(self._store.applied, self.settled)
        ready = [done for offset, done in self._waiters if offset <= reached]
        self._waiters = [waiter for waiter in self._waiters if waiter[0] > reached]
        for done in ready:
            if done.set_running_or_notify_cancel():
                done.set_result(None)

    def _refuse(self, error: Unavailable) -> None:
        waiters, self._waiters = self._waiters, []
        for _, done in waiters:
            if done.set_running_or_notify_cancel():
                done.set_exception(error)
