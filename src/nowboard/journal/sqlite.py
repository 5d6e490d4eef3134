"""The default journal: one SQLite file, fsynced before anything is acknowledged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Final

from nowboard.clock import Clock, Micros
from nowboard.errors import Unavailable
from nowboard.journal.erase import Slice, forget_log
from nowboard.journal.interface import Damage
from nowboard.journal.limits import JournalLimits
from nowboard.journal.lock import FileLock
from nowboard.journal.prune import count_free_pages, prune_slice, vacuum_slice
from nowboard.journal.queue import Append, Define, Task, Waiter
from nowboard.journal.reader import Reader
from nowboard.journal.writer import Writer
from nowboard.model.erasing import Condition, Erased
from nowboard.model.events import Ack, Definition, Events, Record

_FORGET_ATTEMPTS: Final = 20
_FORGET_PAUSE: Final = 0.25
"""Seconds: readers hold the log for no longer than it takes to read a few megabytes."""


class SqliteJournal:
    """See `nowboard.journal.interface.Journal` for what each method promises."""

    def __init__(self, path: Path, *, clock: Clock, limits: JournalLimits | None = None) -> None:
        """Open or create the journal in file `path`. Raises `Unavailable` when it is in use or cannot be opened."""
        self._path = path
        self._limits = limits or JournalLimits()
        self._damage: dict[int, Damage] = {}
        self._damage_lock = threading.Lock()
        self._closed = False
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file_lock = FileLock(path.with_name(path.name + ".lock"))
        try:
            self._writer = Writer(path, clock, self._limits, self._report)
        except BaseException:
            self._file_lock.release()
            raise

    @property
    def epoch(self) -> str:
        return self._writer.state.epoch

    @property
    def end(self) -> int:
        return self._writer.state.end

    @property
    def problem(self) -> str | None:
        return self._writer.problem

    async def append(self, events: Events) -> Ack:
        waiter: Waiter[Ack] = Waiter.here()
        self._writer.queue.put(Append(events, waiter))
        return await waiter.future

    async def define(self, definitions: Sequence[Definition]) -> int:
        waiter: Waiter[int] = Waiter.here()
        self._writer.queue.put(Define(tuple(definitions), waiter))
        return await waiter.future

    def subscribe(self, listener: Callable[[Sequence[Record]], None]) -> None:
        self._writer.listeners.append(listener)

    def read(self, after: int, *, limit: int | None = None) -> Iterator[Record]:
        end = self.end
        reader = Reader(self._path, self._limits, self._report)
        try:
            for count, record in enumerate(reader.records(after, end), start=1):
                if limit is not None and count > limit:
                    return
                yield record
        finally:
            reader.close()

    def damaged(self) -> Sequence[Damage]:
        with self._damage_lock:
            return tuple(self._damage[offset] for offset in sorted(self._damage))

    def prune(self, stream: str, before: Micros) -> int:
        """Works in slices between commits, so that appends hardly wait; then gives free pages back to the disk."""
        writer = self._writer
        step = self._limits.slice_rows
        total = 0
        while True:
            gone = self._run(lambda: prune_slice(writer.connection, stream, before, step))
            total += gone
            if gone < step:
                break
        if total:
            for _ in range(self._run(lambda: count_free_pages(writer.connection)) // step):
                self._run(lambda: vacuum_slice(writer.connection, step))
        return total

    def erase(self, stream: str, condition: Condition) -> Erased:
        """In slices between commits, as `prune`."""
        writer, step = self._writer, self._limits.slice_rows
        state, work = writer.state, Slice()
        while not work.done:
            self._run(lambda: work.run(writer.connection, stream, condition, step))
        if self._run(lambda: count_free_pages(writer.connection)):
            self._run(lambda: vacuum_slice(writer.connection, step))
        for attempt in range(_FORGET_ATTEMPTS):
            try:
                self._run(lambda: forget_log(writer.connection, self._path))
                break
            except Unavailable:
                if attempt + 1 == _FORGET_ATTEMPTS:
                    raise
                time.sleep(_FORGET_PAUSE)
        return Erased(work.rows, state.end, state.seq)

    def renew_epoch(self) -> str:
        """Go on under a new epoch and return it; raises `StorageFull` or `Unavailable`.

        For when somebody holds offsets beyond `end`, such as a store that was ahead: acknowledged records were lost
        with the file's end, so their offsets will be given out again and must not be taken for the old ones.
        """
        self._run(self._writer.renew_epoch)
        return self.epoch

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._writer.close()
            self._file_lock.release()

    def _run(self, work: Callable[[], int]) -> int:
        done: Future[int] = Future()
        self._writer.queue.put(Task(work, done))
        return done.result()

    def _report(self, damage: Damage) -> None:
        with self._damage_lock:
            self._damage.setdefault(damage.offset, damage)
