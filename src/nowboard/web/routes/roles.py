"""Roles of one's organisation, and the closed list of permissions."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.access.authenticate import Authenticator
from nowboard.access.roles import RoleView, access_role_change, access_role_removal, access_roles
from nowboard.access.rules import require
from nowboard.clock import Clock
from nowboard.model.bounds import Number, Some
from nowboard.model.engine import Engine
from nowboard.model.principals import Permission
from nowboard.model.scopes import EVERYTHING, Scope
from nowboard.records.database import Records
from nowboard.web.answers import answer, nothing
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.options import PREFIX, WebOptions
from nowboard.web.reading import read_json
from nowboard.web.scopes import scope_check


class RoleBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A role. `permissions` are left out for built-in roles; `scope` narrows what the organisation sees."""

    permissions: Annotated[list[Permission], Some] | None = None
    scope: Scope = EVERYTHING
    requests_per_minute: Number | None = None


class RoleAnswer(msgspec.Struct, frozen=True):
    """A role with who has it (`users` by address, `tokens` by name, `shares` by id)."""

    name: str
    builtin: bool
    permissions: list[str]
    scope: Scope
    requests_per_minute: int | None
    uses: dict[str, list[str]]


class RoleList(msgspec.Struct, frozen=True):
    """The roles of the organisation."""

    items: list[RoleAnswer]


class PermissionAnswer(msgspec.Struct, frozen=True):
    """A permission, and whether the caller holds it and so may hand it out."""

    name: str
    held: bool


class PermissionList(msgspec.Struct, frozen=True):
    """The closed list of permissions."""

    items: list[PermissionAnswer]


def role_routes(
    gate: Gate, records: Records, authenticator: Authenticator, engine: Engine, clock: Clock, options: WebOptions
) -> APIRouter:
    """`/roles` and `/permissions`."""
    router = APIRouter(prefix=PREFIX, tags=["Roles"])

    @router.get("/permissions", **described("The closed list of permissions", answer=PermissionList))
    async def permissions(request: Request) -> Response:
        principal = await gate.principal(request)
        return answer(PermissionList([PermissionAnswer(each.value, principal.may(each)) for each in Permission]))

    @router.get("/roles", **described("All roles", answer=RoleList))
    async def every(request: Request) -> Response:
        views = await records.run(access_roles, await gate.principal(request), clock.now())
        return answer(RoleList([_answer(view) for view in views]))

    @router.put("/roles/{role}", **described("Make, replace or narrow a role", body=RoleBody, answer=RoleAnswer))
    async def put(request: Request, role: str) -> Response:
        principal = await gate.principal(request)
        require(principal, Permission.USERS)
        wanted = await read_json(request, RoleBody, options.json_bytes)
        view = await records.run(
            access_role_change,
            principal,
            role,
            check=scope_check(engine, principal),
            now=clock.now(),
            permissions=wanted.permissions,
            scope=wanted.scope,
            requests_per_minute=wanted.requests_per_minute,
        )
        authenticator.forget()
        return answer(_answer(view))

    @router.delete("/roles/{role}", **described("Remove a role", status=204))
    async def remove(request: Request, role: str) -> Response:
        await records.run(access_role_removal, await gate.principal(request), role, now=clock.now())
        authenticator.forget()
        return nothing()

    return router


def _answer(view: RoleView) -> RoleAnswer:
    return RoleAnswer(
        name=view.name,
        builtin=view.builtin,
        permissions=sorted(each.value for each in view.permissions),
        scope=view.scope,
        requests_per_minute=view.requests_per_minute,
        uses=view.uses,
    )
