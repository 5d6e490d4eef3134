"""Windows over the panes of a state. There are two kinds of view: see `direct` and `merged`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from nowboard.clock import Micros
from nowboard.live.aggregates import Parts
from nowboard.live.cells import Cells
from nowboard.live.columns import Ints
from nowboard.live.groups import Key
from nowboard.query.windows import Bounds, WindowPlan


class Panes:
    """Which slot of `cells` each key of each pane has; `keys` names the key of a slot."""

    def __init__(self, cells: Cells, pane_place: int | None) -> None:
        self.cells = cells
        self.pane_place = pane_place
        self.by_pane: dict[Micros | None, dict[Key, int]] = {}
        self.keys: list[Key] = []
        self.groups = 0

    def slots(self, where: Where, keys: Sequence[Key]) -> Ints:
        """The slot of each group; new groups get one."""
        held = {pane: self.by_pane.setdefault(pane, {}) for pane in where.distinct}
        panes = where.panes
        found = [held[pane].get(key, -1) for pane, key in zip(panes, keys, strict=True)]
        slots = np.array(found, dtype=np.int64)
        missing = np.flatnonzero(slots < 0)
        if len(missing):
            fresh = self.cells.allocate(len(missing))
            slots[missing] = fresh
            self.groups += len(fresh)
            self.keys.extend([()] * (self.cells.capacity - len(self.keys)))
            for place, slot in zip(missing.tolist(), fresh.tolist(), strict=True):
                held[panes[place]][keys[place]] = slot
                self.keys[slot] = keys[place]
        return slots

    def slots_of(self, pane: Micros | None) -> Ints:
        """The slots of a pane."""
        held = self.by_pane.get(pane, {})
        return np.fromiter(held.values(), dtype=np.int64, count=len(held))

    def drop(self, pane: Micros | None) -> None:
        """Forget a pane."""
        slots = self.slots_of(pane)
        del self.by_pane[pane]
        self.cells.release(slots)
        self.groups -= len(slots)


class Span:
    """Where a window stands. It only moves forward: an instant before the last one is taken for the last one."""

    def __init__(self, window: WindowPlan, now: Micros) -> None:
        self._window = window
        self._now = now
        self.bounds = window.bounds(now)
        self.next_change = window.next_change(now)

    def move(self, now: Micros) -> bool:
        """Move to `now`; says whether the bounds changed."""
        if self.next_change is None or now < self.next_change:
            return False
        before = self.bounds
        self._now = max(now, self._now)
        self.bounds = self._window.bounds(self._now)
        self.next_change = self._window.next_change(self._now)
        return self.bounds != before

    def holds(self, pane: Micros | None) -> bool:
        """Whether the pane lies in the window."""
        return _holds(self.bounds, pane)

    def may_hold(self, pane: Micros | None) -> bool:
        """Whether the pane lies in the window now or could later."""
        if self.next_change is None or pane is None:
            return _holds(self.bounds, pane)
        return self.bounds.start is None or pane >= self.bounds.start

    def inside(self, where: Where) -> frozenset[Micros | None]:
        """The panes among those of a batch that lie in the window."""
        return frozenset(pane for pane in where.distinct if self.holds(pane))


@dataclass(frozen=True)
class Where:
    """The pane of each group of a batch, and each pane once."""

    panes: Sequence[Micros | None]
    distinct: frozenset[Micros | None]

    def among(self, wanted: frozenset[Micros | None]) -> Ints | None:
        """The places of the groups whose pane is wanted; None when all are."""
        if self.distinct <= wanted:
            return None
        return np.array([place for place, pane in enumerate(self.panes) if pane in wanted], dtype=np.int64)


class View(Protocol):
    """The accumulators of every key in a window, and which keys changed since they were last taken."""

    span: Span
    gone: list[Key]
    """Keys that left since they were last taken; one of them may have come back since."""

    @property
    def pending(self) -> bool:
        """Whether any key changed, appeared or went."""
        ...

    def may_show(self, pane: Micros | None) -> bool:
        """Whether this view shows the pane, or could after the clock has moved."""
        ...

    def note(self, where: Where, slots: Ints, parts: Sequence[Parts]) -> None:
        """Follow what was just folded into the state's `slots`."""
        ...

    def move(self, now: Micros) -> bool:
        """Move the window to `now`; says whether it moved."""
        ...

    def take(self) -> tuple[list[Key], Ints, list[Key]]:
        """The keys that changed with their slots, and those that went, since the last call."""
        ...

    def all(self) -> tuple[list[Key], Ints]:
        """Every key in the window with its slot."""
        ...

    def find(self, keys: Sequence[Key]) -> Ints:
        """The slots of `keys`; -1 for one that is not in the window."""
        ...

    def read(self, place: int, slots: Ints) -> Parts:
        """The states of the aggregate at `place`."""
        ...


class Marks:
    """Numbers that were marked since they were last taken; grows with the largest."""

    def __init__(self) -> None:
        self._marked = np.zeros(0, dtype=np.bool_)
        self.any = False

    def add(self, numbers: Ints) -> None:
        """Mark numbers."""
        if len(numbers):
            least = int(numbers.max()) + 1
            if len(self._marked) < least:
                longer = np.zeros(2 * least, dtype=np.bool_)
                longer[: len(self._marked)] = self._marked
                self._marked = longer
            self._marked[numbers] = True
            self.any = True

    def remove(self, numbers: Ints) -> None:
        """Unmark numbers."""
        known = numbers[numbers < len(self._marked)]
        self._marked[known] = False

    def take(self) -> Ints:
        """The numbers marked, none of which is marked any more."""
        found = np.flatnonzero(self._marked)
        self._marked[found] = False
        self.any = False
        return found


def grown(array: Ints, least: int, fill: int) -> Ints:
    """`array`, or a longer copy of it when it has fewer than `least` items."""
    if len(array) >= least:
        return array
    longer = np.full(2 * least, fill, dtype=np.int64)
    longer[: len(array)] = array
    return longer


def leaving(shown: set[Micros | None], span: Span) -> list[Micros | None]:
    """The panes shown that left the window."""
    return [pane for pane in shown if not span.holds(pane)]


def entering(panes: Panes, shown: set[Micros | None], span: Span) -> Iterator[Micros | None]:
    """The panes that came into the window."""
    return (pane for pane in list(panes.by_pane) if pane not in shown and span.holds(pane))


def _holds(bounds: Bounds, pane: Micros | None) -> bool:
    if pane is None:
        return bounds.start is None and bounds.end is None
    return (bounds.start is None or pane >= bounds.start) and (bounds.end is None or pane < bounds.end)
