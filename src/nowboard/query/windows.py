"""Windows and panes: which event times count at an instant, and when that changes.

Edges of a moving window fall on a grid of panes, so that incremental state can drop and gain whole panes and a fresh
SQL query with the same edges gives the same number. `last` without a grain moves in steps of at most 1/120 of its
length; with a grain it moves by whole buckets and is aligned outward.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqlglot import exp

from nowboard.clock import Micros


@dataclass(frozen=True)
class Bounds:
    """[start, end) in microseconds; None is open."""

    start: Micros | None
    end: Micros | None


class WindowPlan(Protocol):
    """A window that knows the time zone and the grid it moves on. Pure."""

    def bounds(self, now: Micros) -> Bounds:
        """The window at the instant `now`."""
        ...

    def next_change(self, now: Micros) -> Micros | None:
        """The first instant after `now` at which `bounds` differs; None if it never does."""
        ...


@dataclass(frozen=True)
class Pane:
    """How events are split into panes: `tree` gives the first instant of an event's pane, as a timestamp."""

    tree: exp.Expression
    sql: str
