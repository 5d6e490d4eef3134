"""Grids: how time is cut into buckets and panes, once in Python and once as SQL, with equal answers.

`floor(t)` is the first instant of the cell that holds `t`; `after(t)` is the first instant of the next cell. Cells of
less than a day follow the clock on the wall: a cell ends where the clock reads a multiple of the step. Where the clock
is set forward or back inside a cell, the cell is shorter or longer. Steps that do not divide a day are counted in UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import gcd
from typing import Final, Protocol

from sqlglot import exp

from nowboard.clock import DAY, SECOND, WEEK, Micros
from nowboard.errors import BadQuery
from nowboard.query.durations import parse_duration
from nowboard.query.sqltime import (
    MOST_CHANGES,
    Bounds,
    bucket,
    calendar_cell,
    clock_cell,
    month_bucket,
    shifted,
    stepwise,
    timestamp,
)
from nowboard.query.zones import Zone, from_micros, month_start

MONDAY: Final[Micros] = 4 * DAY
"""The first Monday after the epoch: weeks start on Mondays."""


class Grid(Protocol):
    """A partition of time into cells that are in order and have no holes."""

    def floor(self, instant: Micros) -> Micros:
        """The first instant of the cell that holds `instant`."""
        ...

    def after(self, instant: Micros) -> Micros:
        """The first instant of the cell after the one that holds `instant`."""
        ...

    def tree(self, time: exp.Expr, within: Bounds | None = None) -> exp.Expr:
        """`floor` as SQL. With `within` it is only right for instants in those bounds, and cheaper."""
        ...


@dataclass(frozen=True)
class FixedGrid:
    """Cells of one length, counted from `origin`."""

    step: Micros
    origin: Micros = 0

    def floor(self, instant: Micros) -> Micros:
        return instant - (instant - self.origin) % self.step

    def after(self, instant: Micros) -> Micros:
        return self.floor(instant) + self.step

    def tree(self, time: exp.Expr, within: Bounds | None = None) -> exp.Expr:  # noqa: ARG002 - always cheap
        return bucket(time, self.step, self.origin)


@dataclass(frozen=True)
class ClockGrid:
    """Cells of less than a day that end where the wall clock reads a multiple of `step`, which divides a day."""

    step: Micros
    zone: Zone

    def floor(self, instant: Micros) -> Micros:
        offset = self.zone.offset(instant)
        cell = (instant + offset) // self.step * self.step
        begin = cell - offset
        if self.zone.offset(begin) == offset:
            return begin
        change = self.zone.last_change(instant)
        before = self.zone.local(change - 1)
        return self.zone.instant(cell) if before // self.step * self.step == cell else change

    def after(self, instant: Micros) -> Micros:
        begin = self.floor(instant)
        end = begin + self.step
        changes = self.zone.between(begin - 1, end + DAY)
        if not changes:
            return end
        # The cell ends at the first later instant whose own cell starts later; cells are in order, so bisect.
        low, high = begin, end + DAY
        while high - low > 1:
            middle = (low + high) // 2
            if self.floor(middle) > begin:
                high = middle
            else:
                low = middle
        return high

    def opens_evenly(self, instant: Micros) -> bool:
        """Whether a cell begins at `instant`, and its clock reads a multiple of the step there."""
        return self.zone.local(instant) % self.step == 0

    def tree(self, time: exp.Expr, within: Bounds | None = None) -> exp.Expr:
        written = _written_out(self, time, within, lambda local: bucket(local, self.step))
        return clock_cell(self.zone, time, self.step) if written is None else written


@dataclass(frozen=True)
class CalendarGrid:
    """Cells of whole local days (`unit` day), counted from `origin`, or of whole months (`unit` month)."""

    unit: str
    count: int
    zone: Zone
    origin: Micros = 0

    def _cell(self, instant: Micros) -> int:
        local = self.zone.steady(instant)
        if self.unit == "day":
            return (local - self.origin) // (self.count * DAY)
        date = from_micros(local // DAY * DAY)
        return (date.year * 12 + date.month - 1 - 1970 * 12) // self.count

    def _begin(self, cell: int) -> Micros:
        if self.unit == "day":
            return self.zone.instant(cell * self.count * DAY + self.origin)
        return self.zone.instant(month_start(cell * self.count + 1970 * 12))

    def floor(self, instant: Micros) -> Micros:
        return self._begin(self._cell(instant))

    def after(self, instant: Micros) -> Micros:
        cell = self._cell(instant) + 1
        while (begin := self._begin(cell)) <= instant:  # a zone that skipped whole days
            cell += 1
        return begin

    def opens_evenly(self, instant: Micros) -> bool:
        """Whether a cell begins at `instant`, and it is midnight there by the offset in force."""
        return self.floor(instant) == instant and self.zone.local(instant) % DAY == 0

    def tree(self, time: exp.Expr, within: Bounds | None = None) -> exp.Expr:
        written = _written_out(self, time, within, self._bucket)
        return calendar_cell(self.zone, time, self.unit, self.count, self.origin) if written is None else written

    def _bucket(self, local: exp.Expr) -> exp.Expr:
        if self.unit == "day":
            return bucket(local, self.count * DAY, self.origin)
        return month_bucket(local, self.count)


@dataclass(frozen=True)
class RangeGrid:
    """Three cells: before `start`, from `start` to `end`, and after. An open side has no cell."""

    start: Micros | None
    end: Micros | None

    def floor(self, instant: Micros) -> Micros:
        if self.start is not None and instant < self.start:
            return self.start - DAY
        if self.end is not None and instant >= self.end:
            return self.end
        return self.start if self.start is not None else (self.end or 0) - DAY

    def after(self, instant: Micros) -> Micros:
        edges = [edge for edge in (self.start, self.end) if edge is not None and edge > instant]
        return edges[0] if edges else instant + DAY

    def tree(self, time: exp.Expr, within: Bounds | None = None) -> exp.Expr:  # noqa: ARG002 - always cheap
        inside = self.start if self.start is not None else (self.end or 0) - DAY
        case = exp.Case()
        if self.start is not None:
            case = case.when(exp.LT(this=time.copy(), expression=timestamp(self.start)), timestamp(self.start - DAY))
        if self.end is not None:
            case = case.when(exp.GTE(this=time.copy(), expression=timestamp(self.end)), timestamp(self.end))
        return case.else_(timestamp(inside)) if case.args.get("ifs") else timestamp(inside)


def _written_out(
    grid: ClockGrid | CalendarGrid, time: exp.Expr, within: Bounds | None, floor: Callable[[exp.Expr], exp.Expr]
) -> exp.Expr | None:
    """`grid.floor` for instants in `within`, with the offsets written out; None where there are no such bounds.

    A cell in which the clock changes begins at an instant that is known here; after it the new offset holds.
    """
    if within is None or within.start is None or within.end is None:
        return None
    zone = grid.zone
    start = grid.floor(within.start)
    changes = zone.between(start, within.end)
    if len(changes) > MOST_CHANGES:
        return None
    instants = [start, *(zone.changes[index] for index in changes)]
    steps: list[tuple[Micros, exp.Expr]] = []
    for instant, following in zip(instants, [*instants[1:], within.end], strict=True):
        offset = zone.offset(instant)
        plain = shifted(floor(shifted(time, offset)), -offset)
        if grid.opens_evenly(instant):
            steps.append((instant, plain))
            continue
        steps.append((instant, timestamp(grid.floor(instant))))
        if grid.after(instant) < following:
            steps.append((grid.after(instant), plain))
    return stepwise(time, steps[0][1], steps[1:])


def clock_grid(step: Micros, zone: Zone) -> Grid:
    """Cells of `step` microseconds by the wall clock of `zone`; counted in UTC where that is the same or must be."""
    if DAY % step or all(offset % step == 0 for offset in zone.modern):
        return FixedGrid(step)
    return ClockGrid(step, zone)


def calendar_grid(unit: str, zone: Zone) -> Grid:
    """The calendar `hour day week month quarter year` of a zone."""
    if unit == "hour":
        return clock_grid(3600 * SECOND, zone)
    if unit in ("day", "week"):
        return _days_grid(1 if unit == "day" else 7, zone)
    return CalendarGrid("month", {"month": 1, "quarter": 3, "year": 12}[unit], zone)


def _days_grid(days: int, zone: Zone) -> Grid:
    origin = MONDAY if days % 7 == 0 else 0
    return FixedGrid(days * DAY, origin) if zone.is_utc else CalendarGrid("day", days, zone, origin)


@lru_cache(maxsize=1024)
def grain_grid(text: str, zone: Zone) -> Grid:
    """The grid of a grain such as `5m`, `1d` or `1mo`. Raises `BadQuery`."""
    duration = parse_duration(text, "grain")
    if duration.months:
        return CalendarGrid("month", duration.months, zone)
    if duration.days:
        return _days_grid(duration.days, zone)
    if duration.micros % SECOND:
        detail = {"part": "grain", "hint": "use 1s or longer"}
        raise BadQuery("A grain is a whole number of seconds.", detail=detail)
    if duration.micros % DAY == 0:
        return _days_grid(duration.micros // DAY, zone)
    return clock_grid(duration.micros, zone)


def cell_length(grid: Grid) -> Micros:
    """The usual length of a cell, rounded down: for limits on how many there may be."""
    if isinstance(grid, FixedGrid | ClockGrid):
        return grid.step
    if isinstance(grid, CalendarGrid):
        return grid.count * (DAY if grid.unit == "day" else 4 * WEEK)
    raise TypeError(grid)


def common_grid(inner: Grid, outer: Grid, zone: Zone) -> Grid:
    """A grid whose cells lie wholly inside one cell of each; `inner` itself where its cells nest in `outer`."""
    small, large = (inner, outer) if cell_length(inner) <= cell_length(outer) else (outer, inner)
    if _nests(small, large):
        return small
    if isinstance(small, CalendarGrid):
        return CalendarGrid("day", 1, zone)
    return FixedGrid(gcd(cell_length(small), DAY, *zone.modern, *_modern_changes(zone)))


def _nests(small: Grid, large: Grid) -> bool:
    step = cell_length(small)
    if isinstance(small, CalendarGrid):
        if not isinstance(large, CalendarGrid):
            return False
        if small.unit != large.unit:
            return small.unit == "day" and small.count == 1
        return large.count % small.count == 0 and small.origin == large.origin
    if isinstance(large, FixedGrid):
        origin = large.origin - small.origin if isinstance(small, FixedGrid) else 0
        return isinstance(small, FixedGrid) and large.step % step == 0 and origin % step == 0
    divides = DAY % step == 0 if isinstance(large, CalendarGrid) else cell_length(large) % step == 0
    return divides and (isinstance(small, ClockGrid) or _on_grid(large, step))


def _on_grid(large: Grid, step: Micros) -> bool:
    zone = large.zone if isinstance(large, ClockGrid | CalendarGrid) else None
    return zone is not None and all(edge % step == 0 for edge in (*zone.modern, *_modern_changes(zone)))


def _modern_changes(zone: Zone) -> tuple[Micros, ...]:
    return tuple(change for change in zone.changes if change > 0)


def cells(grid: Grid, start: Micros, end: Micros) -> Iterator[Micros]:
    """The first instants of the cells that hold any instant of [start, end), in order."""
    cell = grid.floor(start)
    while cell < end:
        yield cell
        cell = grid.after(cell)
