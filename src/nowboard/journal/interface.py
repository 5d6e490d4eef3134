"""The durable log behind every acknowledgement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import msgspec

from nowboard.clock import Micros
from nowboard.model.erasing import Condition, Erased
from nowboard.model.events import Ack, Definition, Events, Record


class Damage(msgspec.Struct, frozen=True):
    """A record that could not be read back. Everything else is intact."""

    offset: int
    reason: str


class Journal(Protocol):
    """An append-only sequence of records with one offset for all streams.

    Implementations: `memory` (tests), `sqlite` (default). `tests/conformance/test_journal.py` runs over all of them.
    """

    @property
    def epoch(self) -> str:
        """Names this sequence of offsets; offsets of different epochs cannot be compared."""
        ...

    @property
    def end(self) -> int:
        """The offset of the last durable record; 0 when empty."""
        ...

    @property
    def problem(self) -> str | None:
        """Why appends are refused at the moment (disk full, input/output error), or None."""
        ...

    async def append(self, events: Events) -> Ack:
        """Make events durable.

        Returns only after the data is on disk (fsynced). Concurrent calls share one commit (group commit), and
        events of one stream that wait together may become one record, so several acks can carry the same offset.
        Rows whose `event_id` was seen within the stream's dedup window are left out and counted in `duplicates`; a
        repeated `idempotency_key` answers the first ack again without writing. Both memories survive restarts: they
        are written in the same transaction as the record. Order: acks of awaited calls have ascending offsets. Safe
        to call concurrently from one event loop. Raises `StorageFull` when the disk takes no more (a later call
        probes again, so it recovers without a restart), `Unavailable` with `retry_after` when the queue is full.
        """
        ...

    async def define(self, definitions: Sequence[Definition]) -> int:
        """Make definitions durable in one transaction; returns the offset of the last. Same errors as `append`."""
        ...

    def subscribe(self, listener: Callable[[Sequence[Record]], None]) -> None:
        """Call `listener` after every commit, from the writer's thread, with the new records in offset order.

        Each record durable after this call is handed over exactly once. The listener must return quickly.
        """
        ...

    def read(self, after: int, *, limit: int | None = None) -> Iterator[Record]:
        """Records with offset > `after` in order. Safe from any thread. A damaged record is skipped and reported."""
        ...

    def damaged(self) -> Sequence[Damage]:
        """Records found damaged since opening."""
        ...

    def prune(self, stream: str, before: Micros) -> int:
        """Drop records of `stream` whose events all have event time < `before`; returns how many records went."""
        ...

    def erase(self, stream: str, condition: Condition) -> Erased:
        """Take rows of `stream` out of its records, for good: no file of the journal holds them afterwards.

        Covers everything durable at the call; idempotent, so that it can be repeated after a crash. Ids of events stay
        remembered, as hashes, so that a producer that sends them again does not bring them back. Raises `Unavailable`.
        """
        ...

    def close(self) -> None:
        """Finish what is queued, answer it, then close. Idempotent."""
        ...
