"""What somebody may hand out to others: never more than they hold."""

from __future__ import annotations

from collections.abc import Callable, Collection

from nowboard.access.narrowing import covers
from nowboard.errors import Forbidden
from nowboard.model.principals import Permission, Principal
from nowboard.model.scopes import Scope

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
