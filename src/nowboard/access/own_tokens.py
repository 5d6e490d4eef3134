"""API tokens that somebody makes for themselves: never with more than they may do themselves."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from nowboard.access.audit import audit
from nowboard.access.grants import OWNER_ID, scope_of
from nowboard.access.handing import check_role_of, require_holding
from nowboard.access.narrowing import narrow
from nowboard.access.rights import rights_of
from nowboard.access.rules import require
from nowboard.access.tokens import IssuedToken, issue_token
from nowboard.clock import Micros
from nowboard.errors import Forbidden, NotFound
from nowboard.model.principals import Permission, Principal, PrincipalKind
from nowboard.model.scopes import Scope
from nowboard.records.tokens import TokenRow, get_token, list_tokens, revoke_token
from nowboard.records.users import get_user


@dataclass(frozen=True)
class _Minting:
    """What a new token rests on: whose it is, the scope it is within, and when it ends at the latest."""

    owner: str | None
    scope: Scope
    until: Micros | None = None


def access_tokens(connection: Connection, principal: Principal) -> list[TokenRow]:
    """One's own tokens; with the permission `users` those of the whole organisation."""
    rows, owner = list_tokens(connection, principal.organisation), _owner(connection, principal)
    return [row for row in rows if _manages(principal, owner, row)]


def access_token_creation(
    connection: Connection,
    principal: Principal,
    *,
    name: str,
    role: str | None,
    scope: Scope,
    expires_at: Micros | None,
    now: Micros,
) -> IssuedToken:
    """Make a token that acts for `principal`, with a role and a scope no wider than what `principal` has now.

    A user's token loses what the user loses, and ends with the user. Raises `Forbidden`, `BadRequest`.
    """
    minting = _minting(connection, principal, scope)
    wanted = check_role_of(connection, principal.organisation, role or principal.role)
    require_holding(principal, rights_of(connection, principal.organisation, wanted, {}).permissions)
    # contradicting attributes would make a token that is refused everywhere; better to say so now
    narrow(principal.scope, scope)
    if minting.until is not None:
        expires_at = minting.until if expires_at is None else min(expires_at, minting.until)
    issued = issue_token(
        connection,
        name=name,
        role=wanted,
        now=now,
        scope=minting.scope,
        expires_at=expires_at,
        organisation=principal.organisation,
        owner=minting.owner,
    )
    audit(connection, principal, "token.create", "token", issued.row.id, now=now, detail={"role": wanted})
    return issued


def access_token_removal(connection: Connection, principal: Principal, token_id: str, *, now: Micros) -> None:
    """Revoke a token: one's own, or with the permission `users` any of the organisation. Raises `NotFound`."""
    known = {row.id for row in access_tokens(connection, principal)}
    if token_id not in known or not revoke_token(connection, token_id, now):
        raise NotFound(f"there is no usable token {token_id!r}", code="unknown_token")
    audit(connection, principal, "token.revoke", "token", token_id, now=now)


def _minting(connection: Connection, principal: Principal, scope: Scope) -> _Minting:
    if principal.kind is PrincipalKind.TOKEN:
        require(principal, Permission.USERS)
        row = get_token(connection, principal.id)
        if row is not None and row.owner is not None:
            return _Minting(row.owner, narrow(scope_of(row.scope), scope), row.expires_at)
        if row is not None:
            return _Minting(None, narrow(principal.scope, scope), row.expires_at)
    if principal.kind is PrincipalKind.USER:
        if get_user(connection, principal.id) is not None:
            return _Minting(principal.id, scope)
        if principal.id == OWNER_ID:
            return _Minting(None, scope)
    raise Forbidden("only an account of this server can have API tokens; sign in with one")


def _owner(connection: Connection, principal: Principal) -> str | None:
    """The user behind a principal."""
    if principal.kind is not PrincipalKind.TOKEN:
        return principal.id
    row = get_token(connection, principal.id)
    return None if row is None else row.owner


def _manages(principal: Principal, owner: str | None, row: TokenRow) -> bool:
    return principal.may(Permission.USERS) or row.id == principal.id or (owner is not None and row.owner == owner)
