"""Whether a real answer is the one that a page shows.

A page shows real answers, and leaves out what differs from run to run or would tire the reader:

- `…` in a text stands for anything;
- `"…": …` in an object stands for further members, `"…"` in a list for further items, and a line `…` for further lines;
- a number that is a time, a position or a size may be another number, told by the name of its member.

Everything else is compared exactly.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any, Final

MORE: Final = "…"
_VARIES: Final = re.compile(
    r"(?:(?:\w+_)?at|\w+_ms|\w*bytes|offset|base|as_of|newest|window|expires_in|applied|durable|hits|misses|entries)"
)


def differences(shown: str, real: str, language: str) -> list[str]:
    """What differs, with its place; nothing when the page is right. `language` is that of the shown block."""
    if language == "json":
        return _json_differences(shown, real)
    if language == "jsonl":
        return _each(values_of(shown), values_of(real), "")
    return _text_differences(shown.rstrip("\n").splitlines(), real.rstrip("\n").splitlines())


def values_of(text: str) -> list[Any]:
    """The JSON values of a text, one after the other; each may go over several lines. Raises `ValueError`."""
    decoder, found = json.JSONDecoder(), []
    rest = text.strip()
    while rest:
        value, end = decoder.raw_decode(rest)
        found.append(value)
        rest = rest[end:].lstrip()
    return found


def _json_differences(shown: str, real: str) -> list[str]:
    try:
        answer = json.loads(real)
    except ValueError:
        return [f"not JSON: {real[:2000]!r}"]
    return _compare(json.loads(shown), answer, "")


def _text_differences(shown: Sequence[str], real: Sequence[str]) -> list[str]:
    lines = [r"(?:[^\n]*\n)*?" if line.strip() == MORE else _pattern(line.rstrip()) + r"[ ]*\n" for line in shown]
    said = "".join(f"{line}\n" for line in real)
    return [] if re.fullmatch("".join(lines), said) else [f"printed:\n{said}"]


def _compare(shown: Any, real: Any, place: str) -> list[str]:
    if shown == MORE:
        return []
    if isinstance(shown, dict) and isinstance(real, dict):
        return _members(shown, real, place)
    if isinstance(shown, list) and isinstance(real, list):
        return _each(shown, real, place)
    if isinstance(shown, str) and isinstance(real, str):
        same = re.fullmatch(_pattern(shown), real, re.DOTALL) is not None
    elif _number(shown) and _number(real):
        same = _VARIES.fullmatch(_name(place)) is not None or math.isclose(shown, real, rel_tol=1e-9)
    else:
        same = type(shown) is type(real) and shown == real
    return [] if same else [f"{place or 'answer'}: shown {shown!r}, really {real!r}"]


def _members(shown: dict[str, Any], real: dict[str, Any], place: str) -> list[str]:
    found = [f"{place}.{name} is not there" for name in shown if name != MORE and name not in real]
    if MORE not in shown:
        found += [f"{place}.{name} is not shown: {real[name]!r}" for name in real if name not in shown]
    for name, value in shown.items():
        if name in real:
            found += _compare(value, real[name], f"{place}.{name}")
    return found


def _each(shown: list[Any], real: list[Any], place: str) -> list[str]:
    if MORE in shown:
        cut = shown.index(MORE)
        before, after = shown[:cut], shown[cut + 1 :]
        if len(real) < len(before) + len(after):
            return [f"{place}: shown at least {len(before) + len(after)}, really {real!r}"]
        rest = len(real) - len(after)
        return _each(before, real[:cut], place) + _each(after, real[rest:], place)
    if len(shown) != len(real):
        return [f"{place}: shown {len(shown)}, really {len(real)}: {real!r}"]
    return [
        found
        for number, (one, other) in enumerate(zip(shown, real, strict=True))
        for found in _compare(one, other, f"{place}[{number}]")
    ]


def _pattern(text: str) -> str:
    return r"[^\n]*".join(re.escape(part) for part in text.split(MORE))


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _name(place: str) -> str:
    """The last member's name, whatever items of lists lie between."""
    return re.sub(r"\[\d+\]", "", place.rpartition(".")[2])
