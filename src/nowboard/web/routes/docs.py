"""The API's description, and a page to try it on that needs nothing from outside."""

from __future__ import annotations

import secrets
from html import escape
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response

from nowboard.web.answers import answer
from nowboard.web.gate import Gate
from nowboard.web.openapi import build_openapi
from nowboard.web.options import PREFIX, WebOptions
from nowboard.web.static import StaticFiles, content_policy

_BUNDLE = "docs/swagger-ui-bundle.js"
_STYLE = "docs/swagger-ui.css"

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Nowboard API</title>{head}</head><body>{body}</body></html>
"""
_START = """window.addEventListener("load", () => {
  window.SwaggerUIBundle({
    url: "/api/v1/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null, persistAuthorization: false,
  });
});
"""


def docs_routes(gate: Gate, files: StaticFiles, version: str, options: WebOptions) -> APIRouter:
    """`/openapi.json` and `/docs`."""
    router = APIRouter(prefix=PREFIX, include_in_schema=False)
    built: dict[str, Any] = {}

    def document(app: FastAPI) -> dict[str, Any]:
        if not built:
            built.update(build_openapi(app, version))
        return built

    @router.get("/openapi.json")
    async def openapi(request: Request) -> Response:
        await gate.check_exposure(request, options.docs)
        return answer(document(request.app))

    @router.get("/docs")
    async def page(request: Request) -> Response:
        await gate.check_exposure(request, options.docs)
        nonce = secrets.token_urlsafe(16)
        interactive = files.file(_BUNDLE, request) is not None
        html = _interactive() if interactive else _plain(document(request.app))
        policy = content_policy(nonce)
        return Response(html, media_type="text/html", headers={"Content-Security-Policy": policy})

    @router.get("/docs/start.js")
    async def start() -> Response:
        return Response(_START, media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    return router


def _interactive() -> str:
    head = f'<link rel="stylesheet" href="/{_STYLE}"><script src="/{_BUNDLE}"></script>'
    head += '<script src="/api/v1/docs/start.js"></script>'
    return _PAGE.format(head=head, body='<div id="docs"></div>')


def _plain(document: dict[str, Any]) -> str:
    """The routes as a list, while the interactive viewer's files are not there."""
    lines = [
        f"<li><code>{method.upper()} {escape(path)}</code> {escape(operation.get('summary', ''))}</li>"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
    body = f'<h1>Nowboard API</h1><p><a href="/api/v1/openapi.json">OpenAPI document</a></p><ul>{"".join(lines)}</ul>'
    return _PAGE.format(head="", body=body)
