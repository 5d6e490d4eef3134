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


def may_see(principal: Principal, stream: str) -> bool:
    """Whether rows of `stream` can be visible to `principal` at all."""
    return principal.scope.everything or stream in principal.scope.streams
