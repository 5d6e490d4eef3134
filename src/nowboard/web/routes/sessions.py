"""Sign in, sign out, who am I, and tickets for sockets."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.access.authenticate import Authenticator
from nowboard.access.sessions import StartedSession, sign_in_by_link, sign_in_by_token, sign_out
from nowboard.access.tickets import LIFETIME, Tickets
from nowboard.clock import SECOND, Clock
from nowboard.errors import BadRequest
from nowboard.model.principals import Principal
from nowboard.records.database import Records
from nowboard.web.answers import answer, nothing
from nowboard.web.direct import api_router
from nowboard.web.gate import COOKIE, Gate
from nowboard.web.openapi import described
from nowboard.web.options import WebOptions
from nowboard.web.reading import read_json


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Exactly one of a single-use sign-in code and an API token."""

    link: str | None = None
    token: str | None = None


class Me(msgspec.Struct, frozen=True):
    """Who is signed in, and what the role allows."""

    kind: str
    id: str
    name: str
    role: str
    permissions: list[str]


class Ticket(msgspec.Struct, frozen=True):
    """Opens one socket within `expires_in` seconds."""

    ticket: str
    expires_in: float


def session_routes(
    gate: Gate, records: Records, authenticator: Authenticator, tickets: Tickets, clock: Clock, options: WebOptions
) -> APIRouter:
    """`/sessions`."""
    router = api_router("Sessions")

    @router.post("/sessions", **described("Sign in", body=SignIn, answer=Me, status=201, public=True))
    async def create(request: Request) -> Response:
        gate.check_own_page(request)
        wanted = await read_json(request, SignIn, options.json_bytes)
        secret = wanted.link or wanted.token
        if secret is None or (wanted.link and wanted.token):
            raise BadRequest("send either `link` or `token`", code="bad_body")
        sign_in = sign_in_by_link if wanted.link else sign_in_by_token
        previous = request.cookies.get(COOKIE)
        lifetime = options.session_lifetime
        started = await records.run(sign_in, secret, now=clock.now(), lifetime=lifetime, previous=previous)
        authenticator.forget()
        response = answer(_me(started.principal), status=201)
        _set_cookie(response, started, secure=options.secure or request.url.scheme == "https")
        return response

    @router.get("/sessions/current", **described("Who is signed in", answer=Me))
    async def current(request: Request) -> Response:
        return answer(_me(await gate.principal(request, guests=True)))

    @router.delete("/sessions/current", **described("Sign out", status=204))
    async def end(request: Request) -> Response:
        await gate.caller(request)
        cookie = request.cookies.get(COOKIE)
        if cookie is not None:
            await records.run(sign_out, cookie, clock.now())
            authenticator.forget()
        response = nothing()
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
        return response

    @router.post("/sessions/tickets", **described("A ticket for one socket", answer=Ticket, status=201))
    async def ticket(request: Request) -> Response:
        principal = await gate.principal(request, guests=True)
        return answer(Ticket(tickets.issue(principal), LIFETIME), status=201)

    return router


def _me(principal: Principal) -> Me:
    permissions = sorted(permission.value for permission in principal.permissions)
    return Me(principal.kind.value, principal.id, principal.name, principal.role, permissions)


def _set_cookie(response: Response, started: StartedSession, *, secure: bool) -> None:
    lifetime = (started.row.expires_at - started.row.created_at) // SECOND
    response.set_cookie(
        COOKIE, started.cookie, max_age=lifetime, path="/", httponly=True, samesite="lax", secure=secure
    )
