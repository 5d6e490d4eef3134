"""Users: list, invite, change, remove; and one's own name and password."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Request, Response

from nowboard.access.accounts import Accounts
from nowboard.access.authenticate import Authenticator
from nowboard.access.rules import require
from nowboard.access.user_links import access_user_link
from nowboard.access.users import (
    UserChange,
    access_own_name,
    access_user,
    access_user_change,
    access_user_creation,
    access_user_removal,
    access_users,
)
from nowboard.clock import MILLISECOND, Clock
from nowboard.model.principals import Permission
from nowboard.records.database import Records
from nowboard.records.users import UserRow
from nowboard.web.answers import answer, nothing
from nowboard.web.browser_sessions import Me, base_url, signed_in, visit_of
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.options import PREFIX, WebOptions
from nowboard.web.reading import read_json


class UserItem(msgspec.Struct, frozen=True):
    """A user; times are in milliseconds. Row scopes name `attributes`, `user_id` and `email`."""

    id: str
    email: str
    name: str
    role: str
    organisation: str
    attributes: dict[str, Any]
    disabled: bool
    created_at: int
    last_sign_in_at: int | None
    has_password: bool


class UserList(msgspec.Struct, frozen=True, omit_defaults=True):
    """Users by address; `next` is what to give as `after` for more."""

    items: list[UserItem]
    next: str | None = None


class NewUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account. Without a password, an invitation lets its owner choose one."""

    email: str
    role: str
    name: str = ""
    organisation: str = ""
    attributes: dict[str, Any] = {}
    password: str | None = None


class ChangedUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Only what changes."""

    name: str | None = None
    role: str | None = None
    attributes: dict[str, Any] | None = None
    disabled: bool | None = None


class OwnName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One's own name."""

    name: str


class ChangedPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One's password now, and the one to have from now on."""

    current: str
    new: str


class LinkWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the link is for: an invitation works for seven days, a reset for one hour."""

    purpose: Literal["invite", "reset"]


class LinkMade(msgspec.Struct, frozen=True):
    """Shown this once. `expires_at` is in milliseconds."""

    link: str
    expires_at: int


Limit = Annotated[int, Query(ge=1, le=1_000)]


def user_routes(
    gate: Gate, records: Records, authenticator: Authenticator, accounts: Accounts, clock: Clock, options: WebOptions
) -> APIRouter:
    """`/users`."""
    router = APIRouter(prefix=PREFIX, tags=["Users"])
    _own(router, gate, records, authenticator, accounts, clock, options)

    @router.get("/users", **described("Users", answer=UserList))
    async def every(
        request: Request, organisation: str | None = None, after: str | None = None, limit: Limit = 100
    ) -> Response:
        principal = await gate.principal(request, Permission.USERS)
        rows = await records.run(access_users, principal, organisation, after=after, limit=limit + 1)
        more = rows[limit - 1].id if len(rows) > limit else None
        return answer(UserList([user_item(row) for row in rows[:limit]], more))

    @router.post("/users", **described("Create a user", body=NewUser, answer=UserItem, status=201))
    async def create(request: Request) -> Response:
        principal = await gate.principal(request, Permission.USERS)
        wanted = await read_json(request, NewUser, options.json_bytes)
        password = wanted.password
        hashed = None if password is None else await accounts.hash_new(password, wanted.email, wanted.name)
        row = UserRow(
            "", wanted.organisation, wanted.email, wanted.name, wanted.role, wanted.attributes, 0, 0, password=hashed
        )
        return answer(user_item(await records.run(access_user_creation, principal, row, now=clock.now())), status=201)

    @router.get("/users/{user}", **described("One user", answer=UserItem))
    async def one(request: Request, user: str) -> Response:
        return answer(user_item(await records.run(access_user, await gate.principal(request), user)))

    @router.patch("/users/{user}", **described("Change a user", body=ChangedUser, answer=UserItem))
    async def change(request: Request, user: str) -> Response:
        principal = await gate.principal(request, Permission.USERS)
        wanted = await read_json(request, ChangedUser, options.json_bytes)
        changed = UserChange(wanted.name, wanted.role, wanted.attributes, wanted.disabled)
        row = await records.run(access_user_change, principal, user, changed, now=clock.now())
        authenticator.forget({user})
        return answer(user_item(row))

    @router.delete("/users/{user}", **described("Remove a user", status=204))
    async def remove(request: Request, user: str) -> Response:
        principal = await gate.principal(request, Permission.USERS)
        await records.run(access_user_removal, principal, user, now=clock.now())
        authenticator.forget({user})
        return nothing()

    @router.post(
        "/users/{user}/link", **described("A link to choose a password", body=LinkWanted, answer=LinkMade, status=201)
    )
    async def link(request: Request, user: str) -> Response:
        principal = await gate.principal(request)
        require(principal, Permission.USERS)
        wanted = await read_json(request, LinkWanted, options.json_bytes)
        made = await records.run(access_user_link, principal, user, wanted.purpose, now=clock.now())
        # in the fragment, which browsers do not send and servers do not log
        url = f"{base_url(request, options)}/reset#{made.code}"
        return answer(LinkMade(url, made.expires_at // MILLISECOND), status=201)

    return router


def _own(
    router: APIRouter,
    gate: Gate,
    records: Records,
    authenticator: Authenticator,
    accounts: Accounts,
    clock: Clock,
    options: WebOptions,
) -> None:
    """One's own account; before the routes with an id, so that `current` is not taken for one."""

    @router.patch("/users/current", **described("Change my name", body=OwnName, answer=UserItem))
    async def rename(request: Request) -> Response:
        principal = await gate.principal(request)
        wanted = await read_json(request, OwnName, options.json_bytes)
        row = await records.run(access_own_name, principal, wanted.name, now=clock.now())
        authenticator.forget()
        return answer(user_item(row))

    @router.post(
        "/users/current/password", **described("Change my password", body=ChangedPassword, answer=Me, status=201)
    )
    async def password(request: Request) -> Response:
        principal = await gate.principal(request)
        wanted = await read_json(request, ChangedPassword, options.json_bytes)
        started = await accounts.change(principal, wanted.current, wanted.new, visit_of(request, options))
        authenticator.forget({principal.id})
        return signed_in(request, started, options)


def user_item(row: UserRow) -> UserItem:
    """A user as the API tells it."""
    return UserItem(
        id=row.id,
        email=row.email,
        name=row.name,
        role=row.role,
        organisation=row.organisation,
        attributes=dict(row.attributes),
        disabled=row.disabled_at is not None,
        created_at=row.created_at // MILLISECOND,
        last_sign_in_at=None if row.last_sign_in_at is None else row.last_sign_in_at // MILLISECOND,
        has_password=row.password is not None,
    )
