"""A state that live queries share, from its loading to its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from nowboard.clock import Micros
from nowboard.live.aggregates import Law
from nowboard.live.batch import Batch
from nowboard.live.grouping import Grouping, aggregate_name, scalars_of
from nowboard.live.inbox import rows_of
from nowboard.live.limits import LiveLimits
from nowboard.live.state import GroupState
from nowboard.model.events import Record
from nowboard.query.plan import Aggregate, Scalar
from nowboard.query.windows import Bounds


class Phase(Enum):
    """Where a shared state is in its life."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True)
class Need:
    """What a query needs of a state: these aggregates, grouped so, complete over `range`."""

    grouping: Grouping
    aggregates: tuple[Aggregate, ...]
    range: Bounds


class SharedState:
    """A `GroupState`, which rows it is complete for, and the records that wait while it is loaded.

    `covers` are the bounds within which it has every event; an open end means that later events are kept as well.
    """

    def __init__(self, need: Need, laws: Sequence[Law], limits: LiveLimits) -> None:
        self.grouping = need.grouping
        self.aggregates = need.aggregates
        self.covers = need.range
        self.phase = Phase.LOADING
        self.failure: Exception | None = None
        self.waiting: list[Record] = []
        self.waiting_rows = 0
        self.users = 0
        grouping = need.grouping
        paned = grouping.pane is not None
        self.state = GroupState(laws, max_groups=limits.groups, paned=paned, pane_place=grouping.pane_place)
        self._places = {aggregate_name(each): place for place, each in enumerate(need.aggregates)}

    def serves(self, need: Need) -> bool:
        """Whether a query with this need can join."""
        if self.phase is Phase.FAILED or self.grouping.name != need.grouping.name:
            return False
        known = all(aggregate_name(each) in self._places for each in need.aggregates)
        return known and _within(need.range, self.covers)

    def places(self, aggregates: Sequence[Aggregate]) -> tuple[int, ...]:
        """Where each of `aggregates` lies in this state's cells."""
        return tuple(self._places[aggregate_name(each)] for each in aggregates)

    def scalars(self) -> Iterator[Scalar]:
        """Everything that must be evaluated for a batch to be folded in."""
        yield from self.grouping.scalars()
        for aggregate in self.aggregates:
            yield from scalars_of(aggregate)

    def hold(self, records: Sequence[Record]) -> None:
        """Keep records until the history before them is loaded."""
        self.waiting.extend(records)
        self.waiting_rows += sum(rows_of(record) for record in records)

    def take_waiting(self, after: int) -> list[Record]:
        """What was held and is not part of a snapshot at offset `after`."""
        held, self.waiting, self.waiting_rows = self.waiting, [], 0
        return [record for record in held if record.offset > after]

    def fold(self, batch: Batch) -> None:
        """Merge a batch in."""
        groups = batch.groups(self.grouping)
        if groups.size == 0:
            return
        laws = zip(self.aggregates, self.state.laws, strict=True)
        partials = [batch.partials(self.grouping, aggregate, law) for aggregate, law in laws]
        self.state.fold(groups.panes, groups.keys, partials)

    def forget(self) -> None:
        """Drop what lies before every window that looks at this state."""
        start = self.state.earliest()
        if start is not None and (self.covers.start is None or start > self.covers.start):
            self.covers = Bounds(start, self.covers.end)
            self.state.forget()

    def reaches(self, instant: Micros) -> bool:
        """Whether it knows anything before `instant`."""
        return self.covers.start is None or self.covers.start < instant

    def fail(self, error: Exception) -> None:
        """Give up: the state has missed something."""
        self.phase = Phase.FAILED
        self.failure = error
        self.waiting, self.waiting_rows = [], 0


def _within(inner: Bounds, outer: Bounds) -> bool:
    starts = outer.start is None or (inner.start is not None and inner.start >= outer.start)
    ends = outer.end is None or (inner.end is not None and inner.end <= outer.end)
    return starts and ends
