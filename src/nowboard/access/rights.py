"""What a role in an organisation allows, read anew whenever somebody is let in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection

from nowboard.access.narrowing import narrow
from nowboard.model.principals import ROLES, Permission
from nowboard.model.scopes import EVERYTHING, NOTHING, Scope
from nowboard.records.organisations import get_organisation
from nowboard.records.roles import RoleRow, get_role


class Rights(msgspec.Struct, frozen=True):
    """Permissions and scope. The rights of an unknown role, or in a disabled organisation, are none at all.

    `closed` says that the organisation is disabled or gone: credentials of it are no good any more.
    """

    permissions: frozenset[Permission] = frozenset()
    scope: Scope = NOTHING
    closed: bool = False


NO_RIGHTS = Rights()
CLOSED = Rights(closed=True)


def rights_of(connection: Connection, organisation: str, role: str, attributes: Mapping[str, Any]) -> Rights:
    """What `role` allows in `organisation` to somebody with these attributes.

    The scope is the organisation's, narrowed by the role's; the attributes are what its predicates name.
    Raises `Forbidden` when the scopes contradict each other.
    """
    tenant = get_organisation(connection, organisation)
    if tenant is None or tenant.disabled_at is not None:
        return CLOSED
    row = get_role(connection, organisation, role)
    permissions = permissions_of(role, row)
    if permissions is None:
        return NO_RIGHTS
    scope = narrow(_scope(tenant.scope), EVERYTHING if row is None else _scope(row.scope))
    return Rights(permissions, narrow(scope, Scope(everything=True, attributes=dict(attributes))))


def permissions_of(role: str, row: RoleRow | None) -> frozenset[Permission] | None:
    """What a built-in role, or the stored one, allows; None when there is no such role."""
    if role in ROLES:
        return ROLES[role]
    if row is None or row.permissions is None:
        return None
    known = {permission.value for permission in Permission}
    return frozenset(Permission(name) for name in row.permissions if name in known)


def _scope(row: Mapping[str, Any]) -> Scope:
    return msgspec.convert(row, Scope)
