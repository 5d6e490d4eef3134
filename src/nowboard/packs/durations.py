"""Durations as people write them: `30d`."""

from __future__ import annotations

from typing import Final

from nowboard.clock import DAY, HOUR, MINUTE, SECOND, Micros
from nowboard.dashboards.problems import Path, Problem

_UNITS: Final[tuple[tuple[str, Micros], ...]] = (("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND))
_DIGITS: Final = 20
"""More than any duration has; reading endless ones takes quadratic time."""
LONGEST: Final[Micros] = 36_500 * DAY
"""A hundred years."""


def read_duration(
    value: str | int | None, path: Path, default: Micros | None, problems: list[Problem]
) -> Micros | None:
    """Microseconds, at most `LONGEST`; `default` for None, and with a problem added for what is no duration.

    A retention is longer than nothing, as events would not be there at all.
    """
    if value is None:
        return default
    found = value if isinstance(value, int) else _micros(value)
    if found is None:
        message = "is not a duration: write a number and a unit of s m h d, as in 30d."
    elif not 0 <= found <= LONGEST or (path[-1] == "retention" and not found):
        message = f"is not possible: it is more than nothing, and at most {print_duration(LONGEST)}."
    else:
        return found
    problems.append(Problem(path, f"{value!r:.60} {message}"))
    return default


def print_duration(micros: Micros) -> str | int:
    """The shortest exact text, such as `30d`; microseconds where no unit fits."""
    for unit, size in _UNITS:
        if micros % size == 0 and micros >= size:
            return f"{micros // size}{unit}"
    return micros


def _micros(text: str) -> Micros | None:
    for unit, size in _UNITS:
        count = text.removesuffix(unit)
        if count != text and count.isascii() and count.isdigit() and len(count) < _DIGITS:
            return int(count) * size
    return None
