"""Secrets that the server makes for itself on first use."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from nowboard.clock import Micros
from nowboard.records.tables import SECRETS

SECRET_BYTES = 32
"""256 bits."""


def server_secret(connection: Connection, name: str, now: Micros) -> bytes:
    """The secret called `name`, made at random on first use. Two processes asking at once get the same."""
    fresh = insert(SECRETS).values(name=name, value=secrets.token_bytes(SECRET_BYTES), created_at=now)
    connection.execute(fresh.on_conflict_do_nothing())
    value: bytes = connection.execute(select(SECRETS.c.value).where(SECRETS.c.name == name)).scalar_one()
    return value
