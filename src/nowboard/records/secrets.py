"""Secrets that the server makes for itself on first use."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, insert, select

from nowboard.clock import Micros
from nowboard.records.tables import SECRETS

SECRET_BYTES = 32
"""256 bits."""


def server_secret(connection: Connection, name: str, now: Micros) -> bytes:
    """The secret called `name`, made at random on first use. Two processes asking at once get the same: the one that
    was overtaken is run again, and then finds it."""
    known: bytes | None = connection.execute(select(SECRETS.c.value).where(SECRETS.c.name == name)).scalar()
    if known is not None:
        return known
    value = secrets.token_bytes(SECRET_BYTES)
    connection.execute(insert(SECRETS).values(name=name, value=value, created_at=now))
    return value
