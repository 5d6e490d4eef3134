"""Streams: declare, look up, extend."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.access.rules import may_see, require_whole
from nowboard.dashboards.problems import Problem, error_of
from nowboard.errors import BadRequest, Conflict, NotFound
from nowboard.ingest.evolve import Evolver
from nowboard.ingest.infer import EVENT_ID
from nowboard.model.engine import Ask, Engine
from nowboard.model.principals import Permission, Principal
from nowboard.model.queries import Measure, MetricQuery, Window
from nowboard.model.streams import Stream
from nowboard.model.visible import visible_catalog, visible_stream
from nowboard.packs.definitions import StreamText, read_stream, stream_text
from nowboard.packs.diff import merged
from nowboard.web.answers import answer
from nowboard.web.direct import api_router
from nowboard.web.gate import Gate
from nowboard.web.notes import Notes
from nowboard.web.openapi import described
from nowboard.web.options import WebOptions
from nowboard.web.reading import read_object


class NamedStream(StreamText, frozen=True, kw_only=True):
    """A stream with its name."""

    name: str


class StreamAnswer(NamedStream, frozen=True, kw_only=True):
    """A stream, how many events of it are visible, and the newest event time among them in milliseconds."""

    rows: int = 0
    newest: int | None = None


class StreamList(msgspec.Struct, frozen=True):
    """The streams that are visible."""

    items: list[NamedStream]


def stream_routes(gate: Gate, engine: Engine, evolver: Evolver, notes: Notes, options: WebOptions) -> APIRouter:
    """`/streams`."""
    router = api_router("Streams")

    @router.get("/streams", **described("All streams", answer=StreamList))
    async def every(request: Request) -> Response:
        principal = await gate.principal(request, Permission.READ)
        seen = visible_catalog(engine.catalog, principal.scope).streams
        return answer({"items": [_named(stream) for _, stream in sorted(seen.items())]})

    @router.post("/streams", **described("Declare a stream", body=NamedStream, answer=NamedStream, status=201))
    async def create(request: Request) -> Response:
        principal = await gate.principal(request, Permission.DEFINE)
        data = await read_object(request, options.json_bytes)
        wanted = _read(str(data.pop("name", "")), data)
        _require(principal, wanted)

        def fresh(current: Stream | None) -> Stream:
            if current is not None:
                raise Conflict(f"there is a stream {wanted.name!r} already; PUT /streams/{wanted.name} changes it")
            return wanted

        made = await evolver.change(wanted.name, fresh)
        await notes.add(principal, "stream.create", "stream", made.name)
        return answer(_named(made), status=201)

    @router.get("/streams/{stream}", **described("One stream", answer=StreamAnswer))
    async def one(request: Request, stream: str) -> Response:
        principal = await gate.principal(request, Permission.READ)
        found = engine.catalog.streams.get(stream)
        if found is None or not may_see(principal, stream):
            raise NotFound(f"there is no stream {stream!r}", code="unknown_stream")
        rows, newest = await _extent(engine, principal, found)
        shown = visible_stream(found, principal.scope)
        return answer({**_named(shown), "rows": rows, "newest": newest})

    @router.put("/streams/{stream}", **described("Change a stream", body=StreamText, answer=NamedStream))
    async def change(request: Request, stream: str) -> Response:
        principal = await gate.principal(request, Permission.DEFINE)
        require_whole(principal, stream)
        data = await read_object(request, options.json_bytes)
        if data.pop("name", stream) != stream:
            raise BadRequest("the name in the body is another one than in the path", code="bad_body")
        wanted = _read(stream, data)
        _require(principal, wanted)

        def extended(current: Stream | None) -> Stream:
            if current is not None:
                _refuse_retyping(current, wanted)
            return merged(current, wanted)

        changed = await evolver.change(stream, extended)
        await notes.add(principal, "stream.change", "stream", stream)
        return answer(_named(changed))

    return router


def _require(principal: Principal, wanted: Stream) -> None:
    """The stream and every table it joins are in scope: a join would show the table to all who see the stream."""
    require_whole(principal, wanted.name)
    for join in wanted.joins:
        require_whole(principal, join.table, "table")


def _named(stream: Stream) -> dict[str, Any]:
    return {"name": stream.name, **stream_text(stream)}


def _read(name: str, data: dict[str, Any]) -> Stream:
    problems: list[Problem] = []
    stream = read_stream(name, data, problems)
    if stream is not None and stream.field(EVENT_ID) is not None:
        problems.append(Problem(("fields", EVENT_ID), f"{EVENT_ID} is reserved: it names events for deduplication."))
    if stream is None or problems:
        raise error_of(problems, f"Stream {name!r}")
    return stream


def _refuse_retyping(current: Stream, wanted: Stream) -> None:
    if current.time != wanted.time:
        raise Conflict(f"the event time of {current.name!r} is {current.time!r} and stays so")
    for field in wanted.fields:
        known = current.field(field.name)
        if known is not None and known.type is not field.type:
            raise Conflict(
                f"field {field.name!r} is {known.type.value} and cannot become {field.type.value}; "
                "give the new field another name",
                detail={"field": field.name},
            )


async def _extent(engine: Engine, principal: Principal, stream: Stream) -> tuple[int, int | None]:
    measures = (Measure("rows", "count(*)"), Measure("newest", f'max("{stream.time}")'))
    query = MetricQuery(stream.name, measures, window=Window(all=True))
    result = await engine.query(Ask(query, principal.scope))
    rows, newest = result.rows[0] if result.rows else (0, None)
    return int(rows or 0), None if newest is None else int(newest)
