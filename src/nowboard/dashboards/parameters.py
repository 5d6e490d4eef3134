"""Values for the parameters of saved queries: typed, with defaults, within what is allowed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from nowboard.errors import BadRequest
from nowboard.model.saved import AllowedValues, SavedParameter, SavedQuery
from nowboard.query.literals import MAX_LIST

LIST: Final = "[]"
_LONGEST: Final = 10_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FARTHEST: Final = 2e14


class BadParameter(BadRequest):
    """A value does not fit the parameter. `detail.part` names it, `detail.allowed` the first allowed values."""

    default_code = "bad_parameter"


def values_for(query: SavedQuery, given: Mapping[str, Any]) -> dict[str, Any]:
    """A value for every parameter of `query`: the given one, else the default, else null (an empty list).

    Allowed values that come from a query are not looked at here. Raises `BadParameter`.
    """
    for name in given:
        if query.parameter(name) is None:
            known = ", ".join(parameter.name for parameter in query.parameters) or "none"
            message = f"{query.id!r} has no parameter {name!r}; it has {known}"
            raise BadParameter(message, detail={"part": f"parameters.{name}"})
    return {parameter.name: _value(parameter, given.get(parameter.name)) for parameter in query.parameters}


def checked_value(parameter: SavedParameter, value: Any) -> Any:
    """`value` in the type of `parameter`, if it is allowed by a list. Raises `BadParameter`."""
    kind, many = kind_of(parameter)
    part = f"parameters.{parameter.name}"
    if not many:
        return _allowed(parameter, _typed(value, kind, part), part)
    if not isinstance(value, list | tuple) or len(value) > MAX_LIST:
        raise BadParameter(f"{parameter.name} is a list of at most {MAX_LIST:,} values", detail={"part": part})
    return [_allowed(parameter, _typed(item, kind, part), part) for item in value]


def kind_of(parameter: SavedParameter) -> tuple[str, bool]:
    """The type of a value, and whether there is a list of them."""
    return parameter.type.removesuffix(LIST), parameter.type.endswith(LIST)


def refuse_others(parameter: SavedParameter, value: Any, allowed: list[Any]) -> None:
    """Raise `BadParameter` unless `value`, or each of a list, is one of `allowed`."""
    kind, many = kind_of(parameter)
    part = f"parameters.{parameter.name}"
    known = [_typed(item, kind, part) for item in allowed if item is not None]
    for item in value if many else [value]:
        if item is not None and item not in known:
            raise _not_allowed(parameter, item, known, part)


def _value(parameter: SavedParameter, given: Any) -> Any:
    value = parameter.default if given is None else given
    if value is not None:
        return checked_value(parameter, value)
    if parameter.required:
        message = f"the parameter {parameter.name!r} is needed"
        raise BadParameter(message, detail={"part": f"parameters.{parameter.name}"})
    return [] if kind_of(parameter)[1] else None


def _allowed(parameter: SavedParameter, value: Any, part: str) -> Any:
    allowed = parameter.allowed
    if allowed is None or isinstance(allowed, AllowedValues):
        return value
    kind, _ = kind_of(parameter)
    known = [_typed(item, kind, part) for item in allowed]
    if value not in known:
        raise _not_allowed(parameter, value, known, part)
    return value


def _not_allowed(parameter: SavedParameter, value: Any, known: list[Any], part: str) -> BadParameter:
    some = ", ".join(repr(item) for item in known[:12]) or "nothing"
    message = f"{value!r} is not allowed for {parameter.name}; allowed is {some}"
    return BadParameter(message, detail={"part": part, "allowed": known[:100]})


def _typed(value: Any, kind: str, part: str) -> Any:
    found = _READERS[kind](value)
    if found is None:
        raise BadParameter(f"{value!r:.60} is not a value of type {kind}", detail={"part": part})
    return found


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and len(value) <= _LONGEST and "\0" not in value else None


def _integer(value: Any) -> int | None:
    if isinstance(value, str) and value.removeprefix("-").isdecimal() and value.isascii() and len(value) < 20:
        value = int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    fits = isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
    return value if fits else None


def _float(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _boolean(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value)
    return value if isinstance(value, bool) else None


def _timestamp(value: Any) -> str | None:
    """As UTC without a zone, which the store and the planner read alike."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value.strip())
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _FARTHEST:
            moment = _EPOCH + timedelta(milliseconds=value)
        else:
            return None
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
    except (ValueError, OverflowError):
        return None


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "string": _string,
    "integer": _integer,
    "float": _float,
    "boolean": _boolean,
    "timestamp": _timestamp,
}
TYPES: Final = tuple(name + end for end in ("", LIST) for name in _READERS)
"""What a parameter can be."""
