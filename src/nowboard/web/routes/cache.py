"""The cache of results: figures, clear, load ahead."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase
from typing import Protocol

import msgspec
from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from nowboard.access.audit import audit
from nowboard.access.rules import require_operator
from nowboard.clock import Clock
from nowboard.dashboards.asks import asks_of
from nowboard.errors import NowboardError
from nowboard.model.bounds import Name
from nowboard.model.engine import Engine
from nowboard.model.principals import Permission, Principal
from nowboard.query.cache import CacheShare
from nowboard.query.runner import QueryStats
from nowboard.records.database import Records
from nowboard.web.answers import answer
from nowboard.web.direct import api_router
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.options import WebOptions
from nowboard.web.reading import read_json
from nowboard.web.subscriptions import Dashboards


class Cache(Protocol):
    """The part of `nowboard.query.runner.QueryRunner` that is managed here."""

    def stats(self) -> QueryStats: ...

    def held(self) -> list[CacheShare]: ...

    def forget(self, names: Collection[str] | None = None) -> int: ...


class CacheShareAnswer(msgspec.Struct, frozen=True):
    """What the results over one stream or table take up."""

    name: str
    entries: int
    bytes: int


class CacheAnswer(msgspec.Struct, frozen=True):
    """Counters since the start, and what is held now. `shared` counts asks that joined an equal one under way."""

    hits: int
    misses: int
    shared: int
    entries: int
    bytes: int
    streams: list[CacheShareAnswer]


class ClearBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which results to forget: those that read a stream or table whose name fits the pattern; `*` is all of them."""

    streams: Name = "*"


class Cleared(msgspec.Struct, frozen=True):
    """How many results were forgotten."""

    cleared: int


class PreloadBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A dashboard whose widgets are asked as they are first shown."""

    dashboard: Name


class NotLoaded(msgspec.Struct, frozen=True):
    """A widget that could not be asked, and why."""

    widget: str
    code: str
    message: str


class Preloaded(msgspec.Struct, frozen=True):
    """How many queries have their answer in the cache now."""

    loaded: int
    failed: list[NotLoaded]


def cache_routes(
    gate: Gate,
    cache: Cache,
    dashboards: Dashboards,
    engine: Engine,
    records: Records,
    clock: Clock,
    options: WebOptions,
) -> APIRouter:
    """`/cache`."""
    router = api_router("Cache")

    async def operator(request: Request) -> Principal:
        principal = await gate.principal(request)
        require_operator(principal, Permission.CACHE)
        return principal

    @router.get("/cache", **described("What the cache holds", answer=CacheAnswer))
    async def figures(request: Request) -> Response:
        await operator(request)
        return answer(_figures(cache))

    @router.post("/cache/clear", **described("Forget results", body=ClearBody, answer=Cleared))
    async def clear(request: Request) -> Response:
        principal = await operator(request)
        wanted = await read_json(request, ClearBody, options.json_bytes)
        names = None if wanted.streams == "*" else {s.name for s in cache.held() if fnmatchcase(s.name, wanted.streams)}
        cleared = cache.forget(names)
        await records.run(_note_cleared, principal, wanted.streams, cleared, clock)
        return answer(Cleared(cleared))

    @router.post("/cache/preload", **described("Load a dashboard ahead", body=PreloadBody, answer=Preloaded))
    async def preload(request: Request) -> Response:
        principal = await operator(request)
        wanted = await read_json(request, PreloadBody, options.json_bytes)
        readable = await dashboards.readable(principal, wanted.dashboard)
        dashboard = readable.dashboard
        loaded, failed = 0, []
        for widget in dashboard.widgets:
            try:
                for each in asks_of(dashboard, scope=principal.scope, widget=widget.id, saved=readable.saved):
                    await engine.query(each.ask)
                    loaded += 1
            except NowboardError as error:
                failed.append(NotLoaded(widget.id, error.code, error.message))
        return answer(Preloaded(loaded, failed))

    return router


def _figures(cache: Cache) -> CacheAnswer:
    stats = cache.stats()
    streams = [CacheShareAnswer(share.name, share.entries, share.bytes) for share in cache.held()]
    return CacheAnswer(stats.hits, stats.misses, stats.shared, stats.cached, stats.cached_bytes, streams)


def _note_cleared(connection: Connection, principal: Principal, pattern: str, cleared: int, clock: Clock) -> None:
    detail = {"results": cleared}
    audit(connection, principal, "cache.clear", "cache", pattern[:400], now=clock.now(), detail=detail)
