"""Tables that follow relations of PostgreSQL: how they fare, and read them now. For who runs the server."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.access.rules import require_operator
from nowboard.clock import MILLISECOND, Clock, Micros
from nowboard.model.principals import Permission, Principal
from nowboard.packs.follows import FollowText, follow_text
from nowboard.sources.postgres.follower import Follower
from nowboard.sources.postgres.status import Following
from nowboard.web.answers import answer
from nowboard.web.direct import api_router
from nowboard.web.gate import Gate
from nowboard.web.notes import Notes
from nowboard.web.openapi import described


class LastFailure(msgspec.Struct, frozen=True):
    """Why the last reading gave no rows; `at` is in milliseconds."""

    code: str
    message: str
    at: int


class FollowingAnswer(msgspec.Struct, frozen=True):
    """How a table fares since the server's start. Times are in milliseconds, `age` and `next_in` in seconds.

    `age` is how long ago the relation was read successfully. While `failed` is there, the rows are those from then.
    """

    table: str
    follow: FollowText
    running: bool
    rows: int | None
    refreshed: str | None
    tried_at: int | None
    succeeded_at: int | None
    changed_at: int | None
    age: float | None
    failed: LastFailure | None
    failures: int
    next_in: float | None


def following_routes(gate: Gate, follower: Follower, notes: Notes, clock: Clock) -> APIRouter:
    """`/tables/{table}/following`."""
    router = api_router("Tables")

    async def operator(request: Request) -> Principal:
        principal = await gate.principal(request)
        require_operator(principal, Permission.DEFINE)
        return principal

    @router.get("/tables/{table}/following", **described("How a table follows", answer=FollowingAnswer))
    async def status(request: Request, table: str) -> Response:
        await operator(request)
        return answer(_answer(follower.following(table), clock))

    @router.post("/tables/{table}/refresh", **described("Read what a table follows", answer=FollowingAnswer))
    async def refresh(request: Request, table: str) -> Response:
        principal = await operator(request)
        follower.following(table)
        await notes.add(principal, "table.refresh", "table", table)
        return answer(_answer(await follower.refresh(table), clock))

    return router


def _answer(found: Following, clock: Clock) -> dict[str, object]:
    since, failed = found.succeeded_at, found.failed
    return {
        "table": found.table,
        "follow": follow_text(found.follow),
        "running": found.running,
        "rows": found.rows,
        "refreshed": found.refreshed,
        "tried_at": _millis(found.tried_at),
        "succeeded_at": _millis(since),
        "changed_at": _millis(found.changed_at),
        "age": None if since is None else max(0, clock.now() - since) / 1_000_000,
        "failed": failed and LastFailure(failed.code, failed.message, failed.at // MILLISECOND),
        "failures": found.failures,
        "next_in": found.next_in,
    }


def _millis(instant: Micros | None) -> int | None:
    return None if instant is None else instant // MILLISECOND
