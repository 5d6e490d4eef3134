"""A window over the panes of a state, kept merged.

An update costs its dirty keys, a step of the window costs the keys of the panes that left or came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nowboard.clock import Micros
from nowboard.live.aggregates import Aggregator
from nowboard.live.groups import Key
from nowboard.query.windows import Bounds, WindowPlan

Cells = dict[Key, list[Any]]


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


class View:
    """The merged accumulators of every key in a window, and which keys changed since they were last read."""

    def __init__(
        self, laws: Sequence[Aggregator[Any]], panes: Mapping[Micros | None, Cells], span: Span, *, one_pane: bool
    ) -> None:
        self.span = span
        self.cells: Cells = {}
        self.dirty: set[Key] = set()
        self._laws = laws
        self._panes = panes
        self._one_pane = one_pane
        self._shown: set[Micros | None] = set()
        self._enter(pane for pane in panes if span.holds(pane))

    def may_show(self, pane: Micros | None) -> bool:
        """Whether this view shows the pane, or could after the clock has moved."""
        return self.span.may_hold(pane)

    def take_dirty(self) -> set[Key]:
        """The keys whose accumulators changed, appeared or went since the last call."""
        dirty, self.dirty = self.dirty, set()
        return dirty

    def note(self, panes: Sequence[Micros | None], keys: Sequence[Key], partials: Sequence[Sequence[Any]]) -> None:
        """Follow what was just folded into the state."""
        shown = {pane for pane in set(panes) if self.span.holds(pane)}
        self._shown |= shown
        places = [place for place, pane in enumerate(panes) if pane in shown]
        touched = [keys[place] for place in places]
        self.dirty.update(touched)
        if self._one_pane:
            for place in places:
                self.cells[keys[place]] = self._panes[panes[place]][keys[place]]
            return
        cells = [self._cell(key) for key in touched]
        for index, (law, column) in enumerate(zip(self._laws, partials, strict=True)):
            merge = law.merge
            for cell, place in zip(cells, places, strict=True):
                partial = column[place]
                if partial is not None:
                    cell[index] = merge(cell[index], partial)

    def move(self, now: Micros) -> bool:
        """Move the window to `now`; says whether it moved. Panes that left or came make their keys dirty."""
        if not self.span.move(now):
            return False
        left = {pane for pane in self._shown if not self.span.holds(pane)}
        self._leave(left)
        self._enter([pane for pane in self._panes if pane not in self._shown and self.span.holds(pane)])
        return True

    def _cell(self, key: Key) -> list[Any]:
        cell = self.cells.get(key)
        if cell is None:
            cell = self.cells[key] = [None] * len(self._laws)
        return cell

    def _enter(self, panes: Iterable[Micros | None]) -> None:
        for pane in panes:
            self._shown.add(pane)
            held = self._panes[pane]
            self.dirty.update(held)
            if self._one_pane:
                self.cells.update(held)
                continue
            for key, states in held.items():
                self._add(self._cell(key), states)

    def _add(self, cell: list[Any], states: Sequence[Any]) -> None:
        for place, law in enumerate(self._laws):
            if states[place] is not None:
                cell[place] = law.merge(cell[place], states[place])

    def _leave(self, panes: set[Micros | None]) -> None:
        self._shown -= panes
        gone: set[Key] = set()
        for pane in panes:
            gone.update(self._panes.get(pane, ()))
        self.dirty |= gone
        remaining = [] if self._one_pane else [self._panes[pane] for pane in sorted(self._shown, key=_by_time)]
        for key in gone:
            self._rebuild(key, remaining)

    def _rebuild(self, key: Key, remaining: Sequence[Cells]) -> None:
        parts = [cells[key] for cells in remaining if key in cells]
        if not parts:
            self.cells.pop(key, None)
            return
        cell: list[Any] = [None] * len(self._laws)
        for states in parts:
            self._add(cell, states)
        self.cells[key] = cell


def _by_time(pane: Micros | None) -> Micros:
    return 0 if pane is None else pane


def _holds(bounds: Bounds, pane: Micros | None) -> bool:
    if pane is None:
        return bounds.start is None and bounds.end is None
    return (bounds.start is None or pane >= bounds.start) and (bounds.end is None or pane < bounds.end)
