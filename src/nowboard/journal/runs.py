"""Sorted runs of id hashes in the journal file.

A table with an index would touch a page per id: hashes come in no order, so 1,000 ids of a large memory dirty some
1,000 pages, and measured 15 µs per id. Runs are written once, in order, and merged four to one as they grow, so an id
is rewritten a handful of times at 24 bytes each.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nowboard.clock import Micros
from nowboard.journal.keys import Bloom, Keys

CHUNK_KEYS: Final = 512
"""Keys read at once to look one up: 12 KiB."""

_log: Final = logging.getLogger(__name__)

KEY_SPACE: Final = 1 << 64
"""One more than the greatest first word."""

_SPAN: Final = 1 << 32
"""Chunk numbers per run."""


@dataclass(frozen=True, eq=False)
class Run:
    """A sorted run. `fences` holds the first word of each chunk's first key."""

    id: int
    level: int
    count: int
    newest: Micros
    bloom: Bloom
    fences: NDArray[np.uint64]


class RunWriter:
    """Writes one run piece by piece, in ascending order of keys, within the caller's transactions.

    Until `finish` the run does not count: after a crash its pieces are removed.
    """

    def __init__(self, connection: sqlite3.Connection, level: int, capacity: int) -> None:
        self._connection = connection
        self._level = level
        self._bloom = Bloom(capacity)
        self._fences: list[int] = []
        self._count = 0
        self._newest = 0
        insert = "INSERT INTO seen_runs (level, count, newest, bloom) VALUES (?, 0, 0, NULL) RETURNING id"
        self._id = int(connection.execute(insert, (level,)).fetchone()[0])

    def write(self, keys: Keys) -> None:
        """Append `keys`, which are in order and behind everything written before."""
        for start in range(0, len(keys), CHUNK_KEYS):
            chunk = keys.pick(slice(start, start + CHUNK_KEYS))
            place = self._id * _SPAN + len(self._fences)
            first = chunk.high[:1]
            self._connection.execute(
                "INSERT INTO seen_chunks (id, first, data) VALUES (?, ?, ?)",
                (place, int(first.view(np.int64)[0]), chunk.pack()),
            )
            self._fences.append(int(first[0]))
        if len(keys):
            self._bloom.add(keys)
            self._count += len(keys)
            self._newest = max(self._newest, int(keys.at.max()))

    def finish(self) -> Run:
        """Make the run count."""
        self._connection.execute(
            "UPDATE seen_runs SET count = ?, newest = ?, bloom = ? WHERE id = ?",
            (self._count, self._newest, self._bloom.pack(), self._id),
        )
        fences = np.array(self._fences, np.uint64)
        return Run(self._id, self._level, self._count, self._newest, self._bloom, fences)


def load_runs(connection: sqlite3.Connection) -> list[Run]:
    """The finished runs; removes what unfinished and retired ones left."""
    runs = []
    rows = connection.execute("SELECT id, level, count, newest, bloom FROM seen_runs ORDER BY id").fetchall()
    for run_id, level, count, newest, bloom in rows:
        if bloom is None:
            remove_chunks(connection, run_id, _SPAN)
            continue
        try:
            runs.append(_load_run(connection, (run_id, level, count, newest), Bloom.unpack(bloom)))
        except (TypeError, ValueError, OverflowError) as error:
            _log.error("Run %s of the memory of event ids is damaged and left out: %s", run_id, error)
    return runs


def _load_run(connection: sqlite3.Connection, facts: tuple[int, int, int, Micros], bloom: Bloom | None) -> Run:
    run_id, level, count, newest = (int(fact) for fact in facts)
    run = Run(run_id, level, count, newest, bloom or Bloom(0), _fences(connection, run_id))
    return run if bloom is not None else replace(run, bloom=_filter_again(connection, run))


def retire_run(connection: sqlite3.Connection, run: Run) -> None:
    """Let a run count no more; `remove_chunks` then gives its space back, in steps or after a restart."""
    connection.execute("UPDATE seen_runs SET bloom = NULL WHERE id = ?", (run.id,))


def remove_chunks(connection: sqlite3.Connection, run_id: int, limit: int) -> bool:
    """Delete up to `limit` chunks of a retired run, and the run with the last of them; whether that was so."""
    gone = connection.execute(
        "DELETE FROM seen_chunks WHERE id IN (SELECT id FROM seen_chunks WHERE id >= ? AND id < ? LIMIT ?)",
        (run_id * _SPAN, (run_id + 1) * _SPAN, limit),
    ).rowcount
    if gone < limit:
        connection.execute("DELETE FROM seen_runs WHERE id = ?", (run_id,))
    return gone < limit


def read_chunk(connection: sqlite3.Connection, run: Run, chunk: int) -> Keys | None:
    """One chunk's keys, or None if it is damaged."""
    row = connection.execute("SELECT data FROM seen_chunks WHERE id = ?", (run.id * _SPAN + chunk,)).fetchone()
    return None if row is None else Keys.unpack(row[0])


def read_range(connection: sqlite3.Connection, run: Run, low: int, high: int) -> Iterator[Keys]:
    """The keys of a run whose first word is in [low, high), chunk by chunk."""
    first = max(0, int(np.searchsorted(run.fences, np.uint64(low), "right")) - 1)
    last = int(np.searchsorted(run.fences, np.uint64(min(high, KEY_SPACE - 1)), "right"))
    for chunk in range(first, last):
        keys = read_chunk(connection, run, chunk)
        if keys is not None:
            start = int(np.searchsorted(keys.high, np.uint64(low), "left"))
            end = len(keys) if high >= KEY_SPACE else int(np.searchsorted(keys.high, np.uint64(high), "left"))
            if end > start:
                yield keys.pick(slice(start, end))


def find(connection: sqlite3.Connection, run: Run, keys: Keys) -> NDArray[np.int64]:
    """For each key when it was accepted according to `run`; -1 where the run does not hold it."""
    times = np.full(len(keys), -1, np.int64)
    chunks = np.searchsorted(run.fences, keys.high, "right").astype(np.int64) - 1
    for chunk in np.unique(chunks[chunks >= 0]):
        held = read_chunk(connection, run, int(chunk))
        if held is None:
            continue
        asked = np.flatnonzero(chunks == chunk)
        places = np.minimum(np.searchsorted(held.high, keys.high[asked]), len(held) - 1)
        same = (held.high[places] == keys.high[asked]) & (held.low[places] == keys.low[asked])
        times[asked[same]] = held.at[places[same]]
    return times


def _fences(connection: sqlite3.Connection, run_id: int) -> NDArray[np.uint64]:
    query = "SELECT first FROM seen_chunks WHERE id >= ? AND id < ? ORDER BY id"
    rows = connection.execute(query, (run_id * _SPAN, (run_id + 1) * _SPAN))
    return np.fromiter((first for (first,) in rows), np.int64).view(np.uint64)


def _filter_again(connection: sqlite3.Connection, run: Run) -> Bloom:
    """The filter of a run whose stored one is damaged."""
    bloom = Bloom(run.count)
    for keys in read_range(connection, run, 0, KEY_SPACE):
        bloom.add(keys)
    return bloom
