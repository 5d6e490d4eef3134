"""The window of a comparison: the same question asked for an earlier time."""

from __future__ import annotations

from dataclasses import dataclass

from nowboard.clock import DAY, HOUR, SECOND, Micros
from nowboard.errors import BadQuery
from nowboard.query.durations import parse_duration
from nowboard.query.grids import CalendarGrid, Grid, clock_grid, common_grid
from nowboard.query.windows import (
    UNITS,
    Bounds,
    LastBuckets,
    LastWindow,
    RangeWindow,
    SinceWindow,
    WindowPlan,
    nice_step,
)
from nowboard.query.zones import Zone

_UNIT_SHIFTS = {
    "hour": (HOUR, 0, 0),
    "day": (0, 1, 0),
    "week": (0, 7, 0),
    "month": (0, 0, 1),
    "quarter": (0, 0, 3),
    "year": (0, 0, 12),
}


@dataclass(frozen=True)
class Shift:
    """How far back: exact microseconds, and calendar days and months in local time. Monotone."""

    micros: Micros
    days: int
    months: int
    zone: Zone

    def back(self, instant: Micros) -> Micros:
        """The earlier instant that `instant` is compared with."""
        if self.days or self.months:
            instant = self.zone.shift_back(instant, self.days, self.months)
        return instant - self.micros


@dataclass(frozen=True)
class ShiftedWindow:
    """What `base` was at the shifted instant; a `since` window only up to that instant.

    `buckets` is the grain's grid, or None. All edges lie on `grid`.
    """

    base: WindowPlan
    shift: Shift
    grid: Grid | None
    buckets: Grid | None = None

    def bounds(self, now: Micros) -> Bounds:
        """The earlier window at the instant `now`."""
        if isinstance(self.base, RangeWindow):
            return self._shifted_range(self.base)
        if not isinstance(self.base, SinceWindow):
            return self.base.bounds(self.shift.back(now))
        if self.grid is None:
            raise AssertionError("a calendar window has panes")
        start = self.grid.floor(self.shift.back(self.base.calendar.floor(now)))
        last = self.shift.back(self.base.calendar.after(now)) - 1
        so_far = (self.buckets or self.grid).after(self.shift.back(now))
        return Bounds(start, max(start, min(self.grid.after(last), so_far)))

    def _shifted_range(self, base: RangeWindow) -> Bounds:
        start, end = base.start, base.end
        return Bounds(None if start is None else self.shift.back(start), None if end is None else self.shift.back(end))

    def next_change(self, now: Micros) -> Micros | None:
        """The first instant after `now` at which `bounds` differs; None if it never does."""
        if isinstance(self.base, RangeWindow):
            return None
        before = self.bounds(now)
        low, step = now, SECOND
        while self.bounds(low + step) == before:
            low += step
            step *= 2
        high = low + step
        while high - low > 1:
            middle = (low + high) // 2
            if self.bounds(middle) == before:
                low = middle
            else:
                high = middle
        return high

    def counterpart(self, bucket: Micros) -> Micros:
        """The bucket of the earlier window that `bucket` is compared with."""
        earlier = self.shift.back(bucket)
        return earlier if self.buckets is None else self.buckets.floor(earlier)


def plan_compare(text: str, window: WindowPlan, zone: Zone, grain: Grid | None) -> ShiftedWindow:
    """The plan of `compare`. `window` is the query's own window. Raises `BadQuery`."""
    shift = _previous(window, zone) if text == "window" else _parse_shift(text, zone)
    if isinstance(window, RangeWindow):
        if window.start is None or window.end is None:
            raise _unbounded()
        earlier = RangeWindow(shift.back(window.start), shift.back(window.end))
        return ShiftedWindow(window, shift, earlier.grid, grain)
    if isinstance(window, SinceWindow):
        return ShiftedWindow(window, shift, _since_panes(window, zone, grain), grain)
    if isinstance(window, LastWindow | LastBuckets):
        return ShiftedWindow(window, shift, window.grid, grain)
    raise _unbounded()


def _unbounded() -> BadQuery:
    hint = 'give the query a window such as {"last": "1d"} or {"since": "day"}'
    return BadQuery("A comparison needs a window with two ends.", detail={"part": "compare", "hint": hint})


def _since_panes(window: SinceWindow, zone: Zone, grain: Grid | None) -> Grid:
    step = nice_step(UNITS[window.unit])
    if grain is None:
        return CalendarGrid("day", 1, zone) if step == DAY else clock_grid(step, zone)
    day = CalendarGrid("day", 1, zone)
    return common_grid(grain, clock_grid(HOUR, zone) if window.unit == "hour" else day, zone)


def _previous(window: WindowPlan, zone: Zone) -> Shift:
    if isinstance(window, SinceWindow):
        return Shift(*_UNIT_SHIFTS[window.unit], zone)
    if isinstance(window, LastWindow | LastBuckets):
        return Shift(window.length, 0, 0, zone)
    if isinstance(window, RangeWindow) and window.start is not None and window.end is not None:
        return Shift(window.end - window.start, 0, 0, zone)
    raise _unbounded()


def _parse_shift(text: str, zone: Zone) -> Shift:
    duration = parse_duration(text, "compare.shift")
    if duration.micros % SECOND:
        detail = {"part": "compare.shift", "hint": "use 1h 1d 1w 1mo 1q 1y or window"}
        raise BadQuery("A shift is a whole number of seconds.", detail=detail)
    return Shift(duration.micros, duration.days, duration.months, zone)
