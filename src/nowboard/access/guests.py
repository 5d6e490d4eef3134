"""Who comes by a share: from a link's secret to a principal, with the rights that its maker has now."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

import msgspec
from sqlalchemy import Connection

from nowboard.access.grants import OWNER
from nowboard.access.levels import Level, level_of
from nowboard.access.narrowing import narrow
from nowboard.access.principals import principal_of_grant, principal_of_token, principal_of_user
from nowboard.access.rights import rights_of
from nowboard.clock import Micros
from nowboard.errors import Forbidden
from nowboard.model.principals import Guest, Permission, Principal, PrincipalKind
from nowboard.model.scopes import NOTHING, Scope
from nowboard.records.dashboards import get_dashboard
from nowboard.records.shares import ShareRow
from nowboard.records.tokens import get_token
from nowboard.records.users import get_user

GUEST: Final = "guest"
"""The role of everyone who comes by a share; an organisation may narrow its scope."""
_WORD: Final = re.compile(r"\w+")


class LinkLimits(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a link was made with, as it is stored.

    `scope` is what its maker could see then, narrowed by `given`, which is what the maker asked for.
    """

    guest: Guest
    scope: Scope = NOTHING
    given: Scope | None = None


def present_principal(connection: Connection, principal_id: str, now: Micros) -> Principal | None:
    """The user or token of this id with the rights of this moment; None when it is gone, disabled or revoked."""
    if principal_id == OWNER.id:
        return principal_of_grant(connection, OWNER, now)
    user = get_user(connection, principal_id)
    if user is not None:
        return principal_of_user(connection, user)
    token = get_token(connection, principal_id)
    return None if token is None else principal_of_token(connection, token, now)


def bases_of(connection: Connection, principal_id: str) -> tuple[str, ...]:
    """Whose rights the rights of a user or token are: its own, and those of the token's owner."""
    token = get_token(connection, principal_id)
    return (principal_id,) if token is None or token.owner is None else (principal_id, token.owner)


def principal_of_share(connection: Connection, row: ShareRow, now: Micros) -> Principal | None:
    """Who comes by a link; None when it is over, or when its maker may not share this dashboard any more.

    The scope was fixed when the link was made, and is narrowed anew by what the maker may see at this moment. Raises
    `Forbidden` when the two contradict each other.
    """
    if row.kind != "link" or not row.usable(now):
        return None
    maker = present_principal(connection, row.created_by, now)
    if maker is None or maker.organisation != row.organisation or not maker.may(Permission.SHARE):
        return None
    dashboard = get_dashboard(connection, row.dashboard, row.organisation)
    if dashboard is None or level_of(connection, maker, dashboard, now) < Level.VIEW:
        return None
    limits = msgspec.convert(row.limits, LinkLimits)
    rights = rights_of(connection, row.organisation, GUEST, {})
    return Principal(
        PrincipalKind.SHARE,
        row.id,
        f"Link to {row.dashboard}",
        GUEST,
        rights.permissions & {Permission.READ},
        trimmed(narrow(narrow(rights.scope, trimmed(maker.scope)), limits.scope)),
        row.organisation,
        limits.guest,
        expires_at=row.expires_at,
        rests_on=bases_of(connection, row.created_by),
    )


def named_in(scope: Scope) -> frozenset[str]:
    """Every word of a scope's predicates: the names of attributes that decide something are among them."""
    return frozenset(_WORD.findall(msgspec.json.encode(scope.streams).decode()))


def trimmed(scope: Scope) -> Scope:
    """The same rows and columns, without attributes that no predicate names, such as the maker's address."""
    named = named_in(scope)
    attributes = {name: value for name, value in scope.attributes.items() if name in named}
    return msgspec.structs.replace(scope, attributes=attributes)


def check_attributes(held: Scope, given: Scope, free: Collection[str] = ()) -> None:
    """Refuse values that `given` brings for the predicates of `held`. Raises `Forbidden`.

    A predicate that names an attribute without a value lets nobody pass; whoever could supply the value would choose
    the rows. `free` are the attributes that were left open on purpose.
    """
    named = named_in(held)
    for name, value in given.attributes.items():
        known = name in held.attributes and held.attributes[name] == value
        if name in named and name not in free and not known:
            message = f"the attribute {name!r} cannot be set: the scope that this one narrows decides by it"
            raise Forbidden(message, code="scope_conflict", detail={"attribute": name})
