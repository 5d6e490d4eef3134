"""What a credential stands for: whose it is, with which role and scope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from nowboard.model.principals import HOME, PrincipalKind
from nowboard.model.scopes import EVERYTHING, NOTHING, Scope
from nowboard.records.tokens import TokenRow
from nowboard.records.users import UserRow

OWNER_ID = "owner"
"""The one who runs the server: signs in by the link that the server prints."""


class Grant(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who somebody is once a credential was shown. A grant without a scope sees nothing.

    `token` names the API token behind a session that was begun with one: the session ends with it. What a user may do
    is not in the grant: it is read anew whenever the credential is shown.
    """

    kind: PrincipalKind
    id: str
    name: str
    role: str
    scope: Scope = NOTHING
    token: str | None = None
    organisation: str = HOME


OWNER = Grant(PrincipalKind.USER, OWNER_ID, "Owner", "admin", EVERYTHING)


def to_row(value: Grant | Scope) -> dict[str, Any]:
    """As JSON data for the records."""
    data: dict[str, Any] = msgspec.to_builtins(value)
    return data


def grant_of(row: Mapping[str, Any]) -> Grant:
    """A grant as it was stored."""
    return msgspec.convert(row, Grant)


def scope_of(row: Mapping[str, Any]) -> Scope:
    """A scope as it was stored."""
    return msgspec.convert(row, Scope)


def grant_of_token(row: TokenRow) -> Grant:
    """What a token stands for."""
    scope = scope_of(row.scope)
    return Grant(PrincipalKind.TOKEN, row.id, row.name, row.role, scope, organisation=row.organisation)


def grant_of_user(user: UserRow) -> Grant:
    """What a user's session or link stands for: only who it is, for the rights are read anew."""
    return Grant(PrincipalKind.USER, user.id, user.name, user.role, organisation=user.organisation)
