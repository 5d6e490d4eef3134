"""Is it alive, can it work, and its figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from nowboard.ingest.room import Room
from nowboard.model.engine import CatchUp, Engine
from nowboard.web.answers import answer
from nowboard.web.gate import Gate
from nowboard.web.metrics import Metrics
from nowboard.web.openapi import described
from nowboard.web.options import WebOptions

_BEHIND = 1_000
"""Journal records that the store may lag under load; each holds the events of one or more requests."""


_PHASES: Final = {
    "starting": "the server is starting and brings its store up to the journal",
    "rebuilding": "the store failed and is being rebuilt from the journal",
}


class Alive(msgspec.Struct, frozen=True):
    """The process answers."""

    status: str = "ok"


class Ready(msgspec.Struct, frozen=True):
    """Whether events are acknowledged and queries answered; `reasons` says why not.

    `catching_up` is there while the store is brought up to the journal, after a start or because it failed. `insecure`
    names the settings that give protection away.
    """

    ready: bool
    reasons: list[str]
    epoch: str
    durable: int
    applied: int
    catching_up: CatchUp | None = None
    insecure: tuple[str, ...] = ()


def health_routes(
    gate: Gate,
    engine: Engine,
    room: Room,
    metrics: Metrics,
    stopping: Callable[[], bool],
    catching_up: Callable[[], CatchUp | None],
    options: WebOptions,
) -> APIRouter:
    """`/health` and `/metrics`, outside of `/api`."""
    router = APIRouter(tags=["Operations"])

    @router.get("/health/live", **described("Does the process answer", answer=Alive, public=True))
    async def live() -> Response:
        return answer(Alive())

    @router.get("/health/ready", **described("Can it take events and answer queries", answer=Ready, public=True))
    async def ready() -> Response:
        found = readiness(engine, room, stopping=stopping(), catching_up=catching_up())
        found = msgspec.structs.replace(found, insecure=options.insecure)
        return answer(found, status=200 if found.ready else 503)

    @router.get("/metrics", include_in_schema=False)
    async def figures(request: Request) -> Response:
        await gate.check_exposure(request, options.metrics, home=True)
        return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return router


def readiness(engine: Engine, room: Room, *, stopping: bool, catching_up: CatchUp | None) -> Ready:
    """What stands in the way of work, in words."""
    status = engine.status()
    reasons = []
    if stopping:
        reasons.append("the server is stopping")
    if catching_up is not None:
        reasons.append(f"{_PHASES[catching_up.phase]}: offset {catching_up.applied} of {catching_up.end}")
    if not status.accepting and not (catching_up is not None and catching_up.phase == "starting"):
        reasons.append(f"events are not acknowledged: {status.problem or 'the journal refuses them'}")
    elif status.problem:
        reasons.append(status.problem)
    if room.problem:
        reasons.append(f"events are not acknowledged: {room.problem}")
    if status.durable - status.applied > _BEHIND and catching_up is None:
        reasons.append(f"the store is {status.durable - status.applied} records behind the journal")
    return Ready(not reasons, reasons, status.epoch, status.durable, status.applied, catching_up)
