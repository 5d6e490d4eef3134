"""Types from values: the first batch of an unknown stream, and new members of an open one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from nowboard.errors import Unprocessable
from nowboard.ingest.instants import instant
from nowboard.ingest.reasons import Refused
from nowboard.ingest.values import INTEGERS
from nowboard.model.fields import Field, FieldType, Role, as_name, is_name
from nowboard.model.streams import Stream

EVENT_ID: Final = "event_id"
"""The reserved member that names an event for deduplication. It is not a field and is not stored with the event."""

TIME_NAMES: Final = (
    "time", "timestamp", "ts", "event_time", "occurred_at", "created_at", "at", "datetime", "date",
)  # fmt: skip
"""Names that mark the event time, the likeliest first."""

_PLAUSIBLE: Final = range(315_532_800_000, 4_102_444_800_000)
"""Milliseconds in the years 1980 to 2099: a number in a member called `time` that is surely meant as one."""

_NUMBERS: Final = frozenset({FieldType.INTEGER, FieldType.FLOAT})


def kind_of(value: object) -> FieldType:
    """The field type a JSON value asks for."""
    if isinstance(value, bool):
        return FieldType.BOOLEAN
    if isinstance(value, int):
        return FieldType.INTEGER if value in INTEGERS else FieldType.FLOAT
    if isinstance(value, float):
        return FieldType.FLOAT
    if isinstance(value, str):
        return FieldType.TIMESTAMP if _is_time(value) else FieldType.STRING
    return FieldType.JSON


def merge(kinds: Counter[FieldType]) -> FieldType:
    """One type for all values seen: mixed numbers are floats, mixed texts are text; else the most frequent wins."""
    if kinds.keys() >= _NUMBERS:
        kinds = kinds + Counter({FieldType.FLOAT: kinds[FieldType.INTEGER]})
        del kinds[FieldType.INTEGER]
    if kinds[FieldType.STRING]:
        kinds = kinds + Counter({FieldType.STRING: kinds[FieldType.TIMESTAMP]})
        del kinds[FieldType.TIMESTAMP]
    return kinds.most_common(1)[0][0]


class Sample:
    """What was seen of each member of the first events."""

    def __init__(self) -> None:
        self._kinds: dict[str, Counter[FieldType]] = {}
        self._plausible: dict[str, bool] = {}

    def see(self, member: str, value: object, kind: FieldType | None = None) -> None:
        """Note one value; `kind` when its type is known. Raises `Unprocessable` when a member cannot name a field."""
        if value is None or member == EVENT_ID:
            return
        if not is_name(member):
            raise Unprocessable(f"a field cannot be called {member[:80]!r}; {suggestion(member)}", code="bad_name")
        self._kinds.setdefault(member, Counter())[kind or kind_of(value)] += 1
        self._plausible[member] = self._plausible.get(member, True) and _is_plausible(value)

    def stream(self, name: str) -> Stream:
        """The stream that these events belong to.

        The time is the first member of `TIME_NAMES` that holds times, else the first member that does; without one,
        events are stamped when they arrive.
        """
        types = {member: merge(counted) for member, counted in self._kinds.items()}
        time = self._time(types)
        if time is None:
            time = "time" if "time" not in types else "received_at"
            stamped = Field(time, FieldType.TIMESTAMP, Role.TIME)
            return Stream(name, time, (stamped, *_fields(types)), stamp=True)
        return Stream(name, time, _fields(types, time))

    def _time(self, types: Mapping[str, FieldType]) -> str | None:
        for name in TIME_NAMES:
            kind = types.get(name)
            if kind is FieldType.TIMESTAMP or (kind in _NUMBERS and self._plausible[name]):
                return name
        return next((name for name, kind in types.items() if kind is FieldType.TIMESTAMP), None)


def infer_stream(name: str, events: Iterable[Mapping[str, object]]) -> Stream:
    """A stream from its first events. Raises `Unprocessable` when a member cannot name a field."""
    sample = Sample()
    for event in events:
        for member, value in event.items():
            sample.see(member, value)
    return sample.stream(name)


def _fields(types: Mapping[str, FieldType], time: str | None = None) -> tuple[Field, ...]:
    return tuple(
        Field(name, FieldType.TIMESTAMP, Role.TIME) if name == time else new_field(name, kind)
        for name, kind in types.items()
    )


def new_field(name: str, kind: FieldType) -> Field:
    """A field as inferred: numbers are measures, everything else is a dimension."""
    return Field(name, kind, Role.MEASURE if kind in _NUMBERS else Role.DIMENSION)


def suggestion(given: str) -> str:
    """What the field could be called instead."""
    rule = "names are lower-case letters, digits and _"
    name = as_name(given)
    return rule if name is None else f"{rule}, such as {name}"


def _is_time(text: str) -> bool:
    try:
        instant(text)
    except Refused:
        return False
    return True


def _is_plausible(value: object) -> bool:
    return (
        not isinstance(value, bool) and isinstance(value, int | float) and _PLAUSIBLE.start <= value < _PLAUSIBLE.stop
    )
