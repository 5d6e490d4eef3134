"""Organisations, for the administrators of the first one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from nowboard.access.audit import audit
from nowboard.access.grants import scope_of, to_row
from nowboard.access.handing import ScopeCheck, require_holding
from nowboard.access.rules import require_home
from nowboard.clock import Micros
from nowboard.errors import BadRequest, Conflict, NotFound
from nowboard.model.principals import HOME, Principal
from nowboard.model.scopes import Scope
from nowboard.model.wire import CloseCode
from nowboard.records.changes import note_change
from nowboard.records.organisations import (
    OrganisationRow,
    add_organisation,
    change_organisation,
    get_organisation,
    list_organisations,
)
from nowboard.records.tenants import is_known_to_audit, principals_in, remove_organisation

_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,62}")


def access_organisations(connection: Connection, principal: Principal) -> list[OrganisationRow]:
    """All of them, by id. Raises `Forbidden`."""
    require_home(principal)
    return list_organisations(connection)


def access_organisation(connection: Connection, principal: Principal, organisation: str) -> OrganisationRow:
    """One organisation. Raises `Forbidden`, `NotFound`."""
    require_home(principal)
    found = get_organisation(connection, organisation)
    if found is None:
        raise NotFound(f"there is no organisation {organisation!r}", code="unknown_organisation")
    return found


def access_organisation_creation(
    connection: Connection, principal: Principal, organisation: str, name: str, scope: Scope, *,
    check: ScopeCheck, now: Micros
) -> OrganisationRow:  # fmt: skip
    """Found an organisation that sees `scope` at most. Raises `Forbidden`, `BadRequest`, `Conflict`."""
    require_home(principal)
    if not _ID.fullmatch(organisation):
        message = "an organisation's id begins with a letter and has lower-case letters, digits and hyphens, up to 63"
        raise BadRequest(message, code="bad_name")
    _check_name(name)
    _check_scope(principal, scope, check)
    # entries of the audit log belong to an id: a new organisation must not read those of an old one
    if get_organisation(connection, organisation) is not None or is_known_to_audit(connection, organisation):
        raise Conflict(f"the id {organisation!r} is taken, or was by an organisation that is gone")
    row = OrganisationRow(organisation, name, to_row(scope), now)
    add_organisation(connection, row)
    audit(connection, principal, "organisation.create", "organisation", organisation, now=now)
    return row


def access_organisation_change(
    connection: Connection,
    principal: Principal,
    organisation: str,
    *,
    check: ScopeCheck,
    now: Micros,
    name: str | None = None,
    scope: Scope | None = None,
    disabled: bool | None = None,
) -> OrganisationRow:
    """Rename, rescope, disable or enable an organisation; None leaves a member as it is.

    Whoever acts in it loses their sockets, for good when it is disabled. Raises `Forbidden`, `NotFound`, `BadRequest`,
    and `Conflict` for taking the first organisation's scope or disabling it.
    """
    row = access_organisation(connection, principal, organisation)
    if organisation == HOME and (scope is not None or disabled):
        raise Conflict("the first organisation sees everything and stays: its administrators run the server")
    values: dict[str, Any] = {}
    if name is not None:
        values["name"] = _check_name(name)
    if scope is not None:
        _check_scope(principal, scope, check)
        values["scope"] = to_row(scope)
    if disabled is not None and disabled is not (row.disabled_at is not None):
        values["disabled_at"] = now if disabled else None
    if values:
        change_organisation(connection, organisation, values)
        detail = {"members": sorted(values)} | ({} if disabled is None else {"disabled": disabled})
        audit(connection, principal, "organisation.change", "organisation", organisation, now=now, detail=detail)
    if "disabled_at" in values and disabled:
        _end(connection, principals_in(connection, organisation), CloseCode.REVOKED, "the organisation was closed", now)
    elif "scope" in values and scope_of(values["scope"]) != scope_of(row.scope):
        _end(connection, principals_in(connection, organisation), CloseCode.RESTART, "the scope changed", now)
    return msgspec.structs.replace(row, **values)


def access_organisation_removal(
    connection: Connection, principal: Principal, organisation: str, *, now: Micros
) -> None:
    """Remove a disabled organisation with its users, tokens, roles and documents; events stay where they are.

    Raises `Forbidden`, `NotFound`, and `Conflict` while it is not disabled.
    """
    row = access_organisation(connection, principal, organisation)
    if organisation == HOME:
        raise Conflict("the first organisation stays: its administrators run the server")
    if row.disabled_at is None:
        raise Conflict("disable the organisation first: removing it cannot be undone", code="not_disabled")
    _end(connection, principals_in(connection, organisation), CloseCode.REVOKED, "the organisation was closed", now)
    remove_organisation(connection, organisation)
    audit(connection, principal, "organisation.delete", "organisation", organisation, now=now)
    # in the words of the organisation too, so that its id is never given out again
    audit(
        connection,
        msgspec.structs.replace(principal, organisation=organisation),
        "organisation.delete",
        "organisation",
        organisation,
        now=now,
    )


def _check_name(name: str) -> str:
    if not 0 < len(name) <= 200 or not name.isprintable():
        raise BadRequest("an organisation's name has 1 to 200 printable characters", code="bad_name")
    return name


def _check_scope(principal: Principal, scope: Scope, check: ScopeCheck) -> None:
    """An organisation's scope stands by itself: its own administrators decide what attributes its users have."""
    unset = sorted(check(scope))
    if unset:
        message = f"an organisation's scope gives every attribute its value itself; {unset[0]!r} has none"
        raise BadRequest(message, code="bad_scope", detail={"attributes": unset})
    require_holding(principal, (), scope)


def _end(connection: Connection, principals: Iterable[str], code: int, reason: str, now: Micros) -> None:
    for each in sorted(principals):
        note_change(connection, each, code, reason, now)
