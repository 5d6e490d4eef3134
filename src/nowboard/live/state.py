"""The state behind live queries: accumulators per pane and key.

Only the applier's thread touches it. Queries that read the same rows, grouped alike, share one state and look at it
through views, each with its own window.
"""

from __future__ import annotations

from collections.abc import Sequence

from nowboard.clock import Micros
from nowboard.live.aggregates import Law, Parts
from nowboard.live.cells import Cells
from nowboard.live.direct import DirectView
from nowboard.live.groups import Key
from nowboard.live.merged import MergedView
from nowboard.live.view import Panes, Span, View, Where


class Overgrown(Exception):
    """A state holds more groups than it may; the query has to be re-run instead."""


class GroupState:
    """Accumulators of one stream, filter and grouping, split into panes.

    `pane_place` says which part of a key is the pane's own first instant, if one is; a key then never occurs in two
    panes, and views read the accumulators where they lie. So they do when `paned` is False: all keys are in pane None.
    """

    def __init__(self, laws: Sequence[Law], *, max_groups: int, paned: bool, pane_place: int | None = None) -> None:
        self.laws = tuple(laws)
        self.panes = Panes(Cells(laws), pane_place)
        self._direct = not paned or pane_place is not None
        self._max_groups = max_groups
        self._views: list[View] = []

    def open(self, span: Span) -> View:
        """A view of the window `span`; it sees what the state holds and everything folded in later."""
        view: View = DirectView(self.panes, span) if self._direct else MergedView(self.laws, self.panes, span)
        self._views.append(view)
        return view

    def close(self, view: View) -> None:
        """Forget a view."""
        self._views.remove(view)

    def fold(self, panes: Sequence[Micros | None], keys: Sequence[Key], parts: Sequence[Parts]) -> None:
        """Merge one state per aggregate and group. Groups of panes that no window can show again are left out.

        Before the first view is open, all are kept: the state has just been loaded and waits for its queries. Raises
        `Overgrown` when there are too many groups; the state is of no use then.
        """
        where = Where(panes, frozenset(panes))
        wanted = frozenset(pane for pane in where.distinct if self._wanted(pane))
        places = where.among(wanted)
        if places is not None:
            where = Where([panes[place] for place in places.tolist()], wanted)
            keys = [keys[place] for place in places.tolist()]
            parts = [tuple(column[places] for column in columns) for columns in parts]
        slots = self.panes.slots(where, keys)
        self.panes.cells.merge(slots, parts)
        for view in self._views:
            view.note(where, slots, parts)
        if self.panes.groups > self._max_groups:
            raise Overgrown(f"More than {self._max_groups} groups.")

    def earliest(self) -> Micros | None:
        """Where the earliest window starts; None when one has no start or there is no window."""
        starts = [view.span.bounds.start for view in self._views]
        known = [start for start in starts if start is not None]
        return min(known) if known and len(known) == len(starts) else None

    def forget(self) -> None:
        """Drop the panes that no window will show again."""
        for pane in [pane for pane in self.panes.by_pane if not self._wanted(pane)]:
            self.panes.drop(pane)

    def _wanted(self, pane: Micros | None) -> bool:
        return not self._views or any(view.may_show(pane) for view in self._views)
