"""Embed keys as rows: what tokens that other sites sign are checked with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from nowboard.clock import Micros
from nowboard.records.tables import EMBED_KEYS


class EmbedKeyRow(msgspec.Struct, frozen=True):
    """A key without its secret. `limits` bound every token that is signed with it."""

    id: str
    organisation: str
    name: str
    limits: Mapping[str, Any]
    created_at: Micros
    created_by: str
    revoked_at: Micros | None = None


_COLUMNS = [column for column in EMBED_KEYS.c if column.name != "secret"]


def add_embed_key(connection: Connection, row: EmbedKeyRow, secret: bytes) -> None:
    """Store a new key. The secret itself is stored, as signatures cannot be checked with a hash of it."""
    connection.execute(insert(EMBED_KEYS).values(secret=secret, **msgspec.structs.asdict(row)))


def get_embed_key(connection: Connection, key_id: str) -> EmbedKeyRow | None:
    """The key of this id, revoked or not."""
    found = connection.execute(select(*_COLUMNS).where(EMBED_KEYS.c.id == key_id)).one_or_none()
    return None if found is None else EmbedKeyRow(**found._mapping)


def embed_secret(connection: Connection, key_id: str) -> bytes:
    """The secret of a key that is there."""
    secret: bytes = connection.execute(select(EMBED_KEYS.c.secret).where(EMBED_KEYS.c.id == key_id)).scalar_one()
    return secret


def list_embed_keys(connection: Connection, organisation: str) -> list[EmbedKeyRow]:
    """The keys of an organisation that were not revoked, the oldest first."""
    found = select(*_COLUMNS).where(EMBED_KEYS.c.organisation == organisation, EMBED_KEYS.c.revoked_at.is_(None))
    return [EmbedKeyRow(**row._mapping) for row in connection.execute(found.order_by(EMBED_KEYS.c.created_at))]


def revoke_embed_key(connection: Connection, key_id: str, now: Micros) -> bool:
    """Revoke a key; False when there is none of this id or it was revoked before."""
    statement = update(EMBED_KEYS).where(EMBED_KEYS.c.id == key_id, EMBED_KEYS.c.revoked_at.is_(None))
    return connection.execute(statement.values(revoked_at=now)).rowcount == 1
