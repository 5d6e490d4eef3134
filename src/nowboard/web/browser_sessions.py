"""The session cookie: read from requests, set on answers."""

from __future__ import annotations

import msgspec
from fastapi import Request, Response

from nowboard.access.sessions import StartedSession, Visit
from nowboard.clock import SECOND
from nowboard.model.principals import Principal
from nowboard.web.answers import answer
from nowboard.web.gate import COOKIE
from nowboard.web.options import WebOptions


class Me(msgspec.Struct, frozen=True):
    """Who is signed in, and what the role allows."""

    kind: str
    id: str
    name: str
    role: str
    permissions: list[str]
    organisation: str


def me(principal: Principal) -> Me:
    """A principal as the API tells it."""
    permissions = sorted(permission.value for permission in principal.permissions)
    return Me(principal.kind.value, principal.id, principal.name, principal.role, permissions, principal.organisation)


def visit_of(request: Request, options: WebOptions) -> Visit:
    """What a session that begins with this request has to know."""
    return Visit(options.session_lifetime, request.cookies.get(COOKIE), request.headers.get("user-agent"))


def signed_in(request: Request, started: StartedSession, options: WebOptions) -> Response:
    """The answer to a successful sign-in."""
    response = answer(me(started.principal), status=201)
    set_cookie(request, response, started, options)
    return response


def set_cookie(request: Request, response: Response, started: StartedSession, options: WebOptions) -> None:
    """Hand the session to the browser."""
    lifetime = (started.row.expires_at - started.row.created_at) // SECOND
    response.set_cookie(
        COOKIE,
        started.cookie,
        max_age=lifetime,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(request, options),
    )


def drop_cookie(response: Response) -> None:
    """Take the session from the browser."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")


def is_secure(request: Request, options: WebOptions) -> bool:
    """Whether the browser comes over HTTPS."""
    return options.secure or request.url.scheme == "https"


def base_url(request: Request, options: WebOptions) -> str:
    """The address that browsers use, without a slash at the end."""
    return (options.public_url or str(request.base_url)).rstrip("/")
