"""From stored credentials to principals, with the rights they have now."""

from __future__ import annotations

from sqlalchemy import Connection

from nowboard.access.grants import OWNER_ID, Grant, grant_of_token
from nowboard.access.narrowing import narrow
from nowboard.access.rights import rights_of
from nowboard.clock import Micros
from nowboard.model.principals import ROLES, Principal, PrincipalKind
from nowboard.model.scopes import EVERYTHING
from nowboard.records.tokens import TokenRow, get_token
from nowboard.records.users import UserRow, get_user, has_administrator


def principal_of_grant(connection: Connection, grant: Grant, now: Micros) -> Principal | None:
    """Who acts under a grant; None when what it rests on is gone: the user, or the token it was begun with."""
    if grant.token is not None:
        token = get_token(connection, grant.token)
        return None if token is None else principal_of_token(connection, token, now)
    if grant.kind is not PrincipalKind.USER:
        return None
    if grant.id == OWNER_ID:
        # the way in until somebody administers the server, and never again: neither by a link nor by an open session
        if has_administrator(connection):
            return None
        return Principal(grant.kind, grant.id, grant.name, "admin", ROLES["admin"], EVERYTHING)
    user = get_user(connection, grant.id)
    return None if user is None else principal_of_user(connection, user)


def principal_of_user(connection: Connection, user: UserRow) -> Principal | None:
    """The principal that a user is; None when the user or its organisation is disabled.

    Raises `Forbidden` for contradicting scopes.
    """
    if user.disabled_at is not None:
        return None
    attributes = {**user.attributes, "user_id": user.id, "email": user.email}
    rights = rights_of(connection, user.organisation, user.role, attributes)
    if rights.closed:
        return None
    return Principal(
        PrincipalKind.USER, user.id, user.name, user.role, rights.permissions, rights.scope, user.organisation
    )


def principal_of_token(connection: Connection, row: TokenRow, now: Micros) -> Principal | None:
    """The principal that a token is; None when it is over, revoked, or its owner or organisation is gone.

    A token can do what its role allows, and never more than its owner can at this moment.
    """
    if not row.usable(now):
        return None
    grant = grant_of_token(row)
    rights = rights_of(connection, row.organisation, row.role, {})
    if rights.closed:
        return None
    permissions, scope = rights.permissions, narrow(rights.scope, grant.scope)
    if row.owner is not None:
        owner = get_user(connection, row.owner)
        owning = None if owner is None else principal_of_user(connection, owner)
        if owning is None:
            return None
        permissions, scope = permissions & owning.permissions, narrow(scope, owning.scope)
    return Principal(PrincipalKind.TOKEN, row.id, row.name, row.role, permissions, scope, row.organisation)
