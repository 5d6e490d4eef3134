"""Channels and their watchers: who joins, who leaves, and when nobody is left."""

from __future__ import annotations

from collections.abc import Iterator

from nowboard.errors import Unavailable
from nowboard.live.entry import Entry
from nowboard.live.limits import LiveLimits
from nowboard.model.keeping import Pace
from nowboard.query.canonical import Prepared

_RETRY_SECONDS = 5.0


class Registry:
    """Every live query by channel. A channel outlives its last watcher by `linger`, so that a reload finds it warm.

    The applier's thread changes it; any thread may look.
    """

    def __init__(self, limits: LiveLimits) -> None:
        self._limits = limits
        self._entries: dict[str, Entry] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries.values()))

    @property
    def watchers(self) -> int:
        """All watchers of all channels."""
        return sum(entry.watchers for entry in self)

    def get(self, channel: str) -> Entry | None:
        """The live query on `channel`, or None."""
        return self._entries.get(channel)

    def open(self, prepared: Prepared) -> Entry:
        """A new entry. Raises `Unavailable` when there are too many."""
        if len(self._entries) >= self._limits.live_queries:
            message = f"There are already {self._limits.live_queries} live queries; watch fewer different ones."
            raise Unavailable(message, code="too_many_live_queries", retry_after=_RETRY_SECONDS)
        entry = self._entries[prepared.name] = Entry(prepared)
        return entry

    def leave(self, channel: str, monotonic: float, pace: Pace) -> None:
        """One watcher less, of those at `pace`."""
        entry = self._entries.get(channel)
        if entry is not None and entry.watchers > 0:
            entry.leave(pace)
            if entry.watchers == 0:
                entry.left_at = monotonic

    def forgotten(self, monotonic: float) -> list[Entry]:
        """The entries that nobody has watched for the linger; they are taken out."""
        old = [entry for entry in self._entries.values() if self._abandoned(entry, monotonic)]
        for entry in old:
            del self._entries[entry.channel]
        return old

    def pause(self, monotonic: float) -> float:
        """Seconds until some entry is to be forgotten; infinite if none is."""
        left = [entry.left_at for entry in self._entries.values() if entry.left_at is not None and not entry.watchers]
        return min((at + self._limits.linger - monotonic for at in left), default=float("inf"))

    def drop(self, entry: Entry) -> None:
        """Take an entry out at once."""
        self._entries.pop(entry.channel, None)

    def _abandoned(self, entry: Entry, monotonic: float) -> bool:
        if entry.watchers or entry.joining:
            return False
        if entry.left_at is None:
            entry.left_at = monotonic
        return monotonic - entry.left_at >= self._limits.linger
