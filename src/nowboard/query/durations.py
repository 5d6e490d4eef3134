"""Durations as they are written in queries: `90s`, `15m`, `1h`, `7d`, `2w`, `1mo`, `1q`, `1y`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from nowboard.clock import DAY, HOUR, MILLISECOND, MINUTE, SECOND, WEEK, Micros
from nowboard.errors import BadQuery

_PATTERN: Final = re.compile(r"^(\d{1,6})(ms|mo|s|m|h|d|w|q|y)$")
_FIXED: Final[dict[str, Micros]] = {"ms": MILLISECOND, "s": SECOND, "m": MINUTE, "h": HOUR}
_DAYS: Final = {"d": 1, "w": 7}
_MONTHS: Final = {"mo": 1, "q": 3, "y": 12}


@dataclass(frozen=True)
class Duration:
    """A length of time: exact microseconds, or calendar days or months. Exactly one member is not 0."""

    micros: Micros = 0
    days: int = 0
    months: int = 0

    @property
    def length(self) -> Micros:
        """Microseconds, taking a day as 24 hours and a month as its shortest, 28 days."""
        return self.micros + self.days * DAY + self.months * 4 * WEEK


def parse_duration(text: str, part: str) -> Duration:
    """Read a duration. `part` names the member of the query for the error. Raises `BadQuery`."""
    match = _PATTERN.match(text.strip())
    count = int(match[1]) if match else 0
    if match is None or count == 0:
        message = f"{text!r} is not a duration."
        hint = "write a number and a unit: s m h d w mo q y, such as 15m or 7d"
        raise BadQuery(message, detail={"part": part, "hint": hint})
    unit = match[2]
    if unit in _FIXED:
        return Duration(micros=count * _FIXED[unit])
    if unit in _DAYS:
        return Duration(days=count * _DAYS[unit])
    return Duration(months=count * _MONTHS[unit])
