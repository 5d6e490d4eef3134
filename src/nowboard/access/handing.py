"""Nobody hands out more than they hold: permissions, rows and columns of users and tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection
from sqlglot import exp

from nowboard.access.narrowing import condition_of, stronger
from nowboard.access.rights import rights_of
from nowboard.errors import BadRequest, Forbidden
from nowboard.model.principals import ROLES, Permission, Principal
from nowboard.model.scopes import Scope
from nowboard.records.roles import get_role

MASKS: Final = ("hide", "hash", "partial")


def check_role_of(connection: Connection, organisation: str, role: str) -> str:
    """`role` if the organisation has it, built-in or its own. Raises `BadRequest`."""
    own = get_role(connection, organisation, role)
    if role not in ROLES and (own is None or own.permissions is None):
        raise BadRequest(f"there is no role {role!r}", code="unknown_role", detail={"roles": list(ROLES)})
    return role


def check_scope(scope: Scope) -> Scope:
    """`scope` if each of its predicates is one condition and each mask is known. Raises `BadRequest`."""
    for stream, predicate in scope.streams.items():
        if condition_of(predicate.sql) is None:
            message = f"the scope of {stream} is not a condition; an example: region in (:regions)"
            raise BadRequest(message, code="bad_scope", detail={"stream": stream})
    for tag, mask in scope.masks.items():
        if mask not in MASKS:
            raise BadRequest(f"{tag} has no mask {mask!r}; masks are {', '.join(MASKS)}", code="bad_scope")
    return scope


def check_permissions(principal: Principal, permissions: frozenset[Permission]) -> None:
    """Refuse to hand out permissions that `principal` does not hold. Raises `Forbidden`."""
    beyond = sorted(permission.value for permission in permissions - principal.permissions)
    if beyond:
        message = f"you cannot hand out what you do not hold yourself: {', '.join(beyond)}"
        raise Forbidden(message, code="beyond_own", detail={"permissions": beyond})


def check_handing(
    connection: Connection, principal: Principal, organisation: str, role: str, attributes: Mapping[str, Any]
) -> None:
    """Refuse to give somebody rights beyond those of `principal`, or to act on who has them. Raises `Forbidden`."""
    rights = rights_of(connection, organisation, role, attributes)
    check_permissions(principal, rights.permissions)
    if not covers(principal.scope, rights.scope):
        raise Forbidden("you cannot hand out rows or columns that you do not see yourself", code="beyond_own")


def covers(mine: Scope, theirs: Scope) -> bool:
    """Whether everything that `theirs` shows is certainly in `mine` too; when in doubt, no."""
    if theirs.everything and not mine.everything:
        return False
    if not mine.everything and not theirs.streams.keys() <= mine.streams.keys():
        return False
    lists: dict[str, bool] = {}
    for stream, predicate in mine.streams.items():
        if condition_of(predicate.sql) is None:
            return False
        needed = _conjuncts(predicate.sql)
        for tree in needed.values():
            lists |= {name: _is_list(tree) and lists.get(name, True) for name in _parameters(tree)}
        if stream not in theirs.streams:
            if theirs.everything:
                return False
        elif not needed.keys() <= _conjuncts(theirs.streams[stream].sql).keys():
            return False
    for name, is_list in lists.items():
        if not _within(mine.attributes.get(name), theirs.attributes.get(name), is_list=is_list):
            return False
    return all(tag in theirs.masks and stronger(mask, theirs.masks[tag]) == theirs.masks[tag]
               for tag, mask in mine.masks.items())  # fmt: skip


def _conjuncts(sql: str) -> dict[str, exp.Expr]:
    """The conditions that a predicate joins by AND, under their canonical text."""
    tree = condition_of(sql)
    pending, found = [] if tree is None else [tree], {}
    while pending:
        node = pending.pop().unnest()
        if isinstance(node, exp.And):
            pending += [node.left, node.right]
        else:
            found[node.sql(dialect="duckdb", comments=False)] = node
    return found


def _parameters(tree: exp.Expr) -> set[str]:
    return {node.name for node in tree.find_all(exp.Placeholder, exp.Parameter)}


def _is_list(tree: exp.Expr) -> bool:
    """Whether a condition lets through what is in a list, so that fewer values let through less: `x in (:names)`."""
    return isinstance(tree, exp.In) and tree.args.get("query") is None and not _parameters(tree.this)


def _within(mine: Any, theirs: Any, *, is_list: bool) -> bool:
    """Whether an attribute lets nothing through that mine does not; without one, its predicate lets nothing through."""
    if theirs is None or theirs == mine:
        return True
    have = mine if isinstance(mine, list) else [mine]
    return is_list and all(value in have for value in (theirs if isinstance(theirs, list) else [theirs]))
