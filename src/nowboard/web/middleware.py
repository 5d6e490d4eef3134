"""Around every request: its id, security headers, time taken, and the last catch for what nobody expected."""

from __future__ import annotations

import itertools
import logging
import re
import secrets
from time import perf_counter
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nowboard.errors import NowboardError
from nowboard.model.trace import TRACE, Trace
from nowboard.web.answers import failure
from nowboard.web.metrics import Metrics

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SLOW: Final = 1.0
"""Seconds from which a request is worth a line in the log."""

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # for answers that are not pages, which bring their own: nothing in them is ever run, shown or framed
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}
_OVER_HTTPS: Final = {"Strict-Transport-Security": "max-age=31536000"}
"""Browsers that came over HTTPS once never come over HTTP again."""

FRAMED: Final = "nowboard.framed"
"""Set in the scope of a request for a page that other sites may frame."""

_log: Final = logging.getLogger("nowboard.requests")


class Edge:
    """Plain ASGI, because it stands in the way of every event."""

    def __init__(self, app: ASGIApp, metrics: Metrics, *, secure: bool = False) -> None:
        self._app = app
        defaults = {**HEADERS, **(_OVER_HTTPS if secure else {}), "Cache-Control": "no-store"}
        self._defaults = tuple((name.lower().encode(), value.encode()) for name, value in defaults.items())
        self._metrics = metrics
        # not secret, only unlikely to repeat: random per process, then counted, because randomness costs a system call
        self._prefix = secrets.token_hex(5)
        self._count = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = self._request_id(scope)
        scope["nowboard.request_id"] = request_id
        client = scope.get("client")
        TRACE.set(Trace(request_id, client[0] if client else None))
        started = perf_counter()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._complete(message, request_id, framed=FRAMED in scope)
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except ClientDisconnect:
            pass  # nobody is there to be answered
        except Exception:
            _log.exception("request failed", extra={"request_id": request_id, "path": scope["path"]})
            if status:
                raise
            unexpected = NowboardError("something went wrong here; the log has the details under this request id")
            await failure(unexpected, request_id)(scope, receive, sending)
        finally:
            self._note(scope, status, perf_counter() - started, request_id)

    def _note(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = getattr(scope.get("route"), "path", None) or "other"
        self._metrics.request(scope["method"], route, status, seconds)
        level = logging.INFO if status >= 400 or seconds > _SLOW else logging.DEBUG
        if _log.isEnabledFor(level):
            told = {
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "milliseconds": round(seconds * 1000, 2),
                "request_id": request_id,
            }
            _log.log(level, "request", extra=told)

    def _request_id(self, scope: Scope) -> str:
        for name, value in scope["headers"]:
            if name == b"x-request-id":
                text = str(value, "latin-1")
                if _ID.fullmatch(text):
                    return text
        return f"{self._prefix}{next(self._count):06x}"

    def _complete(self, message: Message, request_id: str, *, framed: bool) -> None:
        """Give the start of a response its id, and every default header that it does not set itself.

        Whether a `framed` page may be framed is in its policy alone: X-Frame-Options cannot name sites.
        """
        headers = [(name, value) for name, value in message.get("headers", ()) if name != b"x-request-id"]
        there = {name for name, _ in headers}
        headers.append((b"x-request-id", request_id.encode()))
        headers.extend(default for default in self._defaults if default[0] not in there)
        if framed:
            headers = [(name, value) for name, value in headers if name != b"x-frame-options"]
        message["headers"] = headers
