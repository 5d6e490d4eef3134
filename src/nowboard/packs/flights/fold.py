"""Which flights of 2013 fly on a day now.

The year is cut into 52 weeks that begin on Tuesday, 1 January. The calendar since then is cut in the same way, so a
week of now and a week of the data have the same weekdays. At speed `n`, `n` weeks of the data fly together in one week
of now, and the next `n` in the week after; after the last week comes the first again:

    week j of now shows the weeks (j·n + 0 … j·n + n − 1) mod 52 of the data

Every flight so keeps its weekday and its local time of day, all flights come by equally often, and two days now differ
as two days of the data do: "the same time yesterday" and "last week" compare like with like. At speed 52 a whole year
passes every week. The odd 31 December flies with the Tuesday of the last week.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from nowboard.clock import SECOND, Micros

FIRST_DAY: Final = date(2013, 1, 1)
WEEKS: Final = 52
LAST_DAY: Final = 364
"""31 December: the 365th day, one more than 52 weeks have."""

MINUTES: Final = 24 * 60
LEAST_HISTORY: Final = 8
"""Days: a full week to show and the day before to compare with."""

HOME_ZONE: Final = "America/New_York"
FAR_ZONE: Final = "Asia/Singapore"
NIGHT: Final = (time(22, 30), time(6, 0))
"""Hardly anything leaves New York between these times."""


@dataclass(frozen=True)
class Fold:
    """How fast the year goes by, and whose clock the local times are on."""

    speed: int = WEEKS
    zone: str = HOME_ZONE

    def __post_init__(self) -> None:
        if not 1 <= self.speed <= WEEKS:
            raise ValueError(f"the speed is a whole number from 1 to {WEEKS}")

    @property
    def history(self) -> timedelta:
        """Whole days before today that are loaded: one pass through the year, and at least a week and a day."""
        return timedelta(days=max(LEAST_HISTORY, WEEKS * 7 // self.speed))

    def days_of(self, day: date) -> list[int]:
        """The days of the data, 0 for 1 January, that fly on `day`."""
        week, weekday = divmod((day - FIRST_DAY).days, 7)
        weeks = [(week * self.speed + index) % WEEKS for index in range(self.speed)]
        days = [7 * flown + weekday for flown in weeks]
        return [*days, LAST_DAY] if LAST_DAY - 7 in days else days

    def day_at(self, instant: Micros) -> date:
        """The local day of an instant."""
        return datetime.fromtimestamp(instant / SECOND, ZoneInfo(self.zone)).date()

    def midnight(self, day: date) -> Micros:
        """The instant at which a local day begins."""
        return micros(datetime.combine(day, time(), ZoneInfo(self.zone)))

    def minutes_of(self, day: date) -> list[Micros]:
        """The instant of each local minute of a day. Minutes that a clock change skips fall just after it."""
        zone = ZoneInfo(self.zone)
        return [micros(datetime.combine(day, time(minute // 60, minute % 60), zone)) for minute in range(MINUTES)]


def waking_zone(now: Micros) -> str:
    """New York's own zone by day; at night there, a zone where the same airports are busy at this moment."""
    local = datetime.fromtimestamp(now / SECOND, ZoneInfo(HOME_ZONE)).time()
    asleep = local >= NIGHT[0] or local < NIGHT[1]
    return FAR_ZONE if asleep else HOME_ZONE


def micros(moment: datetime) -> Micros:
    """A moment with a zone as microseconds since the epoch."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
