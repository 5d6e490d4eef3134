"""API tokens: issued once, stored hashed, revocable."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection

from nowboard.access.audit import audit
from nowboard.access.grants import to_row
from nowboard.access.handing import check_role_of
from nowboard.access.secrets import TOKEN_PREFIX, digest, new_id, new_secret
from nowboard.clock import Micros
from nowboard.errors import BadRequest, NotFound
from nowboard.model.principals import HOME, SYSTEM
from nowboard.model.scopes import EVERYTHING, Scope
from nowboard.records.tokens import TokenRow, add_token, get_token, list_tokens, revoke_token


@dataclass(frozen=True)
class IssuedToken:
    """A new token; `secret` is shown this once."""

    secret: str
    row: TokenRow


def issue_token(
    connection: Connection,
    *,
    name: str,
    role: str,
    now: Micros,
    scope: Scope = EVERYTHING,
    expires_at: Micros | None = None,
    organisation: str = HOME,
    owner: str | None = None,
) -> IssuedToken:
    """Create a token of an organisation's role; that of an `owner` never does more than the owner can.

    Raises `BadRequest` for an unknown role, an empty name or a time that is over.
    """
    check_role_of(connection, organisation, role)
    if not 0 < len(name) <= 200 or not name.isprintable():
        raise BadRequest("a token's name has 1 to 200 printable characters", code="bad_name")
    if expires_at is not None and expires_at <= now:
        raise BadRequest("a token cannot be over before it begins", code="bad_expiry")
    secret = new_secret(TOKEN_PREFIX)
    row = TokenRow(new_id("tok"), name, role, to_row(scope), now, expires_at, organisation=organisation, owner=owner)
    add_token(connection, row, digest(secret))
    return IssuedToken(secret, row)


def issue_from_console(
    connection: Connection, *, name: str, role: str, now: Micros, scope: Scope, expires_at: Micros | None
) -> IssuedToken:
    """`issue_token` for who has the server's files, noted in the audit log."""
    issued = issue_token(connection, name=name, role=role, now=now, scope=scope, expires_at=expires_at)
    audit(connection, SYSTEM, "token.create", "token", issued.row.id, now=now, detail={"role": role, "by": "console"})
    return issued


def withdraw_from_console(connection: Connection, token_id: str, now: Micros) -> TokenRow:
    """`withdraw_token` for who has the server's files, noted in the audit log."""
    row = withdraw_token(connection, token_id, now)
    audit(connection, SYSTEM, "token.revoke", "token", row.id, now=now, detail={"by": "console"})
    return row


def withdraw_token(connection: Connection, token_id: str, now: Micros) -> TokenRow:
    """Revoke a token by its id, or by its name when only one usable token has it. Raises `NotFound`."""
    found = get_token(connection, token_id)
    if found is None:
        named = [row for row in list_tokens(connection) if row.name == token_id and row.usable(now)]
        found = named[0] if len(named) == 1 else None
    if found is None or not revoke_token(connection, found.id, now):
        raise NotFound(f"there is no usable token {token_id!r}; `nowboard token list` shows all", code="unknown_token")
    return msgspec.structs.replace(found, revoked_at=now)
