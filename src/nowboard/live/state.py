"""The state behind live queries: pane -> key -> one accumulator state per aggregate.

Only the applier's thread touches it. Queries that read the same rows, grouped alike, share one state and look at it
through views, each with its own window.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from nowboard.clock import Micros
from nowboard.live.aggregates import Aggregator
from nowboard.live.groups import Key
from nowboard.live.view import Cells, Span, View

Partials = Sequence[Sequence[Any]]
"""Per aggregate, one state (or None) per group."""


class Overgrown(Exception):
    """A state holds more groups than it may; the query has to be re-run instead."""


class GroupState:
    """Accumulators of one stream, filter and grouping, split into panes.

    `one_pane` says that a key never occurs in two panes (there are none, or the key holds the pane's own bucket), so
    that views read the accumulators where they lie.
    """

    def __init__(self, laws: Sequence[Aggregator[Any]], *, one_pane: bool, max_groups: int) -> None:
        self.laws = tuple(laws)
        self.one_pane = one_pane
        self.panes: dict[Micros | None, Cells] = {}
        self.groups = 0
        self._max_groups = max_groups
        self._views: list[View] = []

    def open(self, span: Span) -> View:
        """A view of the window `span`; it sees what the state holds and everything folded in later."""
        view = View(self.laws, self.panes, span, one_pane=self.one_pane)
        self._views.append(view)
        return view

    def close(self, view: View) -> None:
        """Forget a view."""
        self._views.remove(view)

    def load(self, panes: Sequence[Micros | None], keys: Sequence[Key], partials: Partials) -> None:
        """Merge history in, before any view is open."""
        merge_columns(self.laws, self._cells(panes, keys), partials)

    def fold(self, panes: Sequence[Micros | None], keys: Sequence[Key], partials: Partials) -> None:
        """Merge one state per aggregate and group. Groups of panes that no window can show again are left out.

        Before the first view is open, all are kept: the state has just been loaded and waits for its queries.
        Raises `Overgrown` when there are too many groups; the state is of no use then.
        """
        wanted = {pane for pane in set(panes) if not self._views or any(view.may_show(pane) for view in self._views)}
        chosen = [place for place, pane in enumerate(panes) if pane in wanted]
        if len(chosen) < len(keys):
            panes, keys = [panes[place] for place in chosen], [keys[place] for place in chosen]
            partials = [[column[place] for place in chosen] for column in partials]
        merge_columns(self.laws, self._cells(panes, keys), partials)
        for view in self._views:
            view.note(panes, keys, partials)
        if self.groups > self._max_groups:
            raise Overgrown(f"More than {self._max_groups} groups.")

    def earliest(self) -> Micros | None:
        """Where the earliest window starts; None when one has no start or there is no window."""
        starts = [view.span.bounds.start for view in self._views]
        known = [start for start in starts if start is not None]
        return min(known) if known and len(known) == len(starts) else None

    def forget(self) -> None:
        """Drop the panes that no window will show again."""
        for pane in [pane for pane in self.panes if not any(view.may_show(pane) for view in self._views)]:
            self.groups -= len(self.panes.pop(pane))

    def _cells(self, panes: Sequence[Micros | None], keys: Sequence[Key]) -> list[list[Any]]:
        """The accumulators of each group, made where there were none."""
        width = len(self.laws)
        cells: list[list[Any]] = []
        for pane, key in zip(panes, keys, strict=True):
            held = self.panes.get(pane)
            if held is None:
                held = self.panes[pane] = {}
            cell = held.get(key)
            if cell is None:
                cell = held[key] = [None] * width
                self.groups += 1
            cells.append(cell)
        return cells


def merge_columns(laws: Iterable[Aggregator[Any]], cells: Sequence[list[Any]], partials: Partials) -> None:
    """Merge `partials` into `cells`, aggregate by aggregate."""
    for place, (law, column) in enumerate(zip(laws, partials, strict=True)):
        merge = law.merge
        for cell, partial in zip(cells, column, strict=True):
            if partial is not None:
                cell[place] = merge(cell[place], partial)
