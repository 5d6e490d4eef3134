"""Durations as people write them: `30d`."""

from __future__ import annotations

from typing import Final

from nowboard.clock import DAY, HOUR, MINUTE, SECOND, Micros
from nowboard.dashboards.problems import Path, Problem

_UNITS: Final[tuple[tuple[str, Micros], ...]] = (("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND))
_DIGITS: Final = 9
"""More than any duration has; reading endless ones takes quadratic time."""


def read_duration(
    value: str | int | None, path: Path, default: Micros | None, problems: list[Problem]
) -> Micros | None:
    """Microseconds; `default` for None, and with a problem added for what is no duration."""
    if value is None:
        return default
    if isinstance(value, int):
        return value
    for unit, size in _UNITS:
        count = value.removesuffix(unit)
        if count != value and count.isascii() and count.isdigit() and len(count) <= _DIGITS:
            return int(count) * size
    problems.append(Problem(path, f"{value!r} is not a duration: write a number and a unit of s m h d, as in 30d."))
    return default


def print_duration(micros: Micros) -> str | int:
    """The shortest exact text, such as `30d`; microseconds where no unit fits."""
    for unit, size in _UNITS:
        if micros % size == 0 and micros >= size:
            return f"{micros // size}{unit}"
    return micros
