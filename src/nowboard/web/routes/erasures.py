"""Erase a person's data."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.access.erasing import Erasure, Erasures
from nowboard.model.principals import Permission
from nowboard.web.answers import answer
from nowboard.web.direct import api_router
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.reading import read_json

_BODY_BYTES = 64 * 1024

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=63)]
Value = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)] | int
Key = Annotated[dict[Name, Value], msgspec.Meta(min_length=1, max_length=8)]
Streams = Annotated[list[Name], msgspec.Meta(min_length=1, max_length=1000)]


class ErasureBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose data: values of fields or PII tags, all of which an event must hold. `streams` None is all that can."""

    key: Key
    streams: Streams | None = None


def erasure_routes(gate: Gate, erasures: Erasures) -> APIRouter:
    """`/erasures`."""
    router = api_router("Audit")

    @router.post("/erasures", **described("Erase a person's data", body=ErasureBody, answer=Erasure))
    async def erase(request: Request) -> Response:
        principal = await gate.principal(request, Permission.ERASE)
        wanted = await read_json(request, ErasureBody, _BODY_BYTES)
        return answer(await erasures.erase(principal, wanted.key, wanted.streams))

    return router
