"""The pages of links and of embedded dashboards: the same page as everywhere, with its own rule on who may frame it."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from nowboard.access.embed_keys import sites_of
from nowboard.records.database import Records
from nowboard.web.middleware import FRAMED
from nowboard.web.static import StaticFiles


def page_routes(files: StaticFiles, records: Records) -> APIRouter:
    """`/share/{share}` and `/embed/{key}`. The secret or token sits in the fragment, which browsers never send."""
    router = APIRouter(include_in_schema=False)

    @router.get("/share/{share}")
    async def share(share: str) -> Response:  # noqa: ARG001 - the page reads it
        return _page(files, ())

    @router.get("/embed/{key}")
    async def embed(request: Request, key: str) -> Response:
        sites = await records.run(sites_of, key)
        if sites:
            request.scope[FRAMED] = True
        return _page(files, sites)

    return router


def _page(files: StaticFiles, sites: Sequence[str]) -> Response:
    page = files.page(frames=" ".join(sites) or "'none'")
    # what a link opens must not be told to where its reader goes next
    page.headers["Referrer-Policy"] = "no-referrer"
    if sites:
        page.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    else:
        page.headers["X-Frame-Options"] = "DENY"
    return page
