"""How long texts and lists may be that come from outside; a longer one is refused by name."""

from __future__ import annotations

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
