"""API tokens as rows. What a token may do is decided in `nowboard.access`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from nowboard.clock import Micros
from nowboard.model.principals import HOME
from nowboard.records.tables import API_TOKENS


class TokenRow(msgspec.Struct, frozen=True):
    """An API token without its secret: only the hash was ever stored."""

    id: str
    name: str
    role: str
    scope: Mapping[str, Any]
    created_at: Micros
    expires_at: Micros | None = None
    last_used_at: Micros | None = None
    revoked_at: Micros | None = None
    organisation: str = HOME
    owner: str | None = None

    def usable(self, now: Micros) -> bool:
        """Whether the token is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


_COLUMNS = [column for column in API_TOKENS.c if column.name != "hash"]


def add_token(connection: Connection, row: TokenRow, digest: bytes) -> None:
    """Store a new token under the hash of its secret."""
    connection.execute(insert(API_TOKENS).values(hash=digest, **msgspec.structs.asdict(row)))


def find_token(connection: Connection, digest: bytes) -> TokenRow | None:
    """The token whose secret has this hash, usable or not."""
    found = connection.execute(select(*_COLUMNS).where(API_TOKENS.c.hash == digest)).one_or_none()
    return None if found is None else _row(found)


def get_token(connection: Connection, token_id: str) -> TokenRow | None:
    """The token of this id, usable or not."""
    found = connection.execute(select(*_COLUMNS).where(API_TOKENS.c.id == token_id)).one_or_none()
    return None if found is None else _row(found)


def list_tokens(connection: Connection, organisation: str | None = None, *, owner: str | None = None) -> list[TokenRow]:
    """All tokens, or those of an organisation or an owner, the oldest first."""
    wanted = select(*_COLUMNS).order_by(API_TOKENS.c.created_at, API_TOKENS.c.id)
    if organisation is not None:
        wanted = wanted.where(API_TOKENS.c.organisation == organisation)
    if owner is not None:
        wanted = wanted.where(API_TOKENS.c.owner == owner)
    return [_row(found) for found in connection.execute(wanted)]


def revoke_token(connection: Connection, token_id: str, now: Micros) -> bool:
    """Revoke a token; False when there is none of this id or it was revoked before."""
    statement = update(API_TOKENS).where(API_TOKENS.c.id == token_id, API_TOKENS.c.revoked_at.is_(None))
    return connection.execute(statement.values(revoked_at=now)).rowcount == 1


def ended_tokens(connection: Connection, after: Micros, until: Micros) -> list[TokenRow]:
    """Tokens that were revoked or ran out in (after, until]."""
    columns = API_TOKENS.c
    ended = columns.revoked_at.between(after + 1, until) | columns.expires_at.between(after + 1, until)
    return [_row(found) for found in connection.execute(select(*_COLUMNS).where(ended))]


def touch_token(connection: Connection, token_id: str, now: Micros) -> None:
    """Note that a token was used."""
    connection.execute(update(API_TOKENS).where(API_TOKENS.c.id == token_id).values(last_used_at=now))


def _row(found: Row[Any]) -> TokenRow:
    return TokenRow(**found._mapping)
