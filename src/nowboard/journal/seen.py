"""Event ids that were accepted, with the time of each.

The latest ids are in memory and, one row per commit, in the file; when they are many they become a sorted run. Runs of
one size are merged step by step between commits, and ids past every stream's window are left out on the way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np

from nowboard.clock import Micros
from nowboard.journal.keys import Keys
from nowboard.journal.limits import JournalLimits
from nowboard.journal.runs import (
    CHUNK_KEYS,
    KEY_SPACE,
    Run,
    RunWriter,
    find,
    load_runs,
    read_range,
    remove_chunks,
    retire_run,
)

MERGE_RUNS: Final = 4
"""Runs of one level that are merged into one of the next."""


class _Merge:
    """Several runs on their way to being one."""

    def __init__(self, connection: sqlite3.Connection, runs: Sequence[Run]) -> None:
        self.runs = runs
        self.total = sum(run.count for run in runs)
        self._connection = connection
        self._writer = RunWriter(connection, max(run.level for run in runs) + 1, self.total)
        self._from = 0

    def step(self, keys: int, expired: Micros) -> Run | None:
        """Merge about `keys` of the keys; the new run when that was the last of them. Ids of `expired` are dropped."""
        width = max(1, KEY_SPACE * keys // max(1, self.total))
        until = min(KEY_SPACE, self._from + width)
        parts = [part for run in self.runs for part in read_range(self._connection, run, self._from, until)]
        merged = Keys.join(parts).in_order()
        self._writer.write(merged.pick(merged.at >= expired))
        self._from = until
        return self._writer.finish() if until == KEY_SPACE else None


class SeenIds:
    """Used by one thread: `look_up`, then `claim`, then `write`; at last `commit` or `rollback`."""

    def __init__(self, connection: sqlite3.Connection, limits: JournalLimits) -> None:
        self._connection = connection
        self._limits = limits
        self._runs = load_runs(connection)
        self._recent: dict[bytes, Micros] = {}
        for (data,) in connection.execute("SELECT data FROM seen_recent ORDER BY id"):
            keys = Keys.unpack(data)
            if keys is not None:
                self._recent.update(zip(keys.digests(), keys.at.tolist(), strict=True))
        self._claimed: dict[bytes, Micros] = {}
        self._found: dict[bytes, Micros] = {}
        self._merge: _Merge | None = None
        self._retired: list[int] = []

    def look_up(self, hashes: Sequence[bytes]) -> None:
        """Find out when these ids were accepted before, all at once; needed before `claim`."""
        unknown = [each for each in hashes if each not in self._recent]
        if not unknown or not self._runs:
            return
        keys = Keys.of(unknown, [0] * len(unknown))
        newest = np.full(len(keys), -1, np.int64)
        for run in self._runs:
            maybe = np.flatnonzero(run.bloom.probably(keys))
            if len(maybe):
                newest[maybe] = np.maximum(newest[maybe], find(self._connection, run, keys.pick(maybe)))
        for index in np.flatnonzero(newest >= 0):
            self._found[unknown[index]] = int(newest[index])

    def claim(self, hashes: Sequence[bytes | None], at: Micros, window: Micros) -> list[bool]:
        """For each row whether it is new; the new ones are remembered.

        A row is new if it has no id, or if its id was not accepted since `at - window`, by earlier rows included.
        """
        horizon = at - window
        fresh = []
        for each in hashes:
            new = each is None or self._accepted(each) < horizon
            fresh.append(new)
            if new and each is not None:
                self._claimed[each] = at
        return fresh

    def write(self) -> None:
        """Put what was claimed into the caller's transaction."""
        if self._claimed:
            data = Keys.of(list(self._claimed), self._claimed.values()).pack()
            self._connection.execute("INSERT INTO seen_recent (data) VALUES (?)", (data,))

    def commit(self) -> None:
        """The transaction is durable."""
        self._recent.update(self._claimed)
        self.rollback()

    def rollback(self) -> None:
        """The transaction did not happen."""
        self._claimed.clear()
        self._found.clear()

    def tidy(self, expired: Micros) -> bool:
        """One step of housekeeping in a transaction of its own; False when nothing was to be done.

        Ids accepted before `expired` may be forgotten. After `sqlite3.Error` this object is to be made anew.
        """
        step = self._next_step(expired)
        if step is None:
            return False
        self._connection.execute("BEGIN IMMEDIATE")
        step()
        self._connection.execute("COMMIT")
        return True

    def _next_step(self, expired: Micros) -> Callable[[], None] | None:
        if len(self._recent) >= self._limits.recent_ids:
            return self._write_recent
        if self._retired:
            return self._remove_retired
        if self._merge is not None:
            return partial(self._go_on, self._merge, expired)
        old = [run for run in self._runs if run.newest < expired]
        if old:
            return partial(self._retire, old)
        crowded = self._crowded()
        return None if crowded is None else partial(self._start, crowded)

    def _accepted(self, each: bytes) -> Micros:
        for memory in (self._claimed, self._recent, self._found):
            at = memory.get(each)
            if at is not None:
                return at
        return _NEVER

    def _write_recent(self) -> None:
        keys = Keys.of(list(self._recent), self._recent.values()).in_order()
        writer = RunWriter(self._connection, 0, len(keys))
        writer.write(keys)
        self._connection.execute("DELETE FROM seen_recent")
        self._runs.append(writer.finish())
        self._recent.clear()

    def _start(self, runs: Sequence[Run]) -> None:
        self._merge = _Merge(self._connection, runs)

    def _go_on(self, merge: _Merge, expired: Micros) -> None:
        made = merge.step(self._limits.step_ids, expired)
        if made is not None:
            self._merge = None
            self._runs.append(made)
            self._retire(merge.runs)

    def _retire(self, runs: Sequence[Run]) -> None:
        for run in runs:
            retire_run(self._connection, run)
            self._runs.remove(run)
            self._retired.append(run.id)

    def _remove_retired(self) -> None:
        if remove_chunks(self._connection, self._retired[0], 1 + self._limits.step_ids // CHUNK_KEYS):
            self._retired.pop(0)

    def _crowded(self) -> list[Run] | None:
        """The smallest runs that are due to be merged."""
        for level in sorted({run.level for run in self._runs}):
            runs = [run for run in self._runs if run.level == level]
            if len(runs) >= MERGE_RUNS:
                return runs[:MERGE_RUNS]
        return None


_NEVER: Final = -(1 << 62)
