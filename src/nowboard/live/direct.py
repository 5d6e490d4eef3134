"""A view whose keys never occur in two panes: it reads the state's accumulators where they lie."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nowboard.clock import Micros
from nowboard.live.aggregates import Parts
from nowboard.live.columns import Ints
from nowboard.live.groups import Key
from nowboard.live.view import Marks, Panes, Span, Where, entering, leaving


class DirectView:
    """See `nowboard.live.view.View`. Slots are those of the state."""

    def __init__(self, panes: Panes, span: Span) -> None:
        self.span = span
        self.gone: list[Key] = []
        self._panes = panes
        self._dirty = Marks()
        self._shown: set[Micros | None] = set()
        self._enter()

    @property
    def pending(self) -> bool:
        return self._dirty.any or bool(self.gone)

    def may_show(self, pane: Micros | None) -> bool:
        return self.span.may_hold(pane)

    def note(self, where: Where, slots: Ints, parts: Sequence[Parts]) -> None:  # noqa: ARG002 - read when taken
        inside = self.span.inside(where)
        self._shown |= inside
        places = where.among(inside)
        self._dirty.add(slots if places is None else slots[places])

    def move(self, now: Micros) -> bool:
        if not self.span.move(now):
            return False
        for pane in leaving(self._shown, self.span):
            self._shown.remove(pane)
            self.gone.extend(self._panes.by_pane.get(pane, ()))
            self._dirty.remove(self._panes.slots_of(pane))
        self._enter()
        return True

    def take(self) -> tuple[list[Key], Ints, list[Key]]:
        slots = self._dirty.take()
        gone, self.gone = self.gone, []
        keys = self._panes.keys
        return [keys[slot] for slot in slots.tolist()], slots, gone

    def all(self) -> tuple[list[Key], Ints]:
        found = [(key, slot) for pane in self._shown for key, slot in self._panes.by_pane.get(pane, {}).items()]
        return [key for key, _ in found], np.array([slot for _, slot in found], dtype=np.int64)

    def find(self, keys: Sequence[Key]) -> Ints:
        return np.array([self._find(key) for key in keys], dtype=np.int64)

    def read(self, place: int, slots: Ints) -> Parts:
        return self._panes.cells.read(place, slots)

    def _find(self, key: Key) -> int:
        place = self._panes.pane_place
        named = None if place is None else key[place]
        pane = named if isinstance(named, int) else None
        return self._panes.by_pane[pane].get(key, -1) if pane in self._shown else -1

    def _enter(self) -> None:
        for pane in entering(self._panes, self._shown, self.span):
            self._shown.add(pane)
            self._dirty.add(self._panes.slots_of(pane))
