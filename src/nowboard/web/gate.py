"""Who is at the door: credentials of a request, and whether a foreign page sent it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import Request
from starlette.requests import cookie_parser

from nowboard.access.authenticate import Authenticator, Caller, Means
from nowboard.access.limits import RequestLimiter
from nowboard.access.origins import check_origin
from nowboard.access.rules import require, require_member
from nowboard.errors import Forbidden
from nowboard.model.principals import HOME, Permission, Principal
from nowboard.web.options import Exposure, WebOptions

COOKIE: Final = "nowboard_session"
PRINCIPAL: Final = "nowboard.principal"
"""Where a request's scope says who asks."""
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "testclient"})


class Gate:
    """Turns requests into principals."""

    def __init__(self, authenticator: Authenticator, options: WebOptions, limiter: RequestLimiter) -> None:
        self._authenticator = authenticator
        self._options = options
        self._limiter = limiter

    async def caller(self, request: Request, *, counted: bool = True, guests: bool = False) -> Caller:
        """Who asks.

        Raises `Unauthenticated`; `Forbidden` for a cookie that a foreign page made the browser send, and for who comes
        by a share, unless the route says that it is for `guests` too; `LimitExceeded` when the principal asks too
        often, unless the request is not `counted`.
        """
        headers = request.headers
        caller = await self._authenticator.authenticate(
            authorization=headers.get("authorization"), cookie=request.cookies.get(COOKIE)
        )
        if caller.means is Means.COOKIE and request.method not in _SAFE:
            check_origin(headers, self._options.origins)
        # for the audit log, should the request be refused further on
        request.scope[PRINCIPAL] = caller.principal
        if counted:
            await self._limiter.count(caller.principal, request.client.host if request.client else None)
        if not guests:
            require_member(caller.principal)
        return caller

    async def principal(
        self,
        request: Request,
        permission: Permission | None = None,
        *,
        counted: bool = True,
        guests: bool = False,
    ) -> Principal:
        """Who asks, with `permission`. Raises as `caller` does, and `Forbidden`."""
        principal = (await self.caller(request, counted=counted, guests=guests)).principal
        if permission is not None:
            require(principal, permission)
        return principal

    async def of_headers(self, headers: Mapping[str, str], ticket: str | None) -> Principal:
        """The principal behind lower-case headers and a ticket; for sockets. The caller checks the origin."""
        cookie = cookie_parser(headers["cookie"]).get(COOKIE) if "cookie" in headers else None
        caller = await self._authenticator.authenticate(
            authorization=headers.get("authorization"), ticket=ticket, cookie=cookie
        )
        return caller.principal

    def check_own_page(self, request: Request) -> None:
        """Refuse a foreign page's request where no credential is needed yet. Raises `Forbidden`."""
        if "origin" in request.headers or "sec-fetch-site" in request.headers:
            check_origin(request.headers, self._options.origins)

    async def check_exposure(self, request: Request, exposure: Exposure, *, home: bool = False) -> None:
        """Let pass whom `exposure` names; with `home`, of those signed in only the first organisation's.

        Raises `Unauthenticated`, `Forbidden`.
        """
        if exposure is Exposure.EVERYONE:
            return
        if exposure is Exposure.LOCAL and _is_local(request):
            return
        principal = (await self.caller(request, counted=False)).principal
        if home and principal.organisation != HOME:
            raise Forbidden("figures of the whole server are for the organisation that runs it")


def _is_local(request: Request) -> bool:
    # a proxy that does not tell whom it speaks for must not make everyone local
    if "forwarded" in request.headers or "x-forwarded-for" in request.headers:
        return False
    return request.client is not None and request.client.host in _LOOPBACK
