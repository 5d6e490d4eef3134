"""Where events come in."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from nowboard.ingest.bodies import format_of
from nowboard.ingest.pipeline import Ingest, Passage
from nowboard.model.events import Ack
from nowboard.web.answers import answer
from nowboard.web.direct import api_router
from nowboard.web.gate import Gate
from nowboard.web.openapi import EVENT_BODIES, described


def event_routes(gate: Gate, ingest: Ingest) -> APIRouter:
    """`/streams/{stream}/events`."""
    router = api_router("Events")

    @router.post(
        "/streams/{stream}/events",
        **described(
            "Send events: one, an array, NDJSON or Arrow",
            answer=Ack,
            content=EVENT_BODIES,
            headers={
                "Content-Encoding": "gzip or zstd",
                "Idempotency-Key": "Names this request for 24 h: sent again, it is stored once.",
            },
        ),
    )
    async def post(request: Request, stream: str) -> Response:
        # bounded by bytes, not by requests
        principal = await gate.principal(request, counted=False)
        headers = request.headers
        passage = Passage(
            principal=principal,
            name=stream,
            form=format_of(headers.get("content-type")),
            chunks=request.stream(),
            encoding=headers.get("content-encoding"),
            idempotency_key=headers.get("idempotency-key"),
        )
        return answer(await ingest.post(passage))

    return router
