"""Who may do what."""

from __future__ import annotations

from nowboard.errors import Forbidden
from nowboard.model.principals import Permission, Principal


def require(principal: Principal, permission: Permission) -> None:
    """Raise `Forbidden` unless `principal` holds `permission`."""
    if not principal.may(permission):
        raise Forbidden(
            f"this needs the permission `{permission.value}`, which the role {principal.role!r} does not have",
            detail={"permission": permission.value},
        )


def require_member(principal: Principal) -> None:
    """Raise `Forbidden` for who comes by a share: a guest has the one dashboard and nothing else."""
    if principal.guest is not None:
        raise Forbidden("a share shows its dashboard and nothing else; sign in for this", code="guest")


def may_see(principal: Principal, stream: str) -> bool:
    """Whether rows of `stream` can be visible to `principal` at all."""
    return principal.scope.everything or stream in principal.scope.streams
