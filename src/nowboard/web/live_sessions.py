"""The HTTP routes of the live protocol."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from nowboard.errors import NotFound
from nowboard.hub.hub import Hub
from nowboard.web import poll, sse
from nowboard.web.live_access import LiveAccess
from nowboard.web.live_requests import limited_body
from nowboard.web.reading import require_json


def live_routes(hub: Hub, access: LiveAccess, prefix: str = "/api/v1") -> list[Route]:
    """`GET /live/sse`, `GET /live/poll`, `POST /live/{session}`. They raise `NowboardError`s for the app to shape."""

    async def events(request: Request) -> Response:
        return await sse.open_stream(request, hub, access)

    async def polled(request: Request) -> Response:
        return await poll.open_or_wait(request, hub, access)

    async def messages(request: Request) -> Response:
        return await post_messages(request, hub, access)

    return [
        _NamedRoute(f"{prefix}/live/sse", events, methods=["GET"]),
        _NamedRoute(f"{prefix}/live/poll", polled, methods=["GET"]),
        _NamedRoute(f"{prefix}/live/{{session}}", messages, methods=["POST"]),
    ]


class _NamedRoute(Route):
    """Says in the scope which route answers, as the others do: figures are kept, and refusals noted, by route."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        return match, child if match is Match.NONE else {**child, "route": self}


async def post_messages(request: Request, hub: Hub, access: LiveAccess) -> Response:
    """`POST /api/v1/live/{session}`: messages of a client that hears by events or polls. Answers come that way too."""
    principal = await access.principal(request.headers, request.url.query)
    connection = hub.find(request.path_params["session"], principal)
    if connection is None or connection.transport not in ("sse", "poll"):
        raise NotFound("There is no such live session; open a new one.", code="unknown_session")
    require_json(request)
    connection.receive(await limited_body(request, hub.limits.message_bytes))
    return Response(status_code=204)
