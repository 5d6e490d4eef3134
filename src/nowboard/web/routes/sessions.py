"""Sign in, sign out, who am I, and tickets for sockets."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from nowboard.access.accounts import Accounts
from nowboard.access.authenticate import Authenticator
from nowboard.access.identities import SignInProviders
from nowboard.access.sessions import StartedSession, Visit, sign_in_by_link, sign_in_by_token, sign_out
from nowboard.access.tickets import LIFETIME, Tickets
from nowboard.clock import Clock
from nowboard.errors import BadRequest
from nowboard.records.database import Records
from nowboard.records.users import count_users, has_administrator
from nowboard.web.answers import answer, nothing
from nowboard.web.browser_sessions import Me, drop_cookie, me, signed_in, visit_of
from nowboard.web.direct import api_router
from nowboard.web.gate import COOKIE, Gate
from nowboard.web.openapi import described
from nowboard.web.options import WebOptions
from nowboard.web.reading import read_json


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Exactly one of a single-use sign-in code, an API token, and an address with its password."""

    link: str | None = None
    token: str | None = None
    email: str | None = None
    password: str | None = None


class ResetPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The single-use code of an invitation or a reset link, and the password to have from now on."""

    link: str
    password: str


class ProviderItem(msgspec.Struct, frozen=True):
    """An OpenID provider to sign in with, at `/sessions/oidc/{id}`."""

    id: str
    name: str


class Methods(msgspec.Struct, frozen=True):
    """How to sign in here: whether there are accounts, whether the first is still to be made, and who else is asked."""

    password: bool
    setup: bool
    providers: list[ProviderItem]


class Ticket(msgspec.Struct, frozen=True):
    """Opens one socket within `expires_in` seconds."""

    ticket: str
    expires_in: float


def session_routes(
    gate: Gate,
    records: Records,
    authenticator: Authenticator,
    accounts: Accounts,
    tickets: Tickets,
    providers: SignInProviders | None,
    clock: Clock,
    options: WebOptions,
) -> APIRouter:
    """`/sessions`, but for the list of one's own."""
    router = api_router("Sessions")

    @router.get("/sessions/methods", **described("How to sign in", answer=Methods, public=True))
    async def methods() -> Response:
        users, administered = await records.run(_state)
        named = [ProviderItem(*each) for each in (providers.names() if providers else [])]
        return answer(Methods(users, not administered, named))

    @router.post("/sessions", **described("Sign in", body=SignIn, answer=Me, status=201, public=True))
    async def create(request: Request) -> Response:
        gate.check_own_page(request)
        wanted = await read_json(request, SignIn, options.json_bytes)
        started = await _sign_in(wanted, visit_of(request, options), records, accounts, clock)
        authenticator.forget()
        return signed_in(request, started, options)

    @router.post(
        "/sessions/reset",
        **described("Choose a password with a link", body=ResetPassword, answer=Me, status=201, public=True),
    )
    async def reset(request: Request) -> Response:
        gate.check_own_page(request)
        wanted = await read_json(request, ResetPassword, options.json_bytes)
        started = await accounts.choose(wanted.link, wanted.password, visit_of(request, options))
        authenticator.forget()
        return signed_in(request, started, options)

    @router.get("/sessions/current", **described("Who is signed in", answer=Me))
    async def current(request: Request) -> Response:
        return answer(me(await gate.principal(request, guests=True)))

    @router.delete("/sessions/current", **described("Sign out", status=204))
    async def end(request: Request) -> Response:
        await gate.caller(request)
        cookie = request.cookies.get(COOKIE)
        if cookie is not None:
            await records.run(sign_out, cookie, clock.now())
            authenticator.forget()
        response = nothing()
        drop_cookie(response)
        return response

    @router.post("/sessions/tickets", **described("A ticket for one socket", answer=Ticket, status=201))
    async def ticket(request: Request) -> Response:
        principal = await gate.principal(request, guests=True)
        return answer(Ticket(tickets.issue(principal), LIFETIME), status=201)

    return router


async def _sign_in(wanted: SignIn, visit: Visit, records: Records, accounts: Accounts, clock: Clock) -> StartedSession:
    given = {"now": clock.now(), "lifetime": visit.lifetime}
    match wanted:
        case SignIn(link=None, token=None, email=str(email), password=str(password)):
            return await accounts.sign_in(email, password, visit)
        case SignIn(link=str(code), token=None, email=None, password=None) if code:
            return await records.run(sign_in_by_link, code, **given, previous=visit.previous, agent=visit.agent)
        case SignIn(link=None, token=str(token), email=None, password=None) if token:
            return await records.run(sign_in_by_token, token, **given, previous=visit.previous, agent=visit.agent)
        case _:
            raise BadRequest("send either `link`, or `token`, or `email` and `password`", code="bad_body")


def _state(connection: Connection) -> tuple[bool, bool]:
    return count_users(connection) > 0, has_administrator(connection)
