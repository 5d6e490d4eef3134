"""To an OpenID provider and back. Both are places that a browser goes to, so failures lead to the sign-in page."""

from __future__ import annotations

import logging
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from nowboard.access.authenticate import Authenticator
from nowboard.access.identities import Identity, SignInProviders, note_refused_identity, sign_in_identity
from nowboard.access.sessions import StartedSession, Visit
from nowboard.clock import Clock
from nowboard.errors import NotFound, NowboardError, Unauthenticated
from nowboard.records.database import Records
from nowboard.web.browser_sessions import base_url, is_secure, set_cookie, visit_of
from nowboard.web.openapi import described
from nowboard.web.options import PREFIX, WebOptions

COOKIE: Final = "nowboard_oidc"
_PATH: Final = f"{PREFIX}/sessions/oidc"
_log: Final = logging.getLogger(__name__)


def oidc_routes(
    records: Records,
    authenticator: Authenticator,
    providers: SignInProviders | None,
    clock: Clock,
    options: WebOptions,
) -> APIRouter:
    """`/sessions/oidc`."""
    router = APIRouter(prefix=PREFIX, tags=["Sessions"])

    @router.get("/sessions/oidc/{provider}", **described("To a provider's sign-in page", status=303, public=True))
    async def depart(request: Request, provider: str, next: str = "/") -> Response:  # noqa: A002 - a query parameter
        asked = _configured(providers)
        try:
            departure = await asked.depart(provider, _return_to(request, provider), next)
        except NotFound:
            raise
        except NowboardError as error:
            return _failed(error)
        response = RedirectResponse(departure.url, 303)
        # it has to come along when the provider's page leads back here
        response.set_cookie(
            COOKIE,
            departure.cookie,
            max_age=departure.lifetime,
            path=_PATH,
            httponly=True,
            samesite="lax",
            secure=is_secure(request, options),
        )
        return response

    @router.get("/sessions/oidc/{provider}/callback", **described("Back from a provider", status=303, public=True))
    async def arrive(request: Request, provider: str, code: str = "", state: str = "", error: str = "") -> Response:
        asked = _configured(providers)
        try:
            if error or not code:
                raise Unauthenticated("the provider did not sign you in", code="sign_in_failed")
            cookie = request.cookies.get(COOKIE)
            arrival = await asked.arrive(provider, _return_to(request, provider), cookie, state, code)
            started = await _let_in(arrival.identity, visit_of(request, options), records, clock)
        except NotFound:
            raise
        except NowboardError as failure:
            return _failed(failure)
        authenticator.forget()
        response = RedirectResponse(arrival.path, 303)
        set_cookie(request, response, started, options)
        response.delete_cookie(COOKIE, path=_PATH, httponly=True, samesite="lax")
        return response

    def _return_to(request: Request, provider: str) -> str:
        return f"{base_url(request, options)}{_PATH}/{quote(provider, safe='')}/callback"

    return router


async def _let_in(identity: Identity, visit: Visit, records: Records, clock: Clock) -> StartedSession:
    try:
        return await records.run(sign_in_identity, identity, visit, clock.now())
    except NowboardError as error:
        await records.run(note_refused_identity, identity, error.code, clock.now())
        raise


def _configured(providers: SignInProviders | None) -> SignInProviders:
    if providers is None:
        raise NotFound("there is no provider to sign in with", code="unknown_provider")
    return providers


def _failed(error: NowboardError) -> Response:
    _log.info("Sign-in with a provider did not succeed: %s", error.message)
    response = RedirectResponse(f"/sign-in?error={error.code}", 303)
    response.delete_cookie(COOKIE, path=_PATH, httponly=True, samesite="lax")
    return response
