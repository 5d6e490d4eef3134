"""Organisations: found, change, close, remove. For administrators of the first one."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response

from nowboard.access.authenticate import Authenticator
from nowboard.access.grants import scope_of
from nowboard.access.organisations import (
    access_organisation,
    access_organisation_change,
    access_organisation_creation,
    access_organisation_removal,
    access_organisations,
)
from nowboard.access.rules import require_home
from nowboard.clock import MILLISECOND, Clock
from nowboard.model.engine import Engine
from nowboard.model.scopes import NOTHING, Scope
from nowboard.query.scopecheck import check_scope
from nowboard.records.database import Records
from nowboard.records.organisations import OrganisationRow
from nowboard.web.answers import answer, nothing
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.options import PREFIX, WebOptions
from nowboard.web.paging import Page
from nowboard.web.reading import read_json

MOST: Final = 200
Limit = Annotated[int, Query(ge=1, le=MOST)]


class NewOrganisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation to found. Without a scope it sees nothing."""

    id: str
    name: str
    scope: Scope = NOTHING


class OrganisationChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The members to change."""

    name: str | None = None
    scope: Scope | None = None
    disabled: bool | None = None


class OrganisationAnswer(msgspec.Struct, frozen=True):
    """An organisation. `created_at` is in milliseconds."""

    id: str
    name: str
    scope: Scope
    disabled: bool
    created_at: int


class OrganisationList(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of organisations; `next` is what `after` takes for the following one."""

    items: list[OrganisationAnswer]
    next: str | None = None


def organisation_routes(
    gate: Gate, records: Records, authenticator: Authenticator, engine: Engine, clock: Clock, options: WebOptions
) -> APIRouter:
    """`/organisations`."""
    router = APIRouter(prefix=PREFIX, tags=["Organisations"])
    _reading(router, gate, records)
    _removal(router, gate, records, authenticator, clock)

    @router.post(
        "/organisations",
        **described("Found an organisation", body=NewOrganisation, answer=OrganisationAnswer, status=201),
    )
    async def create(request: Request) -> Response:
        principal = await gate.principal(request)
        require_home(principal)
        wanted = await read_json(request, NewOrganisation, options.json_bytes)
        check = partial(check_scope, catalog=engine.catalog)
        row = await records.run(
            access_organisation_creation,
            principal,
            wanted.id,
            wanted.name,
            wanted.scope,
            check=check,
            now=clock.now(),
        )
        return answer(_answer(row), status=201)

    @router.patch(
        "/organisations/{organisation}",
        **described("Rename, rescope or close", body=OrganisationChange, answer=OrganisationAnswer),
    )
    async def change(request: Request, organisation: str) -> Response:
        principal = await gate.principal(request)
        require_home(principal)
        wanted = await read_json(request, OrganisationChange, options.json_bytes)
        row = await records.run(
            access_organisation_change,
            principal,
            organisation,
            check=partial(check_scope, catalog=engine.catalog),
            now=clock.now(),
            name=wanted.name,
            scope=wanted.scope,
            disabled=wanted.disabled,
        )
        authenticator.forget()
        return answer(_answer(row))

    return router


def _reading(router: APIRouter, gate: Gate, records: Records) -> None:
    @router.get("/organisations", **described("All organisations", answer=OrganisationList))
    async def every(request: Request, limit: Limit = MOST, after: str | None = None) -> Response:
        principal = await gate.principal(request)
        rows = await records.run(access_organisations, principal)
        shown = Page(limit, after).cut(rows, lambda row: row.id)
        return answer(OrganisationList([_answer(row) for row in shown.items], shown.next))

    @router.get("/organisations/{organisation}", **described("One organisation", answer=OrganisationAnswer))
    async def one(request: Request, organisation: str) -> Response:
        return answer(_answer(await records.run(access_organisation, await gate.principal(request), organisation)))


def _removal(router: APIRouter, gate: Gate, records: Records, authenticator: Authenticator, clock: Clock) -> None:
    @router.delete("/organisations/{organisation}", **described("Remove a closed organisation", status=204))
    async def remove(request: Request, organisation: str) -> Response:
        principal = await gate.principal(request)
        await records.run(access_organisation_removal, principal, organisation, now=clock.now())
        authenticator.forget()
        return nothing()


def _answer(row: OrganisationRow) -> OrganisationAnswer:
    return OrganisationAnswer(
        id=row.id,
        name=row.name,
        scope=scope_of(row.scope),
        disabled=row.disabled_at is not None,
        created_at=row.created_at // MILLISECOND,
    )
