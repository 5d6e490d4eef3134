"""Users as far as a principal may see and change them. Users of other organisations do not exist."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from nowboard.access.affected import note_user
from nowboard.access.audit import audit
from nowboard.access.handing import check_handing, check_role_of
from nowboard.access.rules import require
from nowboard.access.secrets import new_id
from nowboard.clock import Micros
from nowboard.errors import BadRequest, Conflict, Forbidden, NotFound
from nowboard.model.bounds import VALUE, excess_in
from nowboard.model.principals import HOME, Permission, Principal, PrincipalKind
from nowboard.model.wire import CloseCode
from nowboard.records.organisations import get_organisation
from nowboard.records.sessions import drop_links, revoke_sessions
from nowboard.records.tokens import list_tokens, revoke_token
from nowboard.records.users import (
    UserRow,
    add_user,
    change_user,
    count_administrators,
    delete_user,
    find_user,
    get_user,
    list_users,
)

_EMAIL: Final = re.compile(r"[^\s@<>\"',;:\\]+@[^\s@<>\"',;:\\]+")
_ATTRIBUTES: Final = 64
_RESERVED: Final = frozenset({"user_id", "email"})


class UserChange(msgspec.Struct, frozen=True):
    """What of a user changes; None leaves it as it is."""

    name: str | None = None
    role: str | None = None
    attributes: Mapping[str, Any] | None = None
    disabled: bool | None = None


def access_users(
    connection: Connection,
    principal: Principal,
    organisation: str | None = None,
    *,
    after: str | None = None,
    limit: int = 100,
) -> list[UserRow]:
    """Users by address, from behind the user `after`. Raises `Forbidden`, `NotFound`."""
    require(principal, Permission.USERS)
    wanted = _organisation(connection, principal, organisation)
    last = None if after is None else access_user(connection, principal, after)
    return list_users(connection, wanted, after=None if last is None else last.email, limit=limit)


def access_user(connection: Connection, principal: Principal, user_id: str) -> UserRow:
    """One user. Raises `Forbidden`, `NotFound`."""
    require(principal, Permission.USERS)
    found = get_user(connection, user_id)
    if found is None or not (found.organisation == principal.organisation or _runs_the_server(principal)):
        raise NotFound(f"there is no user {user_id!r}", code="unknown_user")
    return found


def access_user_creation(connection: Connection, principal: Principal, wanted: UserRow, *, now: Micros) -> UserRow:
    """Store a new user; `id` and the times are set here.

    Raises `Forbidden`, `NotFound` for the organisation, `BadRequest`, `Conflict` when the address is taken.
    """
    require(principal, Permission.USERS)
    organisation = _organisation(connection, principal, wanted.organisation or None)
    role = check_role_of(connection, organisation, wanted.role)
    row = msgspec.structs.replace(
        wanted,
        id=new_id("usr"),
        organisation=organisation,
        email=check_email(wanted.email),
        name=check_name(wanted.name or wanted.email),
        attributes=check_attributes(wanted.attributes),
        created_at=now,
        updated_at=now,
        password_at=None if wanted.password is None else now,
    )
    check_handing(connection, principal, organisation, role, _all_attributes(row))
    if find_user(connection, row.email) is not None:
        raise Conflict(f"there is an account for {row.email} already", code="email_taken")
    add_user(connection, row)
    audit(connection, principal, "user.create", "user", row.id, now=now, detail={"role": role})
    return row


def access_user_change(
    connection: Connection, principal: Principal, user_id: str, change: UserChange, *, now: Micros
) -> UserRow:
    """Change a user. Another role ends their sessions, other attributes renew what is open.

    Raises `Forbidden`, `NotFound`, `BadRequest`, `Conflict` for the last administrator.
    """
    before = access_user(connection, principal, user_id)
    check_handing(connection, principal, before.organisation, before.role, _all_attributes(before))
    values: dict[str, Any] = {}
    if change.name is not None:
        values["name"] = check_name(change.name)
    if change.role is not None and change.role != before.role:
        values["role"] = check_role_of(connection, before.organisation, change.role)
    if change.attributes is not None and dict(change.attributes) != dict(before.attributes):
        values["attributes"] = check_attributes(change.attributes)
    if change.disabled is not None and change.disabled != (before.disabled_at is not None):
        values["disabled_at"] = now if change.disabled else None
    if not values:
        return before
    after = msgspec.structs.replace(before, **values, updated_at=now)
    check_handing(connection, principal, after.organisation, after.role, _all_attributes(after))
    if after.role != "admin" or after.disabled_at is not None:
        _keep_an_administrator(connection, before)
    change_user(connection, user_id, {**values, "updated_at": now})
    _tell(connection, after, values.keys(), now)
    detail = {"changed": sorted(values), "role": after.role, "disabled": after.disabled_at is not None}
    audit(connection, principal, "user.change", "user", user_id, now=now, detail=detail)
    return after


def access_user_removal(connection: Connection, principal: Principal, user_id: str, *, now: Micros) -> None:
    """Remove a user with sessions, links and tokens. Raises `Forbidden`, `NotFound`, `Conflict`."""
    found = access_user(connection, principal, user_id)
    check_handing(connection, principal, found.organisation, found.role, _all_attributes(found))
    _keep_an_administrator(connection, found)
    note_user(connection, user_id, CloseCode.REVOKED, "the account was removed", now)
    revoke_sessions(connection, user_id, now)
    drop_links(connection, user_id)
    for token in list_tokens(connection, owner=user_id):
        revoke_token(connection, token.id, now)
    delete_user(connection, user_id)
    audit(connection, principal, "user.remove", "user", user_id, now=now)


def access_user_sign_out(connection: Connection, principal: Principal, user_id: str, *, now: Micros) -> None:
    """End all sessions of somebody. Raises `Forbidden`, `NotFound`."""
    found = access_user(connection, principal, user_id)
    check_handing(connection, principal, found.organisation, found.role, _all_attributes(found))
    count = revoke_sessions(connection, user_id, now)
    note_user(connection, user_id, CloseCode.SIGN_IN, "signed out by an administrator", now)
    audit(connection, principal, "session.end_all", "user", user_id, now=now, detail={"sessions": count})


def access_own_name(connection: Connection, principal: Principal, name: str, *, now: Micros) -> UserRow:
    """Change one's own name. Raises `Forbidden` for who has no account here, `BadRequest`."""
    found = get_user(connection, principal.id) if principal.kind is PrincipalKind.USER else None
    if found is None:
        raise Forbidden("only somebody signed in with an account here has a name to change")
    values = {"name": check_name(name), "updated_at": now}
    change_user(connection, found.id, values)
    audit(connection, principal, "user.change", "user", found.id, now=now, detail={"changed": ["name"]})
    return msgspec.structs.replace(found, **values)


