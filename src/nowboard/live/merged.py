"""A view that keeps the panes of its window merged per key.

An update costs its own keys, a step of the window costs the keys of the panes that left or came. Nothing is ever
subtracted: keys of a pane that left are merged anew from the panes that stay.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nowboard.clock import Micros
from nowboard.live.aggregates import Law, Parts
from nowboard.live.cells import Cells
from nowboard.live.columns import Ints
from nowboard.live.groups import Key
from nowboard.live.view import Marks, Panes, Span, Where, entering, grown, leaving


class MergedView:
    """See `nowboard.live.view.View`. Slots are the view's own.

    `_own` maps a slot of the state to the view's (-1: its pane is not shown), `_counts` says in how many shown panes a
    key occurs.
    """

    def __init__(self, laws: Sequence[Law], panes: Panes, span: Span) -> None:
        self.span = span
        self.gone: list[Key] = []
        self._laws = tuple(laws)
        self._panes = panes
        self._cells = Cells(laws)
        self._index: dict[Key, int] = {}
        self._keys: list[Key] = []
        self._own: Ints = np.zeros(0, dtype=np.int64)
        self._counts: Ints = np.zeros(0, dtype=np.int64)
        self._dirty = Marks()
        self._shown: set[Micros | None] = set()
        self._enter()

    @property
    def pending(self) -> bool:
        return self._dirty.any or bool(self.gone)

    def may_show(self, pane: Micros | None) -> bool:
        return self.span.may_hold(pane)

    def note(self, where: Where, slots: Ints, parts: Sequence[Parts]) -> None:
        inside = self.span.inside(where)
        self._shown |= inside
        places = where.among(inside)
        if places is not None:
            slots, parts = slots[places], [tuple(column[places] for column in columns) for columns in parts]
        self._merge(slots, parts, one_pane=len(inside) < 2)

    def move(self, now: Micros) -> bool:
        if not self.span.move(now):
            return False
        self._leave(leaving(self._shown, self.span))
        self._enter()
        return True

    def take(self) -> tuple[list[Key], Ints, list[Key]]:
        slots = self._dirty.take()
        gone, self.gone = self.gone, []
        return [self._keys[slot] for slot in slots.tolist()], slots, gone

    def all(self) -> tuple[list[Key], Ints]:
        return list(self._index), np.fromiter(self._index.values(), dtype=np.int64, count=len(self._index))

    def find(self, keys: Sequence[Key]) -> Ints:
        return np.array([self._index.get(key, -1) for key in keys], dtype=np.int64)

    def read(self, place: int, slots: Ints) -> Parts:
        return self._cells.read(place, slots)

    def _merge(self, slots: Ints, parts: Sequence[Parts], *, one_pane: bool) -> None:
        """Merge states of the state's `slots` into their keys. Within one pane a key occurs once."""
        own = self._owned(slots)
        if not one_pane:
            own, ids = np.unique(own, return_inverse=True)
            parts = [law.reduce(ids, len(own), columns) for law, columns in zip(self._laws, parts, strict=True)]
        self._cells.merge(own, parts)
        self._dirty.add(own)

    def _owned(self, slots: Ints) -> Ints:
        """The view's slots for those of the state; keys that are new to the window get one."""
        self._own = grown(self._own, self._panes.cells.capacity, -1)
        own = self._own[slots]
        for place in np.flatnonzero(own < 0).tolist():
            slot = int(slots[place])
            found = self._index.get(self._panes.keys[slot])
            if found is None:
                found = self._new(self._panes.keys[slot])
            own[place] = self._own[slot] = found
            self._counts[found] += 1
        return own

    def _new(self, key: Key) -> int:
        slot = int(self._cells.allocate(1)[0])
        self._index[key] = slot
        self._counts = grown(self._counts, self._cells.capacity, 0)
        self._keys.extend([()] * (self._cells.capacity - len(self._keys)))
        self._keys[slot] = key
        self._counts[slot] = 0
        return slot

    def _enter(self) -> None:
        for pane in entering(self._panes, self._shown, self.span):
            self._shown.add(pane)
            slots = self._panes.slots_of(pane)
            self._merge(slots, self._panes.cells.read_all(slots), one_pane=True)

    def _leave(self, panes: Sequence[Micros | None]) -> None:
        touched: list[Ints] = []
        for pane in panes:
            self._shown.remove(pane)
            slots = self._panes.slots_of(pane)
            own = self._own[slots]
            self._own[slots] = -1
            self._counts[own] -= 1
            touched.append(own)
        if not touched:
            return
        own = np.unique(np.concatenate(touched))
        self._take_out(own[self._counts[own] == 0])
        self._merge_anew(own[self._counts[own] > 0])

    def _take_out(self, own: Ints) -> None:
        for slot in own.tolist():
            key = self._keys[slot]
            self.gone.append(key)
            del self._index[key]
        self._dirty.remove(own)
        self._cells.release(own)

    def _merge_anew(self, own: Ints) -> None:
        if not len(own):
            return
        numbers = np.full(self._cells.capacity, -1, dtype=np.int64)
        numbers[own] = np.arange(len(own))
        slots = np.flatnonzero(self._own >= 0)
        ids = numbers[self._own[slots]]
        slots, ids = slots[ids >= 0], ids[ids >= 0]
        self._cells.clear(own)
        states = zip(self._laws, self._panes.cells.read_all(slots), strict=True)
        self._cells.merge(own, [law.reduce(ids, len(own), parts) for law, parts in states])
        self._dirty.add(own)
