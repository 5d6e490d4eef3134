"""The first administrator. Once there is one, nothing is here."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.access.accounts import Accounts
from nowboard.access.authenticate import Authenticator
from nowboard.access.setup import check_owner, check_setup_open, finish_setup
from nowboard.clock import Clock
from nowboard.records.database import Records
from nowboard.web.answers import answer
from nowboard.web.browser_sessions import Me, signed_in, visit_of
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.options import PREFIX, WebOptions
from nowboard.web.reading import read_json


class Setup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first administrator's account."""

    email: str
    name: str
    password: str


class SetupState(msgspec.Struct, frozen=True):
    """Whether the first administrator is still to be made."""

    needed: bool


def setup_routes(
    gate: Gate, records: Records, authenticator: Authenticator, accounts: Accounts, clock: Clock, options: WebOptions
) -> APIRouter:
    """`/setup`."""
    router = APIRouter(prefix=PREFIX, tags=["Users"])

    @router.get("/setup", **described("Is the first administrator still to be made", answer=SetupState, public=True))
    async def state() -> Response:
        await records.run(check_setup_open)
        return answer(SetupState(needed=True))

    @router.post("/setup", **described("Make the first administrator", body=Setup, answer=Me, status=201))
    async def finish(request: Request) -> Response:
        await records.run(check_setup_open)
        principal = await gate.principal(request)
        check_owner(principal)
        wanted = await read_json(request, Setup, options.json_bytes)
        hashed = await accounts.hash_new(wanted.password, wanted.email, wanted.name)
        visit = visit_of(request, options)
        started = await records.run(finish_setup, principal, wanted.email, wanted.name, hashed, visit, clock.now())
        authenticator.forget({principal.id})
        return signed_in(request, started, options)

    return router
