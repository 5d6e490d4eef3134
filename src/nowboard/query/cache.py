"""Results kept for their position: a cached answer is never stale by accident, as its key names the offsets it read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass

import msgspec

from nowboard.model.frames import Result


@dataclass(frozen=True)
class CacheStats:
    """Counters since the start, and what is held now."""

    hits: int
    misses: int
    entries: int
    bytes: int


@dataclass(frozen=True)
class CacheShare:
    """What the results over one stream or table take up."""

    name: str
    entries: int
    bytes: int


class ResultCache:
    """Least recently used results, bounded by their encoded size in bytes.

    Keys must hold everything that decides the answer: canonical query, parameters, scope, offsets, window edges.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: OrderedDict[object, tuple[Result, int, frozenset[str]]] = OrderedDict()
        self._bytes = 0
        self._hits = 0
        self._misses = 0

    def get(self, key: object) -> Result | None:
        """The result for `key`, or None."""
        found = self._held.get(key)
        if found is None:
            self._misses += 1
            return None
        self._hits += 1
        self._held.move_to_end(key)
        return found[0]

    def put(self, key: object, result: Result, reads: frozenset[str] = frozenset()) -> None:
        """Keep `result`; the least recently used ones make room. A result over the whole limit is not kept.

        `reads` names the streams and tables it was made from.
        """
        size = len(msgspec.json.encode(result.rows)) + 200
        if size > self._limit:
            return
        self._drop(key)
        self._held[key] = (result, size, reads)
        self._bytes += size
        while self._bytes > self._limit:
            self._drop(next(iter(self._held)))

    def clear(self, names: Collection[str] | None = None) -> int:
        """Forget everything, or what reads any of these streams and tables; returns how many results that were."""
        keys = [key for key, (_, _, reads) in self._held.items() if names is None or not reads.isdisjoint(names)]
        for key in keys:
            self._drop(key)
        return len(keys)

    def shares(self) -> list[CacheShare]:
        """What is held by stream and table, by name; a result that reads two counts for both."""
        found: dict[str, CacheShare] = {}
        for _, size, reads in self._held.values():
            for name in reads:
                before = found.get(name, CacheShare(name, 0, 0))
                found[name] = CacheShare(name, before.entries + 1, before.bytes + size)
        return [found[name] for name in sorted(found)]

    def stats(self) -> CacheStats:
        """Counters for the metrics page."""
        return CacheStats(self._hits, self._misses, len(self._held), self._bytes)

    def _drop(self, key: object) -> None:
        found = self._held.pop(key, None)
        if found is not None:
            self._bytes -= found[1]
