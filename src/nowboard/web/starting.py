"""While the server starts, its port answers: health says how far it is, everything else says to come back."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from nowboard.errors import Unavailable
from nowboard.model.engine import CatchUp
from nowboard.web.answers import failure
from nowboard.web.options import PREFIX

RETRY_SECONDS: Final = 2.0
_HEALTH: Final = frozenset({"/health/live", "/health/ready"})

_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Nowboard is starting</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="{seconds}"></head>
<body><main><h1>Nowboard is starting</h1><p>{text}</p>
<p><progress max="{end}" value="{applied}"></progress></p><p>This page looks again by itself.</p></main></body></html>
"""


class Starting:
    """Plain ASGI around everything; lets nothing but health through until the store is up to the journal."""

    def __init__(self, app: ASGIApp, catching_up: Callable[[], CatchUp | None]) -> None:
        self._app = app
        self._catching_up = catching_up

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._catching_up()
        waiting = found is not None and found.phase == "starting"
        if found is None or not waiting or scope["type"] == "lifespan" or scope["path"] in _HEALTH:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": Unavailable.close_code})
        elif _wants_page(scope):
            await _page(found)(scope, receive, send)
        else:
            await failure(_refusal(found), scope.get("nowboard.request_id", ""))(scope, receive, send)


def check_started(found: CatchUp | None) -> None:
    """Raise `Unavailable` while the server starts."""
    if found is not None and found.phase == "starting":
        raise _refusal(found)


def _refusal(found: CatchUp) -> Unavailable:
    progress = {"applied": found.applied, "end": found.end}
    return Unavailable(
        f"The server is starting: {_text(found)}.", code="starting", detail=progress, retry_after=RETRY_SECONDS
    )


def _text(found: CatchUp) -> str:
    return f"its store holds offset {found.applied:,} of {found.end:,}"


def _wants_page(scope: Scope) -> bool:
    accepted = Headers(scope=scope).get("accept", "")
    return scope["method"] in ("GET", "HEAD") and "text/html" in accepted and not scope["path"].startswith(PREFIX)


def _page(found: CatchUp) -> HTMLResponse:
    text = escape(_text(found).capitalize() + ".")
    end = max(1, found.end)
    page = _PAGE.format(seconds=round(RETRY_SECONDS), text=text, end=end, applied=found.applied)
    headers = {"Retry-After": str(round(RETRY_SECONDS)), "Content-Security-Policy": "default-src 'none'"}
    return HTMLResponse(page, status_code=503, headers=headers)
