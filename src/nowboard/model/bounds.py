"""How long texts and lists may be that come from outside; a longer one is refused by name."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

NAME: Final = 200
"""Characters of a name, an id, a type or a unit."""
TITLE: Final = 400
TEXT: Final = 5_000
"""Characters of a description."""
FIELDS: Final = 1_000
"""Fields of a stream or a table, given or grown from what came."""

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
