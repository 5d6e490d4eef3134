"""A channel: the newest state of one live query and the tail of updates that led there."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from nowboard.hub.limits import HubLimits
from nowboard.hub.reducer import KeyOf, Table, merge_all
from nowboard.hub.stats import HubStats
from nowboard.model.frames import Change, Position, Result, Update
from nowboard.model.wire import Delta, Snapshot

if TYPE_CHECKING:
    from nowboard.hub.audience import Audience

FROM_START: Final = -1
"""The cursor of a viewer that holds nothing: it gets a snapshot."""

ENCODER: Final = msgspec.json.Encoder()

_SMALL: Final = 64
"""Rows up to which a delta is always sent as one, however small the result is."""


class Entry:
    """One change of the tail. `mark` is the newest offset the hub had seen on any channel when it came."""

    __slots__ = ("at", "change", "ingested_at", "mark", "weight")

    def __init__(self, change: Change, at: float, mark: int, ingested_at: int | None) -> None:
        self.change = change
        self.at = at
        self.mark = mark
        self.ingested_at = ingested_at
        cells = sum(map(len, change.upsert)) + sum(map(len, change.remove))
        self.weight = 64 + 16 * cells  # a cell of the demo's results takes 9 to 20 bytes as JSON


class Channel:
    """Numbers its updates 0, 1, 2 …; `head` is the number of the next one.

    A viewer's place is a cursor: the number of the first update that it does not hold. Whatever lies between a cursor
    and the head leaves as one frame, which is encoded once and shared by all viewers with that cursor.
    `name` is unique to this incarnation: who comes back with it was a viewer of this very object.
    """

    __slots__ = (
        "_created_mark", "_evicted_mark", "_first", "_floor", "_floor_held", "_folded", "_frames",
        "_key_of", "_limits", "_newest", "_snapshot", "_state", "_stats", "_tail", "_weight", "_whole", "audiences",
        "epoch", "head", "name", "users",
    )  # fmt: skip

    def __init__(self, name: str, result: Result, mark: int, limits: HubLimits, stats: HubStats) -> None:
        self.name = name
        self.epoch = result.epoch
        self.head = 0
        self.users = 0
        """Sessions that hold this channel, and requests that are about to."""
        self.audiences: set[Audience] = set()
        self._limits = limits
        self._stats = stats
        self._state = Table(result)
        self._folded = 0  # the state holds everything before this number
        self._key_of = KeyOf(result)
        self._newest = result.offset
        self._whole = False  # the last update was a whole result, so the newest one is all there is to hold
        self._tail: deque[Entry] = deque()
        self._first = 0  # the number of the first entry of the tail
        self._weight = 0
        self._floor = result.offset
        self._floor_held = True  # whoever is at `_floor` misses nothing that is gone from the tail
        self._created_mark = mark
        self._evicted_mark = -1
        self._frames: dict[int, bytes] = {}
        self._snapshot: bytes | None = None

    def append(self, update: Update, at: float, mark: int) -> bool:
        """Take the next update; False when it is older than what is held."""
        content = update.content
        if content.offset < self._newest and not (isinstance(content, Result) and content.epoch != self.epoch):
            return False
        self._frames.clear()
        self._snapshot = None
        self.head += 1
        if isinstance(content, Result):
            self._replace(content, mark)
        else:
            if content.base > self._newest:  # steps that changed nothing are not published, and none is ever lost
                content = msgspec.structs.replace(content, base=self._newest)
            entry = Entry(content, at, mark, update.ingested_at)
            self._tail.append(entry)
            self._weight += entry.weight
            self._newest = content.offset
            self._whole = False
            self._evict(at)
        return True

    def frame(self, cursor: int) -> tuple[bytes, int]:
        """The encoded message that brings a viewer at `cursor` to the head, and how many updates were merged away."""
        if cursor < self._first:
            return self.snapshot(), max(0, self.head - cursor - 1) if cursor != FROM_START else 0
        frame = self._frames.get(cursor)
        if frame is None:
            frame = self._frames[cursor] = self._encode_since(cursor)
        return frame, self.head - cursor - 1

    def snapshot(self) -> bytes:
        """The encoded snapshot at the head."""
        if self._snapshot is None:
            result = self.result()
            self._stats.encodes += 1
            self._stats.snapshots += 1
            members = {name: getattr(result, name) for name in Result.__struct_fields__}
            self._snapshot = ENCODER.encode(Snapshot(channel=self.name, **members))
        return self._snapshot

    def result(self) -> Result:
        """The whole result at the head."""
        for entry in islice(self._tail, self._folded - self._first, None):
            self._state.apply(entry.change)
        self._folded = self.head
        return self._state.result()

    def resume(self, position: Position) -> int | None:
        """The cursor of a viewer that holds `position`, or None when part of what it missed is gone."""
        epoch, offset = position
        if epoch != self.epoch or offset > self._newest:
            return None
        if self._whole:
            return FROM_START
        if offset < self._floor or (offset == self._floor and not self._floor_held):
            return None
        for number, entry in enumerate(self._tail, self._first):
            change = entry.change
            if change.offset > offset or (change.offset == offset and change.base == offset):
                return number
        return self.head

    def resume_at_mark(self, position: Position) -> int | None:
        """Like `resume`, for a viewer that held every channel when the hub's newest offset was `position`'s."""
        epoch, mark = position
        if epoch != self.epoch or mark <= self._created_mark or mark <= self._evicted_mark:
            return None
        if self._whole:
            return FROM_START
        missed = (number for number, entry in enumerate(self._tail, self._first) if entry.mark >= mark)
        return next(missed, self.head)

    def ingested_at(self, offset: int) -> int | None:
        """When the events behind the update that ends at `offset` were received, if it is still known."""
        for entry in reversed(self._tail):
            if entry.change.offset == offset:
                return entry.ingested_at
            if entry.change.offset < offset:
                break
        return None

    def _replace(self, result: Result, mark: int) -> None:
        self._tail.clear()
        self._weight = 0
        self._first = self._folded = self.head
        self.epoch = result.epoch
        self._newest = result.offset
        self._floor, self._floor_held = result.offset, False
        self._evicted_mark = mark
        self._state.replace(result)
        self._key_of = KeyOf(result)
        self._whole = True

    def _encode_since(self, cursor: int) -> bytes:
        changes = [entry.change for entry in islice(self._tail, cursor - self._first, None)]
        merged = merge_all(changes, self._key_of)
        if len(changes) > 1 and len(merged.upsert) + len(merged.remove) > max(_SMALL, len(self._state)):
            return self.snapshot()
        self._stats.encodes += 1
        members = {name: getattr(merged, name) for name in Change.__struct_fields__}
        return ENCODER.encode(Delta(channel=self.name, conflated=len(changes) - 1, **members))

    def _evict(self, now: float) -> None:
        limits, tail = self._limits, self._tail
        oldest = now - limits.tail_age
        while len(tail) > 1 and (
            len(tail) > limits.tail_updates or self._weight > limits.tail_bytes or tail[0].at < oldest
        ):
            gone = tail.popleft()
            if self._folded == self._first:
                self._state.apply(gone.change)
                self._folded += 1
            self._first += 1
            self._weight -= gone.weight
            self._floor = gone.change.offset
            self._floor_held = gone.change.base < gone.change.offset
            self._evicted_mark = gone.mark
