"""Every exception that leaves a route becomes an answer in the one shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match, Mount

from nowboard.errors import BadRequest, NotFound, NowboardError, TooLarge, UnsupportedMedia
from nowboard.web.answers import failure, request_id_of

_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class MethodNotAllowed(BadRequest):
    """The path exists, but not for this method."""

    default_code = "method_not_allowed"
    status = 405


NoteRefusal = Callable[[Request, NowboardError], Awaitable[None]]
"""Told of every error that a route ends with."""

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_TAKES_AWAY: Final = ("/export", "/audit")


def changes_or_takes_away(request: Request) -> bool:
    """Whether a refusal of this request is worth an entry in the audit log."""
    return request.method not in _SAFE or request.url.path.endswith(_TAKES_AWAY)


def install_handlers(app: FastAPI, note: NoteRefusal | None = None) -> None:
    """Answer our errors, the framework's, and what it finds wrong with parameters."""

    async def ours(request: Request, error: Exception) -> Response:
        if not isinstance(error, NowboardError):
            raise error
        if note is not None and changes_or_takes_away(request):
            await note(request, error)
        return failure(error, request_id_of(request))

    app.add_exception_handler(NowboardError, ours)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(RequestValidationError, _validation)


async def _framework(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    response = failure(_as_ours(error, request), request_id_of(request))
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    if error.status_code == 405:
        response.headers["Allow"] = ", ".join(_methods(request))
    return response


def _methods(request: Request) -> list[str]:
    """Every method that the path takes: the framework names only those of the first route that has the path.

    Where the path has routes of its own, those of patterns that it fits (`/users/{user}` fits `/users/current`)
    do not count.
    """
    scopes = {method: {**request.scope, "method": method} for method in _METHODS}
    routes = [route for route in request.app.routes if not isinstance(route, Mount)]
    own = [route for route in routes if getattr(route, "path", None) == request.scope["path"]]
    return [
        method
        for method, scope in scopes.items()
        if any(route.matches(scope)[0] is Match.FULL for route in own or routes)
    ]


async def _validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return failure(BadRequest(f"{place}: {first['msg']}", detail={"part": place}), request_id_of(request))


def _as_ours(error: HTTPException, request: Request) -> NowboardError:
    if error.status_code == 404:
        return NotFound(f"there is nothing at {request.url.path}", code="no_such_route")
    if error.status_code == 405:
        return MethodNotAllowed(f"{request.method} is not possible at {request.url.path}")
    if error.status_code == 413:
        return TooLarge(str(error.detail))
    if error.status_code == 415:
        return UnsupportedMedia(str(error.detail))
    return BadRequest(str(error.detail))
