"""Routes that FastAPI documents and Starlette serves."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.routing import request_response

from nowboard.web.options import PREFIX


class DirectRoute(APIRoute):
    """For endpoints `(request, **path parameters)` that read the request themselves and return a response.

    Nothing is resolved, validated or kept open for them, which is a fifth of what a small request costs. An endpoint
    that declares anything else, such as parameters of the query string, is served by FastAPI.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        wanted = self.dependant
        more = wanted.query_params or wanted.header_params or wanted.cookie_params or wanted.body_params
        if wanted.request_param_name == "request" and not more:
            self.app = request_response(self._answer)

    async def _answer(self, request: Request) -> Response:
        response: Response = await self.endpoint(request, **request.path_params)
        return response


def api_router(tag: str) -> APIRouter:
    """A router under `/api/v1`. Its routes join the application's own, so that one look finds them."""
    return APIRouter(prefix=PREFIX, tags=[tag], route_class=DirectRoute)
