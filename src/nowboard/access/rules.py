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


def require_member(principal: Principal) -> None:
    """Raise `Forbidden` for who comes by a share: a guest has the one dashboard and nothing else."""
    if principal.guest is not None:
        raise Forbidden("a share shows its dashboard and nothing else; sign in for this", code="guest")


def require_operator(principal: Principal, permission: Permission) -> None:
    """Raise `Forbidden` unless `principal` holds `permission` over the whole server: unscoped, and in `main`.

    What is shared by all organisations, such as the cache, is theirs to look into and nobody else's.
    """
    require(principal, permission)
    if not is_operator(principal):
        raise Forbidden("this is for administrators of the whole server", code="operators_only")


def is_operator(principal: Principal) -> bool:
    """Whether `principal` is of who runs the server, as far as it has permissions at all."""
    return principal.organisation == HOME and principal.scope.everything


def may_see(principal: Principal, stream: str) -> bool:
    """Whether rows of `stream` can be visible to `principal` at all."""
    return principal.scope.sees(stream)


def require_whole(principal: Principal, name: str, kind: str = "stream") -> None:
    """Raise `Forbidden` unless every row of the stream or table `name` is in scope: who changes it changes all rows.

    It is the same whether there is one of this name or not, so nothing is learnt of what others have. One that is not
    there yet can be made by whom everything is visible, and by whose scope names it without a condition.
    """
    if not principal.scope.sees_whole(name):
        message = f"{kind} {name!r} is outside of your scope, or only some of its rows are inside"
        raise Forbidden(message, code="no_scope", detail={kind: name})


def require_home(principal: Principal) -> None:
    """Raise `Forbidden` unless `principal` is an administrator of the first organisation."""
    require(principal, Permission.ADMIN)
    if principal.organisation != HOME:
        raise Forbidden("only administrators of the first organisation manage organisations")
