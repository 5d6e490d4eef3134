"""Bounds of the DuckDB store."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StoreLimits:
    """What the engine may use; sizes in bytes.

    memory_bytes: buffers, hash tables and sorts together; a query that needs more fails, not the service.
    temp_bytes: what may be spilled to disk beside the database; 0 turns spilling off.
    threads: workers of one query. One query may keep that many cores busy.
    checkpoint_bytes: size of the write-ahead log at which it is merged into the file. At 16 MiB a merge stalls a
        commit for some 40 to 100 ms; a larger log makes stalls rarer and longer.
    """

    memory_bytes: int = 512 * 1024 * 1024
    temp_bytes: int = 1024 * 1024 * 1024
    threads: int = 2
    checkpoint_bytes: int = 16 * 1024 * 1024
