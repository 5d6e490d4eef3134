"""Time zones as tables of offset changes, in integer microseconds.

A "local" time is what the wall clock shows, as microseconds since 1970-01-01T00:00 on that clock. Where the clock is
set back, a local time happens twice and means its first occurrence; where it is set forward, the skipped local times
mean the instant of the change. Both choices keep every conversion monotone, which sliding windows depend on.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nowboard.clock import DAY, SECOND, Micros
from nowboard.errors import BadQuery

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NAME: Final = re.compile(r"^(?!posix|right|local|Factory)[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$")
"""Names of the IANA database; what a system keeps beside them (with leap seconds, its own zone) is left out."""

_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2100
_PROBE: Final = timedelta(days=10)  # shorter than any regime of the zone database since 1900


@dataclass(frozen=True)
class Zone:
    """A time zone. `offsets[i]` is in force before `changes[i]`, `offsets[-1]` after the last change."""

    name: str
    changes: tuple[Micros, ...]
    offsets: tuple[Micros, ...]
    modern: tuple[Micros, ...] = field(default=())

    @property
    def is_utc(self) -> bool:
        """Whether the clock always shows UTC."""
        return self.offsets == (0,)

    def offset(self, instant: Micros) -> Micros:
        """Local time minus UTC at `instant`."""
        return self.offsets[bisect_right(self.changes, instant)]

    def local(self, instant: Micros) -> Micros:
        """What the clock shows at `instant`."""
        return instant + self.offset(instant)

    def steady(self, instant: Micros) -> Micros:
        """What the clock shows at `instant`; where it was set back, it stands still until the hour is over."""
        index = bisect_right(self.changes, instant)
        local = instant + self.offsets[index]
        return max(local, self.changes[index - 1] + self.offsets[index - 1] - 1) if index else local

    def instant(self, local: Micros) -> Micros:
        """The first instant at which the clock shows `local` or has jumped past it."""
        low = bisect_right(self.changes, local - 2 * DAY)
        for index in range(low, len(self.offsets)):
            instant = local - self.offsets[index]
            if index == len(self.changes) or instant < self.changes[index]:
                return max(instant, self.changes[index - 1]) if index else instant
        raise AssertionError("the last regime has no end")

    def last_change(self, instant: Micros) -> Micros:
        """The last change at or before `instant`, which must not lie before all changes."""
        return self.changes[bisect_right(self.changes, instant) - 1]

    def between(self, start: Micros, end: Micros) -> range:
        """Indexes of the changes in (start, end)."""
        return range(bisect_right(self.changes, start), bisect_right(self.changes, end - 1))

    def shift_back(self, instant: Micros, days: int, months: int) -> Micros:
        """The instant at which the clock showed the same time `days` and `months` earlier.

        Monotone: in a repeated hour the first pass counts and the second stands still, and a day that the earlier month
        does not have means that month's end.
        """
        return self.instant(_months_back(self.steady(instant), months) - days * DAY)


def _months_back(local: Micros, months: int) -> Micros:
    if not months:
        return local
    days, rest = divmod(local, DAY)
    date = from_micros(days * DAY)
    first = month_start(date.year * 12 + date.month - 1 - months)
    following = month_start(date.year * 12 + date.month - months)
    return min(first + (date.day - 1) * DAY + rest, following)


def month_start(index: int) -> Micros:
    """The first local instant of a month, counted from year 0."""
    return to_micros(datetime(index // 12, index % 12 + 1, 1, tzinfo=UTC))


def to_micros(moment: datetime) -> Micros:
    """An aware datetime as microseconds since the epoch, exactly."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def from_micros(instant: Micros) -> datetime:
    """Microseconds since the epoch as a datetime in UTC."""
    return EPOCH + timedelta(microseconds=instant)


@lru_cache(maxsize=64)
def load_zone(name: str) -> Zone:
    """The zone called `name` in the IANA database. Raises `BadQuery` for an unknown name."""
    if name == "UTC":
        return Zone("UTC", (), (0,), (0,))
    try:
        info = ZoneInfo(name if _NAME.match(name) else "")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"There is no time zone called {name!r}."
        hint = "use a name of the IANA database, such as Europe/Oslo or UTC"
        raise BadQuery(message, detail={"part": "timezone", "hint": hint}) from error
    changes: list[Micros] = []
    moment = datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC)
    offsets = [_offset(info, moment)]
    end = datetime(_LAST_YEAR, 1, 1, tzinfo=UTC)
    while moment < end:
        following = moment + _PROBE
        offset = _offset(info, following)
        if offset != offsets[-1]:
            changes.append(_change(info, moment, following))
            offsets.append(offset)
        moment = following
    modern = {offset for index, offset in enumerate(offsets) if index == len(changes) or changes[index] > 0}
    return Zone(name, tuple(changes), tuple(offsets), tuple(sorted(modern)))


def _offset(info: ZoneInfo, moment: datetime) -> Micros:
    offset = moment.astimezone(info).utcoffset()
    return (offset or timedelta()) // timedelta(microseconds=1)


def _change(info: ZoneInfo, before: datetime, after: datetime) -> Micros:
    offset = _offset(info, before)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if _offset(info, middle) == offset:
            before = middle
        else:
            after = middle
    return to_micros(after) // SECOND * SECOND
