"""Texts of a table as typed columns. A text that does not fit its field refuses its row, by name, and no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from nowboard.model.fields import FieldType

Texts: TypeAlias = "Sequence[str | None]"
Array: TypeAlias = "pa.Array[Any]"

_WRITTEN: Final[Mapping[FieldType, str]] = {
    FieldType.INTEGER: r"^[+-]?[0-9]{1,19}$",
    FieldType.FLOAT: r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$",
    FieldType.BOOLEAN: r"^(true|True|TRUE|false|False|FALSE)$",
}
"""How values of a type are written, for RE2. Everything else stays text: the server reads times, decimals and JSON."""

_CLEARLY: Final[Mapping[FieldType, str]] = {
    FieldType.INTEGER: r"^-?(0|[1-9][0-9]{0,17})$",
    FieldType.FLOAT: r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$",
    FieldType.BOOLEAN: _WRITTEN[FieldType.BOOLEAN],
}
"""What makes a column one of numbers when nobody says so: a leading zero is a code's, not a number's."""

_TYPES: Final[Mapping[FieldType, pa.DataType]] = {
    FieldType.INTEGER: pa.int64(),
    FieldType.FLOAT: pa.float64(),
    FieldType.BOOLEAN: pa.bool_(),
}


class Misfit(ValueError):
    """A text does not fit its field. `code` is a drop reason's name."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def kind_of(texts: Texts) -> FieldType | None:
    """Integer, float or boolean where all texts are clearly that, else string. None when there is no text."""
    if all(text is None for text in texts):
        return None
    array = _strings(texts, {})
    return next((kind for kind, pattern in _CLEARLY.items() if _all_match(array, pattern)), FieldType.STRING)


def column_of(texts: Texts, kind: FieldType, misfits: dict[int, Misfit]) -> Array:
    """The texts as a column that a field of type `kind` takes; what does not fit is null and named in `misfits`."""
    array = _strings(texts, misfits)
    if kind is FieldType.TIMESTAMP:  # a number of milliseconds is a number, a written time is text
        kind = FieldType.INTEGER if _all_match(array, _WRITTEN[FieldType.INTEGER]) else FieldType.STRING
    target = _TYPES.get(kind)
    if target is None:
        return array
    if _all_match(array, _WRITTEN[kind]):
        try:
            return array.cast(target)
        except pa.ArrowException:
            pass  # one of them is out of range
    return pa.array([_cell(text, kind, target, place, misfits) for place, text in enumerate(array.to_pylist())], target)


def _strings(texts: Texts, misfits: dict[int, Misfit]) -> Array:
    try:
        return pa.array(texts, pa.string())
    except UnicodeEncodeError:
        return pa.array([_sound(text, place, misfits) for place, text in enumerate(texts)], pa.string())


def _sound(text: str | None, place: int, misfits: dict[int, Misfit]) -> str | None:
    """The text, or None where the file holds bytes that are no UTF-8."""
    try:
        "" if text is None else text.encode()
    except UnicodeEncodeError:
        misfits.setdefault(place, Misfit("bad_text", "the text is not valid UTF-8"))
        return None
    return text


def _all_match(array: Array, pattern: str) -> bool:
    found = pc.call_function("match_substring_regex", [array], pc.MatchSubstringOptions(pattern))
    return bool(pc.call_function("all", [found]).as_py())


def _cell(text: str | None, kind: FieldType, target: pa.DataType, place: int, misfits: dict[int, Misfit]) -> Any:
    if text is None:
        return None
    alone = pa.array([text], pa.string())
    if not _all_match(alone, _WRITTEN[kind]):
        misfits.setdefault(place, Misfit("wrong_type", f"{text[:80]!r} does not fit {kind.value}"))
        return None
    try:
        return alone.cast(target)[0].as_py()
    except pa.ArrowException:
        misfits.setdefault(place, Misfit("out_of_range", f"{text[:80]!r} is beyond what {kind.value} holds"))
        return None
