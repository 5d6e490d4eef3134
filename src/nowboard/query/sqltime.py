"""Time arithmetic as SQL trees: the SQL side of zones and grids.

Timestamps are UTC without a zone. Nothing here depends on a session's time zone. Without bounds the engine's own zone
tables (ICU) convert; within bounds the offsets are written out, which costs a tenth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlglot import exp

from nowboard.clock import DAY, HOUR, MINUTE, SECOND, Micros
from nowboard.query.zones import Zone, from_micros, to_micros


@dataclass(frozen=True)
class Bounds:
    """[start, end) in microseconds; None is open."""

    start: Micros | None
    end: Micros | None

    def contains(self, instant: Micros) -> bool:
        """Whether `instant` lies inside."""
        return (self.start is None or instant >= self.start) and (self.end is None or instant < self.end)


MOST_CHANGES: Final = 80
"""More offset changes than this (40 years of summer times) are looked up instead of being written out."""

SETTLED: Final = Bounds(to_micros(datetime(2015, 1, 1, tzinfo=UTC)), to_micros(datetime(2045, 1, 1, tzinfo=UTC)))
"""Times for which offsets are written out where nothing is known: 60 changes in a zone with summer time."""

_TRUNCATED: Final = {SECOND: "SECOND", MINUTE: "MINUTE", HOUR: "HOUR", DAY: "DAY"}
_MONTHS: Final = {1: "MONTH", 3: "QUARTER", 12: "YEAR"}


def timestamp(instant: Micros) -> exp.Expr:
    """A timestamp literal."""
    text = from_micros(instant).replace(tzinfo=None).isoformat(sep=" ")
    return exp.Cast(this=exp.Literal.string(text), to=exp.DataType.build("TIMESTAMP", dialect="duckdb"))


def interval(micros: Micros) -> exp.Expr:
    """An exact interval literal of whole seconds."""
    return exp.Interval(this=exp.Literal.string(str(micros // SECOND)), unit=exp.Var(this="SECOND"))


def shifted(time: exp.Expr, micros: Micros) -> exp.Expr:
    """`time` moved by a constant. By way of microseconds: adding an interval costs five times as much."""
    if micros == 0:
        return time.copy()
    operator = exp.Add if micros > 0 else exp.Sub
    moved: exp.Expr = operator(this=_call("EPOCH_US", time.copy()), expression=exp.Literal.number(abs(micros)))
    return _call("MAKE_TIMESTAMP", moved)


def stepwise(value: exp.Expr, first: exp.Expr, steps: Sequence[tuple[Micros, exp.Expr]]) -> exp.Expr:
    """`first`, or the expression of the last step whose edge `value` has reached. Edges ascend."""
    if not steps:
        return first
    middle = len(steps) // 2
    edge, reached = steps[middle]
    below = exp.LT(this=value.copy(), expression=timestamp(edge))
    before = stepwise(value, first, steps[:middle])
    branch = exp.If(this=below, true=before)
    return exp.Case(ifs=[branch], default=stepwise(value, reached, steps[middle + 1 :]))


def bucket(time: exp.Expr, step: Micros, origin: Micros = 0) -> exp.Expr:
    """`time` rounded down to a multiple of `step` after `origin`."""
    if step in _TRUNCATED and origin % step == 0:
        return _truncate(_TRUNCATED[step], time)
    if DAY % step == 0 and origin == 0:  # the engine counts from a Monday midnight by itself
        return _call("TIME_BUCKET", interval(step), time.copy())
    return _call("TIME_BUCKET", interval(step), time.copy(), timestamp(origin))


def month_bucket(time: exp.Expr, count: int) -> exp.Expr:
    """`time` rounded down to whole months, `count` at a time from January 1970 on."""
    if count in _MONTHS:
        return _truncate(_MONTHS[count], time)
    width = exp.Interval(this=exp.Literal.string(str(count)), unit=exp.Var(this="MONTH"))
    return _call("TIME_BUCKET", width, time.copy(), timestamp(0))


def local_time(zone: Zone, time: exp.Expr, within: Bounds | None = None) -> exp.Expr:
    """What the clock of `zone` shows at the UTC timestamp `time`."""
    if zone.is_utc:
        return time.copy()
    changes = None
    if within is not None and within.start is not None and within.end is not None:
        changes = zone.between(within.start, within.end)
    if changes is None or len(changes) > MOST_CHANGES:
        # By way of microseconds: casting would use the session's zone, and looking up UTC costs as much as any zone.
        aware = _call("MAKE_TIMESTAMPTZ", _call("EPOCH_US", time.copy()))
        return _call("TIMEZONE", exp.Literal.string(zone.name), aware)
    steps = [(zone.changes[index], shifted(time, zone.offsets[index + 1])) for index in changes]
    return stepwise(time, shifted(time, zone.offsets[changes.start]), steps)


def mostly_written_out(time: exp.Expr, slow: exp.Expr, fast: exp.Expr) -> exp.Expr:
    """`fast`, which is right for `time` in `SETTLED`, and `slow` for all other times.

    Cheaper, and right about rules that changed after the engine's zone tables were made.
    """
    start, end = SETTLED.start or 0, SETTLED.end or 0
    return stepwise(time, slow, [(start, fast), (end, slow.copy())])


def read_within(tree: exp.Expr, time: exp.Expr, zone: Zone, within: Bounds) -> exp.Expr:
    """`tree` with the engine's conversions of `time` to the clock of `zone` written out for instants in `within`."""
    slow, fast = local_time(zone, time), local_time(zone, time, within)
    return tree.transform(lambda node: fast.copy() if node == slow else node)


