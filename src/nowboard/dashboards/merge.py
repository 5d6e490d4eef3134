"""Two changes of one dashboard put together: widgets by id, members one by one, and where the two cannot agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from nowboard.dashboards.compare import ABSENT, filter_key, widget_key

_WHOLE: Final = frozenset({"query", "layouts", "window", "clicks"})
"""Members that make sense only as a whole."""


class Contested(msgspec.Struct, frozen=True):
    """A place that both sides changed, each in its own way. The proposal has `yours`; a missing side removed it."""

    path: str
    base: Any = ABSENT
    yours: Any = ABSENT
    theirs: Any = ABSENT


class Merged(msgspec.Struct, frozen=True):
    """A document that has both changes, and where they contradict each other. It still has to be found valid."""

    document: Mapping[str, Any]
    conflicts: tuple[Contested, ...]


Sides = tuple[Any, Any, Any]
"""What was there at first, what is yours and what is theirs."""


def merge(base: Mapping[str, Any], yours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merged:
    """What becomes of `base` when both `yours` and `theirs` are wanted."""
    conflicts: list[Contested] = []
    heads: Sides = _each((base, yours, theirs), _head)
    head = _members(heads, "", conflicts)
    for name, key in _LISTS.items():
        sides: Sides = (base.get(name, ()), yours.get(name, ()), theirs.get(name, ()))
        items = _items(name, key, sides, conflicts)
        if items:
            head[name] = items
    return Merged(head, tuple(conflicts))


_LISTS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {"filters": filter_key, "widgets": widget_key}


def _each(sides: Sides, function: Callable[[Any], Any]) -> Sides:
    base, yours, theirs = sides
    return function(base), function(yours), function(theirs)


def _head(side: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in side.items() if name not in _LISTS}


def _at(sides: Sides, name: str) -> Sides:
    return _each(sides, lambda side: side.get(name, ABSENT))


def _members(sides: Sides, path: str, conflicts: list[Contested]) -> dict[str, Any]:
    _, yours, theirs = sides
    found = {}
    for name in [*theirs, *(name for name in yours if name not in theirs)]:
        value = _value(_at(sides, name), f"{path}.{name}" if path else name, conflicts, whole=name in _WHOLE)
        if value is not ABSENT:
            found[name] = value
    return found


def _value(sides: Sides, path: str, conflicts: list[Contested], *, whole: bool) -> Any:
    base, yours, theirs = sides
    if yours in (theirs, base):
        return theirs
    if theirs == base:
        return yours
    if not whole and all(isinstance(side, Mapping) for side in sides):
        return _members(sides, path, conflicts)
    conflicts.append(Contested(path, base, yours, theirs))
    return theirs if yours is ABSENT else yours


def _items(name: str, key: Callable[[Any], str], sides: Sides, conflicts: list[Contested]) -> list[Any]:
    by_key = _each(sides, lambda side: {key(each): each for each in side})
    found = []
    for each in _order([*by_key[1]], [*by_key[2]]):
        value = _value(_at(by_key, each), f"{name}[{each}]", conflicts, whole=False)
        if value is not ABSENT:
            found.append(value)
    return found


def _order(yours: list[str], theirs: list[str]) -> list[str]:
    """In the order of `theirs`; what only `yours` has stands behind what it stood behind."""
    order = [*theirs]
    for index, name in enumerate(yours):
        if name not in order:
            before = yours[index - 1] if index else None
            order.insert(order.index(before) + 1 if before is not None else 0, name)
    return order