def check_email(email: str) -> str:
    """An address as it is stored. Raises `BadRequest`."""
    found = email.strip().lower()
    if len(found) > 320 or not _EMAIL.fullmatch(found) or not found.isprintable():
        raise BadRequest("that is not an email address", code="bad_email")
    return found


def check_name(name: str) -> str:
    """A person's name as it is stored. Raises `BadRequest`."""
    found = name.strip()
    if not 0 < len(found) <= 200 or not found.isprintable():
        raise BadRequest("a name has 1 to 200 printable characters", code="bad_name")
    return found


def check_attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes that row scopes can name: plain values and lists of them. Raises `BadRequest`."""
    for name, value in attributes.items():
        values = value if isinstance(value, list) else [value]
        plain = all(isinstance(each, str | int | float | bool) for each in values) and len(values) <= 1_000
        if excess_in(value) is not None:
            message = f"the attribute {name[:64]!r} is longer than {VALUE:,} characters"
            raise BadRequest(message, code="bad_attribute")
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name) or name in _RESERVED or not plain:
            message = (
                f"the attribute {name[:64]!r} is not a snake_case name with a text, number, boolean or list of them"
            )
            raise BadRequest(message, code="bad_attribute", detail={"reserved": sorted(_RESERVED)})
    if len(attributes) > _ATTRIBUTES:
        raise BadRequest(f"a user has at most {_ATTRIBUTES} attributes", code="bad_attribute")
    return dict(attributes)


def _all_attributes(row: UserRow) -> dict[str, Any]:
    return {**row.attributes, "user_id": row.id, "email": row.email}


def _runs_the_server(principal: Principal) -> bool:
    return principal.organisation == HOME and principal.may(Permission.ADMIN)


def _organisation(connection: Connection, principal: Principal, asked: str | None) -> str:
    if asked is None or asked == principal.organisation:
        return principal.organisation
    if not _runs_the_server(principal) or get_organisation(connection, asked) is None:
        raise NotFound(f"there is no organisation {asked!r}", code="unknown_organisation")
    return asked


def _keep_an_administrator(connection: Connection, row: UserRow) -> None:
    administers = row.role == "admin" and row.organisation == HOME and row.disabled_at is None
    if administers and count_administrators(connection, HOME, but=row.id) == 0:
        raise Conflict("this is the last administrator; make somebody else one first", code="last_administrator")


def _tell(connection: Connection, row: UserRow, changed: Any, now: Micros) -> None:
    if row.disabled_at is not None:
        drop_links(connection, row.id)
        revoke_sessions(connection, row.id, now)
        note_user(connection, row.id, CloseCode.REVOKED, "the account is disabled", now)
    elif "role" in changed:
        # a session that was opened with one role never goes on with another
        drop_links(connection, row.id)
        revoke_sessions(connection, row.id, now)
        note_user(connection, row.id, CloseCode.SIGN_IN, "the role changed; sign in again", now)
    elif changed != {"name"}:
        note_user(connection, row.id, CloseCode.RESTART, "the rights changed", now)
