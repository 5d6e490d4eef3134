"""Time arithmetic as SQL trees: the SQL side of zones and grids.

Timestamps are UTC without a zone. Nothing here depends on a session's time zone. Without bounds the engine's own zone
tables (ICU) convert; within bounds that hold few offset changes the offsets are written out, which costs a tenth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from nowboard.clock import DAY, HOUR, MINUTE, SECOND, Micros
from nowboard.query.zones import Zone, from_micros

_MOST_CHANGES: Final = 64  # 32 years of summer times; each level of the search costs some 2 ns per row
_TRUNCATED: Final = {SECOND: "SECOND", MINUTE: "MINUTE", HOUR: "HOUR", DAY: "DAY"}


@dataclass(frozen=True)
class Bounds:
    """[start, end) in microseconds; None is open."""

    start: Micros | None
    end: Micros | None

    def contains(self, instant: Micros) -> bool:
        """Whether `instant` lies inside."""
        return (self.start is None or instant >= self.start) and (self.end is None or instant < self.end)


def timestamp(instant: Micros) -> exp.Expr:
    """A timestamp literal."""
    text = from_micros(instant).replace(tzinfo=None).isoformat(sep=" ")
    return exp.Cast(this=exp.Literal.string(text), to=exp.DataType.build("TIMESTAMP", dialect="duckdb"))


def interval(micros: Micros) -> exp.Expr:
    """An exact interval literal."""
    count, unit = (micros // SECOND, "SECOND") if micros % SECOND == 0 else (micros, "MICROSECOND")
    return exp.Interval(this=exp.Literal.string(str(count)), unit=exp.Var(this=unit))


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
    return exp.Case().when(below, before).else_(stepwise(value, reached, steps[middle + 1 :]))


def bucket(time: exp.Expr, step: Micros, origin: Micros = 0) -> exp.Expr:
    """`time` rounded down to a multiple of `step` after `origin`."""
    if step in _TRUNCATED and origin % step == 0:
        return _truncate(_TRUNCATED[step], time)
    if DAY % step == 0 and origin == 0:  # the engine counts from a Monday midnight by itself
        return _call("TIME_BUCKET", interval(step), time.copy())
    return _call("TIME_BUCKET", interval(step), time.copy(), timestamp(origin))


def _truncate(unit: str, time: exp.Expr) -> exp.Expr:
    return exp.TimestampTrunc(this=time.copy(), unit=exp.Var(this=unit))


@dataclass(frozen=True)
class ZoneSql:
    """Conversions between UTC and the local time of `zone` for instants in `within`."""

    zone: Zone
    within: Bounds | None

    def _changes(self) -> range | None:
        if not self.zone.changes:
            return range(0)
        if self.within is None or self.within.start is None or self.within.end is None:
            return None
        changes = self.zone.between(self.within.start, self.within.end)
        return changes if len(changes) <= _MOST_CHANGES else None

    def _start_offset(self, changes: range) -> Micros:
        return self.zone.offsets[changes.start]

    def local(self, time: exp.Expr) -> exp.Expr:
        """What the clock shows at the UTC timestamp `time`."""
        changes = self._changes()
        if changes is None:
            return _local(self.zone, time)
        zone = self.zone
        steps = [(zone.changes[index], shifted(time, zone.offsets[index + 1])) for index in changes]
        return stepwise(time, shifted(time, self._start_offset(changes)), steps)

    def _steady(self, time: exp.Expr) -> exp.Expr:
        """`local`, but standing still where a repeated hour would bring back the day before."""
        local = self.local(time)
        changes = self._changes()
        within = range(len(self.zone.changes)) if changes is None else changes
        case = exp.Case()
        for index in within:
            change, before, after = self.zone.changes[index], self.zone.offsets[index], self.zone.offsets[index + 1]
            if (change + before - 1) // DAY > (change + after) // DAY and change > 0:
                repeated = exp.Between(
                    this=time.copy(), low=timestamp(change), high=timestamp(change + before - after - 1)
                )
                case = case.when(repeated, timestamp(change + before - 1))
        return case.else_(local) if case.args.get("ifs") else local

    def instant(self, local: exp.Expr) -> exp.Expr:
        """The first UTC timestamp at which the clock shows `local`, which begins a local day, or has jumped past it."""
        changes = self._changes()
        if changes is None:
            return self._instant_by_engine(local)
        steps: list[tuple[Micros, exp.Expr]] = []
        for index in changes:
            change, before, after = self.zone.changes[index], self.zone.offsets[index], self.zone.offsets[index + 1]
            if after > before:
                steps.append((change + before, timestamp(change)))
            steps.append((change + max(before, after), shifted(local, -after)))
        return stepwise(local, shifted(local, -self._start_offset(changes)), steps)

    def _instant_by_engine(self, local: exp.Expr) -> exp.Expr:
        instant = _instant(self.zone, local)
        if not _repeats_midnight(self.zone):
            return instant
        # The engine takes the second pass of a repeated midnight; the offset six hours earlier gives the first.
        earlier = shifted(instant, -6 * HOUR)
        offset = exp.Paren(this=exp.Sub(this=_local(self.zone, earlier), expression=earlier))
        first = exp.Paren(this=exp.Sub(this=local.copy(), expression=offset))
        return exp.Case().when(exp.EQ(this=_local(self.zone, first), expression=local.copy()), first).else_(instant)

    def clock_cell(self, time: exp.Expr, step: Micros) -> exp.Expr:
        """The first instant of the cell of `ClockGrid`."""
        local = self.local(time)
        cell = bucket(local, step)
        into = exp.Paren(this=exp.Sub(this=local, expression=cell.copy()))
        begin = exp.Paren(this=exp.Sub(this=time.copy(), expression=into))
        if not self.zone.changes or self._changes() == range(0):
            return begin
        case = exp.Case().when(exp.EQ(this=self.local(begin), expression=cell.copy()), begin.copy())
        for cut, change in _cut_cells(self.zone, step):
            case = case.when(exp.EQ(this=cell.copy(), expression=timestamp(cut)), timestamp(change))
        return case.else_(_instant(self.zone, cell))

    def calendar_cell(self, time: exp.Expr, unit: str, count: int, origin: Micros) -> exp.Expr:
        """The first instant of the cell of `CalendarGrid`."""
        local = self._steady(time)
        if unit == "day":
            return self.instant(bucket(local, count * DAY, origin))
        names = {1: "MONTH", 3: "QUARTER", 12: "YEAR"}
        if count in names:
            return self.instant(_truncate(names[count], local))
        width = exp.Interval(this=exp.Literal.string(str(count)), unit=exp.Var(this="MONTH"))
        return self.instant(_call("TIME_BUCKET", width, local, timestamp(0)))


def read_within(tree: exp.Expr, time: exp.Expr, zone: Zone, within: Bounds) -> exp.Expr:
    """`tree` with the engine's conversions of `time` to the clock of `zone` written out for instants in `within`."""
    slow, fast = _local(zone, time), ZoneSql(zone, within).local(time)
    return tree.transform(lambda node: fast.copy() if node == slow else node)


