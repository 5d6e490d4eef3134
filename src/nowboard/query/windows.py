"""Windows and panes: which event times count at an instant, and when that changes.

Edges of a moving window fall on a grid of panes, so that incremental state can drop and gain whole panes and a fresh
SQL query with the same edges gives the same number. The pane that holds `now` is always inside. `last` without a grain
moves in steps of at most 1/120 of its length; with a grain it moves by whole buckets and is aligned outward. `since`
runs to the end of its calendar unit; with a grain, to the end of the bucket that holds `now`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

from sqlglot import exp

from nowboard.clock import DAY, HOUR, MINUTE, SECOND, WEEK, Micros
from nowboard.errors import BadQuery
from nowboard.model.queries import Window
from nowboard.query.durations import parse_duration
from nowboard.query.grids import (
    FixedGrid,
    Grid,
    RangeGrid,
    calendar_grid,
    common_grid,
)
from nowboard.query.sqltime import Bounds
from nowboard.query.zones import Zone, to_micros

__all__ = [
    "AllWindow",
    "Bounds",
    "LastBuckets",
    "LastWindow",
    "Pane",
    "RangeWindow",
    "SinceWindow",
    "WindowPlan",
    "nice_step",
    "pane_of",
    "plan_window",
    "window_length",
]

PANES: Final = 120
"""A moving window has about this many panes: its edges are right to within 1/120 of its length."""

UNITS: Final[dict[str, Micros]] = {
    "hour": HOUR,
    "day": DAY,
    "week": WEEK,
    "month": 28 * DAY,
    "quarter": 90 * DAY,
    "year": 365 * DAY,
}
_NICE: Final = tuple(
    [count * SECOND for count in (1, 2, 5, 10, 15, 30)]
    + [count * MINUTE for count in (1, 2, 5, 10, 15, 30)]
    + [count * HOUR for count in (1, 2, 3, 6, 12, 24)]
)


class WindowPlan(Protocol):
    """A window that knows the time zone and the grid it moves on. Pure.

    Both edges of `bounds` never move back while `now` moves forward.
    """

    def bounds(self, now: Micros) -> Bounds:
        """The window at the instant `now`."""
        ...

    def next_change(self, now: Micros) -> Micros | None:
        """The first instant after `now` at which `bounds` differs; None if it never does."""
        ...

    @property
    def grid(self) -> Grid | None:
        """The panes: each cell lies wholly inside or outside of `bounds` at every instant. None: all in one pane."""
        ...


@dataclass(frozen=True)
class Pane:
    """How events are split into panes: `tree` gives the first instant of an event's pane, as a timestamp."""

    tree: exp.Expr
    sql: str


@dataclass(frozen=True)
class AllWindow:
    """Every event."""

    grid: None = None

    def bounds(self, now: Micros) -> Bounds:  # noqa: ARG002 - the same at every instant
        return Bounds(None, None)

    def next_change(self, now: Micros) -> Micros | None:  # noqa: ARG002 - never
        return None


@dataclass(frozen=True)
class RangeWindow:
    """From one fixed instant to another; either side may be open."""

    start: Micros | None
    end: Micros | None

    @property
    def grid(self) -> Grid:
        return RangeGrid(self.start, self.end)

    def bounds(self, now: Micros) -> Bounds:  # noqa: ARG002 - the same at every instant
        return Bounds(self.start, self.end)

    def next_change(self, now: Micros) -> Micros | None:  # noqa: ARG002 - never
        return None


@dataclass(frozen=True)
class LastWindow:
    """The last `length` microseconds, in panes of a fixed step that divides `length`."""

    length: Micros
    grid: FixedGrid

    def bounds(self, now: Micros) -> Bounds:
        end = self.grid.after(now)
        return Bounds(end - self.length, end)

    def next_change(self, now: Micros) -> Micros | None:
        return self.grid.after(now)


@dataclass(frozen=True)
class LastBuckets:
    """Whole buckets of a grain that cover the last `length` microseconds and the bucket that holds `now`."""

    length: Micros
    grid: Grid

    def bounds(self, now: Micros) -> Bounds:
        return Bounds(self.grid.floor(now - self.length), self.grid.after(now))

    def next_change(self, now: Micros) -> Micros | None:
        return min(self.grid.after(now), self.grid.after(now - self.length) + self.length)