def clock_cell(zone: Zone, time: exp.Expr, step: Micros) -> exp.Expr:
    """The first instant of the cell of `ClockGrid`, by the engine's zone tables."""
    local = local_time(zone, time)
    cell = bucket(local, step)
    into: exp.Expr = exp.Sub(this=_call("EPOCH_US", local), expression=_call("EPOCH_US", cell.copy()))
    begin = _call("MAKE_TIMESTAMP", exp.Sub(this=_call("EPOCH_US", time.copy()), expression=exp.Paren(this=into)))
    branches = [exp.If(this=exp.EQ(this=local_time(zone, begin), expression=cell.copy()), true=begin.copy())]
    for cut, change in _cut_cells(zone, step):
        opened = exp.EQ(this=cell.copy(), expression=timestamp(cut))
        branches.append(exp.If(this=opened, true=timestamp(change)))
    return exp.Case(ifs=branches, default=_instant(zone, cell))


def calendar_cell(zone: Zone, time: exp.Expr, unit: str, count: int, origin: Micros) -> exp.Expr:
    """The first instant of the cell of `CalendarGrid`, by the engine's zone tables."""
    local = _steady(zone, time)
    cell = bucket(local, count * DAY, origin) if unit == "day" else month_bucket(local, count)
    instant = _instant(zone, cell)
    if not _repeats_midnight(zone):
        return instant
    # The engine takes the second pass of a repeated midnight; the offset six hours earlier gives the first.
    earlier = shifted(instant, -6 * HOUR)
    offset: exp.Expr = exp.Sub(
        this=_call("EPOCH_US", local_time(zone, earlier)), expression=_call("EPOCH_US", earlier.copy())
    )
    begin: exp.Expr = exp.Sub(this=_call("EPOCH_US", cell.copy()), expression=exp.Paren(this=offset))
    first = _call("MAKE_TIMESTAMP", begin)
    same = exp.EQ(this=local_time(zone, first), expression=cell.copy())
    return exp.Case(ifs=[exp.If(this=same, true=first.copy())], default=instant)


def _steady(zone: Zone, time: exp.Expr) -> exp.Expr:
    """Local time, but standing still where a repeated hour would bring back the day before."""
    local = local_time(zone, time)
    branches = []
    for change, before, after in _changes(zone):
        if (change + before - 1) // DAY > (change + after) // DAY:
            last = change + before - after - 1
            repeated = exp.Between(this=time.copy(), low=timestamp(change), high=timestamp(last))
            branches.append(exp.If(this=repeated, true=timestamp(change + before - 1)))
    return exp.Case(ifs=branches, default=local) if branches else local


def _instant(zone: Zone, local: exp.Expr) -> exp.Expr:
    aware = _call("TIMEZONE", exp.Literal.string(zone.name), local.copy())
    return _call("MAKE_TIMESTAMP", _call("EPOCH_US", aware))


def _truncate(unit: str, time: exp.Expr) -> exp.Expr:
    return exp.TimestampTrunc(this=time.copy(), unit=exp.Var(this=unit))


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _changes(zone: Zone) -> list[tuple[Micros, Micros, Micros]]:
    """The changes since 1970 with the offsets before and after."""
    found = zip(zone.changes, zone.offsets, zone.offsets[1:], strict=False)
    return [(change, before, after) for change, before, after in found if change > 0]


def _repeats_midnight(zone: Zone) -> bool:
    return any(
        after < before and (change + before - 1) // DAY > (change + after - 1) // DAY
        for change, before, after in _changes(zone)
    )


def _cut_cells(zone: Zone, step: Micros) -> list[tuple[Micros, Micros]]:
    """Cells that a change of the clock opens anew: (their local begin, instant of the change)."""
    found = []
    for change, before, after in _changes(zone):
        cell = (change + after) // step * step
        if cell < change + after and (change + before - 1) // step * step != cell:
            found.append((cell, change))
    return found
