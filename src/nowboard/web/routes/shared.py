"""What who comes by a share asks for first, and the values that filters offer."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.clock import MILLISECOND
from nowboard.errors import BadRequest, NotFound
from nowboard.model.engine import Engine
from nowboard.model.principals import Permission
from nowboard.model.queries import Window
from nowboard.model.wire import Subscribe
from nowboard.web.answers import answer
from nowboard.web.direct import api_router
from nowboard.web.filter_values import FilterValues, filter_values
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.public import PublicDashboard, public_dashboard
from nowboard.web.subscriptions import Dashboards


class Shared(msgspec.Struct, frozen=True, omit_defaults=True):
    """The dashboard that a share shows, and when the share ends in milliseconds, if it does."""

    dashboard: PublicDashboard
    expires_at: int | None = None


def shared_routes(gate: Gate, engine: Engine, dashboards: Dashboards) -> APIRouter:
    """`/shares/current` and `/dashboards/{dashboard}/filters/{field}/values`."""
    router = api_router("Sharing")

    @router.get("/shares/current", **described("What the share shows", answer=Shared))
    async def current(request: Request) -> Response:
        principal = await gate.principal(request, Permission.READ, guests=True)
        if principal.guest is None:
            raise NotFound("you did not come by a share", code="unknown_share")
        readable = await dashboards.readable(principal, principal.guest.dashboard)
        shown = public_dashboard(principal.guest, readable.dashboard, readable.saved)
        ends = principal.expires_at
        return answer(Shared(shown, None if ends is None else ends // MILLISECOND))

    @router.get(
        "/dashboards/{dashboard}/filters/{field}/values",
        **described("The values that a filter offers, in the caller's scope", answer=FilterValues),
    )
    async def values(
        request: Request, dashboard: str, field: str, window: str | None = None, timezone: str | None = None
    ) -> Response:
        principal = await gate.principal(request, Permission.READ, guests=True)
        readable = await dashboards.readable(principal, dashboard)
        asked = Subscribe("", dashboard, window=_window(window), timezone=timezone)
        return answer(await filter_values(engine, principal, readable, field, asked))

    return router


def _window(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        found: dict[str, Any] = msgspec.to_builtins(msgspec.json.decode(text, type=Window))
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BadRequest(f"`window` is not valid: {error}", detail={"part": "window"}) from error
    return found
