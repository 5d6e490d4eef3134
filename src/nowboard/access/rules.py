"""Who may do what."""

from __future__ import annotations

from nowboard.errors import Forbidden
from nowboard.model.principals import HOME, Permission, Principal


def require(principal: Principal, permission: Permission) -> None:
    """Raise `Forbidden` unless `principal` holds `permission`."""
    if not principal.may(permission):
        raise Forbidden(
            f"this needs the permission `{permission.value}`, which the role {principal.role!r} does not have",
            detail={"permission": permission.value},
        )


def require_operator(principal: Principal, permission: Permission) -> None:
    """Raise `Forbidden` unless `principal` holds `permission` over the whole server: unscoped, and in `main`.

    What is shared by all organisations, such as the cache, is theirs to look into and nobody else's.
    """
    require(principal, permission)
    if principal.organisation != HOME or not principal.scope.everything:
        raise Forbidden("this is for administrators of the whole server", code="operators_only")


def may_see(principal: Principal, stream: str) -> bool:
    """Whether rows of `stream` can be visible to `principal` at all."""
    return principal.scope.everything or stream in principal.scope.streams
