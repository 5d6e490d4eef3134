"""Bounds of the SQLite journal."""

from __future__ import annotations

from dataclasses import dataclass

from nowboard.clock import DAY, Micros


@dataclass(frozen=True)
class JournalLimits:
    """Every queue and cache of the journal has a bound; these are the defaults.

    queue_rows, queue_bytes: what may wait for the writer; one more and the caller is told to come back.
    commit_rows, commit_bytes: what one transaction takes from the queue, so that a long queue is answered in steps.
    record_rows: rows of one record; small enough to be decoded in a few milliseconds.
    read_bytes: payload a reader fetches at once, so that it never keeps the log from being checkpointed for long.
    checkpoint_bytes: size of the write-ahead log at which it is copied into the database file.
    cache_bytes: page cache of the writer's connection.
    free_bytes: space that must be free again before appends are tried after the disk was full.
    slice_rows: records that one step of retention touches.
    recent_ids: event ids kept in memory before they are written as a sorted run; some 100 bytes each.
    step_ids: event ids that one step of merging runs handles; 3 to 4 ms.
    request_window: how long idempotency keys are remembered.
    """

    queue_rows: int = 200_000
    queue_bytes: int = 64 * 1024 * 1024
    commit_rows: int = 65_536
    commit_bytes: int = 16 * 1024 * 1024
    record_rows: int = 16_384
    read_bytes: int = 4 * 1024 * 1024
    checkpoint_bytes: int = 16 * 1024 * 1024
    cache_bytes: int = 8 * 1024 * 1024
    free_bytes: int = 2 * 1024 * 1024
    slice_rows: int = 256
    recent_ids: int = 32_768
    step_ids: int = 8_192
    request_window: Micros = DAY