@dataclass(frozen=True)
class SinceWindow:
    """The running calendar unit. `grain`, if given, ends it with the bucket that holds `now`."""

    unit: str
    calendar: Grid
    zone: Zone
    grain: Grid | None = None

    @property
    def grid(self) -> Grid:
        return self.calendar if self.grain is None else common_grid(self.grain, self.calendar, self.zone)

    def bounds(self, now: Micros) -> Bounds:
        start, end = self.calendar.floor(now), self.calendar.after(now)
        return Bounds(start, end if self.grain is None else min(end, self.grain.after(now)))

    def next_change(self, now: Micros) -> Micros | None:
        end = self.calendar.after(now)
        if self.grain is None:
            return end
        # Where a bucket reaches past the unit's end, its own end changes nothing.
        return min(end, self.grain.after(now))


def nice_step(length: Micros) -> Micros:
    """The largest round step of at most 1/120 of `length` that divides it; 1 s at least."""
    fitting = [step for step in _NICE if step <= length // PANES and length % step == 0]
    return fitting[-1] if fitting else SECOND


def pane_of(grid: Grid | None, time: exp.Expr) -> Pane | None:
    """The SQL of a window's panes over the event-time column."""
    if grid is None:
        return None
    tree = grid.tree(time)
    return Pane(tree, tree.sql("duckdb"))


def window_length(window: WindowPlan) -> Micros | None:
    """The length of a window, roughly; None when a side is open. For limits."""
    if isinstance(window, SinceWindow):
        return UNITS[window.unit]
    bounds = window.bounds(0)
    return None if bounds.start is None or bounds.end is None else bounds.end - bounds.start


def plan_window(window: Window | None, zone: Zone, grain: Grid | None) -> WindowPlan:
    """The plan of a window as written; None means all. Raises `BadQuery`."""
    if window is None:
        return AllWindow()
    given = [window.last is not None, window.since is not None, bool(window.from_ or window.to), window.all]
    if sum(given) != 1:
        hint = 'write one of {"last": "1h"}, {"since": "day"}, {"from": …, "to": …} and {"all": true}'
        raise BadQuery("A window says exactly one thing.", detail={"part": "window", "hint": hint})
    if window.last is not None:
        return _plan_last(window.last, grain)
    if window.since is not None:
        return _plan_since(window.since, zone, grain)
    if window.all:
        return AllWindow()
    return _plan_range(window, zone)


def _plan_last(text: str, grain: Grid | None) -> WindowPlan:
    duration = parse_duration(text, "window.last")
    length = duration.micros + duration.days * DAY
    if duration.months or length % SECOND:
        hint = "write seconds, minutes, hours, days or weeks, such as 90s, 1h or 30d"
        raise BadQuery(f"{text!r} is not a sliding window.", detail={"part": "window.last", "hint": hint})
    return LastWindow(length, FixedGrid(nice_step(length))) if grain is None else LastBuckets(length, grain)


def _plan_since(unit: str, zone: Zone, grain: Grid | None) -> WindowPlan:
    if unit not in UNITS:
        detail = {"part": "window.since", "hint": "use one of " + ", ".join(UNITS)}
        raise BadQuery(f"{unit!r} is not a calendar unit.", detail=detail)
    return SinceWindow(unit, calendar_grid(unit, zone), zone, grain)


def _plan_range(window: Window, zone: Zone) -> WindowPlan:
    start = _parse_instant(window.from_, zone, "window.from")
    end = _parse_instant(window.to, zone, "window.to")
    if start is not None and end is not None and end <= start:
        raise BadQuery("The window ends before it starts.", detail={"part": "window.to", "hint": "`to` is excluded"})
    return RangeWindow(start, end)


def _parse_instant(text: str | None, zone: Zone, part: str) -> Micros | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        hint = "write a date (2025-03-30) or an RFC 3339 instant (2025-03-30T12:00:00Z)"
        raise BadQuery(f"{text!r} is not an instant.", detail={"part": part, "hint": hint}) from error
    if moment.tzinfo is not None:
        return to_micros(moment)
    return zone.instant(to_micros(moment.replace(tzinfo=UTC)))
