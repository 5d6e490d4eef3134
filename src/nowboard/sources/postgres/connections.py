"""The operator's connections to PostgreSQL, by name. Only the settings name addresses; they are never shown."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from typing import Final

from nowboard.errors import BadRequest
from nowboard.model.fields import is_name

MOST: Final = 16
"""Each connection has one reader process at most, so this bounds those."""
_SCHEMES: Final = ("postgresql://", "postgres://")


class Connections:
    """Addresses by name."""

    def __init__(self, given: Mapping[str, str]) -> None:
        """Raises `BadRequest` for names and addresses that are none, and where the driver is missing."""
        if len(given) > MOST:
            raise _bad(f"there are {len(given)} connections; at most {MOST} can be given")
        for name, address in given.items():
            if not is_name(name):
                raise _bad(f"{name[:80]!r} cannot name a connection: use lower case letters, digits and _")
            if not address.startswith(_SCHEMES):
                raise _bad(f"the connection {name!r} has no address that begins with postgresql://")
        if given and importlib.util.find_spec("psycopg") is None:
            raise _bad("connections to PostgreSQL need its driver: pip install 'nowboard[postgres]'")
        self._given = dict(given)

    def __repr__(self) -> str:
        return f"Connections({', '.join(self._given)})"

    @property
    def names(self) -> list[str]:
        """In the order of the settings."""
        return list(self._given)

    def address(self, name: str) -> str:
        """Where the connection called `name` leads. Raises `BadRequest` for one that the settings do not have."""
        found = self._given.get(name)
        if found is None:
            raise BadRequest(f"the settings have no connection {name!r}", code="unknown_connection")
        return found


def _bad(message: str) -> BadRequest:
    return BadRequest(f"NOWBOARD_CONNECTIONS: {message}", code="bad_setting")
