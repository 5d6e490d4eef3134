"""Which states a plan needs, and how far back each must know its stream."""

from __future__ import annotations

from nowboard.clock import Micros
from nowboard.live.grouping import grouping_of
from nowboard.live.shared import Need
from nowboard.query.plan import Plan
from nowboard.query.windows import Bounds, WindowPlan


def needs_of(plan: Plan, now: Micros) -> list[Need]:
    """One state for the window and, where its panes differ, another one for the comparison."""
    main = Need(grouping_of(plan, plan.pane), plan.aggregates, _range(plan.window, now))
    if plan.compare is None:
        return [main]
    earlier = Need(grouping_of(plan, plan.compare_pane), plan.aggregates, _range(plan.compare, now))
    if earlier.grouping.name == main.grouping.name:
        return [Need(main.grouping, plan.aggregates, _both(main.range, earlier.range))]
    return [main, earlier]


def _range(window: WindowPlan, now: Micros) -> Bounds:
    """What a state must hold for the window now and at any later instant: a moving window also needs the future."""
    bounds = window.bounds(now)
    return bounds if window.next_change(now) is None else Bounds(bounds.start, None)


def _both(one: Bounds, other: Bounds) -> Bounds:
    start = None if one.start is None or other.start is None else min(one.start, other.start)
    end = None if one.end is None or other.end is None else max(one.end, other.end)
    return Bounds(start, end)