def _local(zone: Zone, time: exp.Expr) -> exp.Expr:
    # By way of microseconds: casting would use the session's zone, and looking up UTC costs as much as any zone.
    aware = _call("MAKE_TIMESTAMPTZ", _call("EPOCH_US", time.copy()))
    return _call("TIMEZONE", exp.Literal.string(zone.name), aware)


def _instant(zone: Zone, local: exp.Expr) -> exp.Expr:
    aware = _call("TIMEZONE", exp.Literal.string(zone.name), local.copy())
    return _call("MAKE_TIMESTAMP", _call("EPOCH_US", aware))


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _repeats_midnight(zone: Zone) -> bool:
    return any(
        (change + before - 1) // DAY > (change + after - 1) // DAY
        for change, before, after in zip(zone.changes, zone.offsets, zone.offsets[1:], strict=False)
        if after < before and change > 0
    )


def _cut_cells(zone: Zone, step: Micros) -> list[tuple[Micros, Micros]]:
    """Cells that a change of the clock opens anew: (their local begin, instant of the change)."""
    found = []
    for change, before, after in zip(zone.changes, zone.offsets, zone.offsets[1:], strict=False):
        cell = (change + after) // step * step
        if change > 0 and cell < change + after and (change + before - 1) // step * step != cell:
            found.append((cell, change))
    return found
