"""Which result columns a widget's options name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from nowboard.dashboards.options import ResultColumn
from nowboard.dashboards.problems import Path


class Reference(msgspec.Struct, frozen=True):
    """Option `path` names `column` of the result of `part` (None is the widget's own query)."""

    path: Path
    part: str | None
    column: str


def references_in(options: msgspec.Struct, path: Path = (), part: str | None = None) -> Iterator[Reference]:
    """Every column that `options` names, with the place in the options where it does."""
    own_part = getattr(type(options), "part", None) or part
    hints = get_type_hints(type(options), include_extras=True)
    for field in msgspec.structs.fields(options):
        value = getattr(options, field.name)
        yield from _in_value(value, hints[field.name], (*path, field.encode_name), own_part)


def _in_value(value: object, hint: object, path: Path, part: str | None) -> Iterator[Reference]:
    if isinstance(value, msgspec.Struct):
        yield from references_in(value, path, part)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _in_value(item, hint, (*path, index), part)
    elif isinstance(value, str) and _names_column(hint):
        yield Reference(path, part, value)


def _names_column(hint: Any) -> bool:
    """Whether a type is, or holds, `ResultColumn`."""
    if get_origin(hint) is Annotated:
        return bool(hint == ResultColumn)
    return any(_names_column(inner) for inner in get_args(hint))
