"""How long texts and lists may be that come from outside; a longer one is refused by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

import msgspec

from nowboard.clock import Micros

NAME: Final = 200
"""Characters of a name, an id, a type or a unit."""
TITLE: Final = 400
TEXT: Final = 5_000
"""Characters of a description."""
FIELDS: Final = 1_000
"""Fields of a stream or a table, given or grown from what came."""
EARLIEST: Final[Micros] = -62_135_596_800_000_000
"""0001-01-01T00:00:00Z: years have four digits, as RFC 3339 says."""
LATEST: Final[Micros] = 253_402_300_799_999_999
"""9999-12-31T23:59:59.999999Z."""
TABLE_ROWS: Final = 1_000_000
"""Reference data is joined from memory; more than this is a stream."""
TABLE_BYTES: Final = 64 * 1024 * 1024
"""Of a table as it comes, whether it is sent or read."""

VALUE: Final = 10_000
"""Characters of a value that a person gives: of a filter, a parameter, an attribute."""
VALUES: Final = 5_000
"""Such values in one list."""

Name = Annotated[str, msgspec.Meta(max_length=NAME)]
Title = Annotated[str, msgspec.Meta(max_length=TITLE)]
Text = Annotated[str, msgspec.Meta(max_length=TEXT)]
Sql = str
"""Bounded where it is parsed, by `nowboard.query.syntax`, which names the place."""
Few = msgspec.Meta(max_length=32)
"""A list that a person writes."""
Some = msgspec.Meta(max_length=100)
"""A list that a program writes."""
Many = msgspec.Meta(max_length=FIELDS)
Instant = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799_999)]
"""Milliseconds since 1970, up to the end of the year 9999."""
Number = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
"""A count or a version: what every part of the server, and a browser, holds exactly."""
Decimals = Annotated[int, msgspec.Meta(ge=0, le=20)]
"""Digits after the point."""


class Excess(msgspec.Struct, frozen=True):
    """Where in JSON data there is too much, and a sentence about it."""

    path: tuple[str | int, ...]
    message: str


def excess_in(data: object, *, texts: int = VALUE, values: int = VALUES) -> Excess | None:
    """The first text of `data` that is longer than `texts`, or list or object with more than `values` members.

    However deep the data is nested, this does not recurse.
    """
    waiting: list[tuple[tuple[str | int, ...], object]] = [((), data)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            if len(value) > texts:
                return Excess(path, f"The text is longer than {texts:,} characters.")
        elif isinstance(value, Mapping | list | tuple):
            if len(value) > values:
                return Excess(path, f"There are more than {values:,} values.")
            members = value.items() if isinstance(value, Mapping) else enumerate(value)
            if isinstance(value, Mapping) and any(len(str(name)) > NAME for name in value):
                return Excess(path, f"The name of a member is longer than {NAME} characters.")
            waiting.extend(((*path, name), each) for name, each in members)
    return None
