"""What somebody may hand out to others: never more than they hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import Connection

from nowboard.access.narrowing import covers
from nowboard.access.rights import rights_of
from nowboard.errors import BadRequest, Forbidden
from nowboard.model.principals import ROLES, Permission, Principal
from nowboard.model.scopes import Scope
from nowboard.records.roles import get_role

ScopeCheck = Callable[[Scope], frozenset[str]]
"""Checks every predicate of a scope on its own; returns the attributes without a value. Raises `BadRequest`."""


def require_holding(principal: Principal, permissions: Collection[Permission], scope: Scope | None = None) -> None:
    """Raise `Forbidden` (`beyond_own_rights`) unless `principal` holds all of this itself."""
    missing = sorted(each.value for each in permissions if not principal.may(each))
    if missing:
        raise Forbidden(
            f"you cannot hand out what you do not hold yourself: {', '.join(missing)}",
            code="beyond_own_rights",
            detail={"permissions": missing},
        )
    if scope is not None and not covers(principal.scope, scope):
        raise Forbidden(
            "you cannot hand out a scope that is wider than your own, or that may be", code="beyond_own_rights"
        )


def check_handing(
    connection: Connection, principal: Principal, organisation: str, role: str, attributes: Mapping[str, Any]
) -> None:
    """Refuse to give somebody rights beyond those of `principal`, or to act on who has them. Raises `Forbidden`."""
    rights = rights_of(connection, organisation, role, attributes)
    require_holding(principal, rights.permissions, rights.scope)


def check_role_of(connection: Connection, organisation: str, role: str) -> str:
    """`role` if the organisation has it, built-in or its own. Raises `BadRequest`."""
    own = get_role(connection, organisation, role)
    if role not in ROLES and (own is None or own.permissions is None):
        raise BadRequest(f"there is no role {role!r}", code="unknown_role", detail={"roles": list(ROLES)})
    return role
