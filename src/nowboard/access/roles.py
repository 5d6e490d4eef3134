"""Roles of an organisation: the built-in ones, what narrows them, and its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection

from nowboard.access.audit import audit
from nowboard.access.grants import scope_of, to_row
from nowboard.access.handing import ScopeCheck, require_holding
from nowboard.access.narrowing import narrow
from nowboard.access.rights import permissions_of
from nowboard.access.rules import require
from nowboard.clock import Micros
from nowboard.errors import BadRequest, Conflict, NotFound
from nowboard.model.principals import ROLES, Permission, Principal
from nowboard.model.scopes import EVERYTHING, Scope
from nowboard.model.wire import CloseCode
from nowboard.records.changes import note_change
from nowboard.records.organisations import get_organisation
from nowboard.records.roles import RoleRow, delete_role, get_role, list_roles, put_role
from nowboard.records.tenants import principals_with, uses_of

_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_RESERVED: Final = frozenset({"none", "system"})
MOST_PER_MINUTE: Final = 1_000_000


class RoleView(msgspec.Struct, frozen=True):
    """A role as it stands. `scope` narrows the organisation's; `uses` names who and what would be lost without it."""

    name: str
    builtin: bool
    permissions: frozenset[Permission]
    scope: Scope
    requests_per_minute: int | None
    uses: dict[str, list[str]]


def access_roles(connection: Connection, principal: Principal, now: Micros) -> list[RoleView]:
    """The roles of the principal's organisation: built-in ones, then its own by name. Raises `Forbidden`."""
    require(principal, Permission.USERS)
    stored = {row.name: row for row in list_roles(connection, principal.organisation)}
    names = [*ROLES, *(name for name in stored if name not in ROLES)]
    return [_view(connection, principal.organisation, name, stored.get(name), now) for name in names]


def access_role_change(
    connection: Connection,
    principal: Principal,
    name: str,
    *,
    check: ScopeCheck,
    now: Micros,
    permissions: Sequence[Permission] | None = None,
    scope: Scope = EVERYTHING,
    requests_per_minute: int | None = None,
) -> RoleView:
    """Make or replace a role, or narrow a built-in one, whose permissions are fixed.

    Whoever has the role comes back with the new rights. Raises `Forbidden` (`beyond_own_rights` for handing out what
    the principal does not hold) and `BadRequest`.
    """
    require(principal, Permission.USERS)
    builtin = name in ROLES
    if not builtin and (not _NAME.fullmatch(name) or name in _RESERVED):
        message = "a role's name begins with a letter and has lower-case letters, digits, _ and -, up to 63"
        raise BadRequest(message, code="bad_name")
    if builtin is (permissions is not None):
        message = "the permissions of a built-in role are fixed" if builtin else "a role needs its permissions"
        raise BadRequest(message, code="bad_body", detail={"part": "permissions"})
    if requests_per_minute is not None and not 1 <= requests_per_minute <= MOST_PER_MINUTE:
        message = f"`requests_per_minute` is from 1 to {MOST_PER_MINUTE:,}"
        raise BadRequest(message, code="bad_body", detail={"part": "requests_per_minute"})
    check(scope)
    require_holding(principal, ROLES[name] if permissions is None else permissions, _wide(connection, principal, scope))
    named = None if permissions is None else sorted({each.value for each in permissions})
    row = RoleRow(principal.organisation, name, named, to_row(scope), requests_per_minute, now)
    put_role(connection, row)
    audit(connection, principal, "role.change", "role", name, now=now, detail={"permissions": named})
    _renew(connection, principal.organisation, name, now)
    return _view(connection, principal.organisation, name, row, now)


def access_role_removal(connection: Connection, principal: Principal, name: str, *, now: Micros) -> None:
    """Remove a role of the organisation's own, or what narrows a built-in one.

    Raises `Forbidden`, `NotFound`, and `Conflict` (`role_in_use`) naming who has the role.
    """
    require(principal, Permission.USERS)
    if get_role(connection, principal.organisation, name) is None:
        raise NotFound(f"there is no role {name!r} to remove", code="unknown_role")
    if name in ROLES:
        require_holding(principal, ROLES[name], _wide(connection, principal, EVERYTHING))
    else:
        uses = uses_of(connection, principal.organisation, name, now)
        if uses:
            shown = ", ".join(f"{len(names)} {kind}" for kind, names in uses.items())
            message = f"the role {name!r} is in use by {shown}; give them another one first"
            raise Conflict(message, code="role_in_use", detail=uses)
    delete_role(connection, principal.organisation, name)
    audit(connection, principal, "role.delete", "role", name, now=now)
    _renew(connection, principal.organisation, name, now)


def _wide(connection: Connection, principal: Principal, scope: Scope) -> Scope:
    """What somebody with a role of this scope sees in the principal's organisation, whatever their attributes."""
    tenant = get_organisation(connection, principal.organisation)
    if tenant is None:
        raise NotFound("the organisation is gone", code="unknown_organisation")
    return narrow(scope_of(tenant.scope), scope)


def _view(connection: Connection, organisation: str, name: str, row: RoleRow | None, now: Micros) -> RoleView:
    return RoleView(
        name=name,
        builtin=name in ROLES,
        permissions=permissions_of(name, row) or frozenset(),
        scope=EVERYTHING if row is None else scope_of(row.scope),
        requests_per_minute=None if row is None else row.requests_per_minute,
        uses=uses_of(connection, organisation, name, now),
    )


def _renew(connection: Connection, organisation: str, role: str, now: Micros) -> None:
    for each in sorted(principals_with(connection, organisation, role)):
        note_change(connection, each, CloseCode.RESTART, "the role changed", now)
