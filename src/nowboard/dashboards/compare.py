"""What differs between two versions of a dashboard: its own members, its filters and its widgets by their ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

ABSENT: Final = msgspec.UNSET
"""Stands for a side that does not have a member."""

_LISTS: Final = ("filters", "widgets")


class MemberChange(msgspec.Struct, frozen=True):
    """One member that differs; a side without it is `ABSENT`, and left out in JSON."""

    path: str
    before: Any = ABSENT
    after: Any = ABSENT


class ItemChange(msgspec.Struct, frozen=True):
    """A filter (`stream.field`) or a widget, by its id, that is on both sides and not the same."""

    id: str
    members: tuple[MemberChange, ...]


class ListChanges(msgspec.Struct, frozen=True):
    """Filters or widgets: those that only one side has, whole, and those that differ."""

    added: tuple[Mapping[str, Any], ...] = ()
    removed: tuple[Mapping[str, Any], ...] = ()
    changed: tuple[ItemChange, ...] = ()


class DocumentChanges(msgspec.Struct, frozen=True):
    """All that differs between two documents. `same` says that nothing does."""

    same: bool
    members: tuple[MemberChange, ...]
    filters: ListChanges
    widgets: ListChanges


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> DocumentChanges:
    """What changed from one document to another. Moving a widget in the list changes only its `position`."""
    members = tuple(member_changes(_head(before), _head(after)))
    filters = _list_changes(before.get("filters", ()), after.get("filters", ()), filter_key)
    widgets = _list_changes(before.get("widgets", ()), after.get("widgets", ()), widget_key)
    empty = ListChanges()
    return DocumentChanges(not members and filters == empty and widgets == empty, members, filters, widgets)


def widget_key(widget: Mapping[str, Any]) -> str:
    """What identifies a widget."""
    return str(widget["id"])


def filter_key(filter_: Mapping[str, Any]) -> str:
    """What identifies a filter."""
    return f"{filter_['stream']}.{filter_['field']}"


def member_changes(before: Any, after: Any, path: str = "") -> Iterator[MemberChange]:
    """Members that differ, as deep as both sides are objects."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in [*before, *(name for name in after if name not in before)]:
            inner = f"{path}.{name}" if path else str(name)
            yield from member_changes(before.get(name, ABSENT), after.get(name, ABSENT), inner)
    elif before != after:
        yield MemberChange(path, before, after)


def _head(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in _LISTS}


def _list_changes(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], key: Callable[[Mapping[str, Any]], str]
) -> ListChanges:
    old, new = {key(each): each for each in before}, {key(each): each for each in after}
    kept = [name for name in new if name in old]
    places = {name: index for index, name in enumerate(name for name in old if name in new)}
    changed = []
    for index, name in enumerate(kept):
        members = list(member_changes(old[name], new[name]))
        if places[name] != index:
            members.append(MemberChange("position", places[name], index))
        if members:
            changed.append(ItemChange(name, tuple(members)))
    return ListChanges(
        added=tuple(each for name, each in new.items() if name not in old),
        removed=tuple(each for name, each in old.items() if name not in new),
        changed=tuple(changed),
    )
