"""Where one is signed in, and signing out there."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from nowboard.access.authenticate import Authenticator
from nowboard.access.sessions import access_session_end, access_sessions, access_sessions_end, current_session
from nowboard.access.users import access_user_sign_out
from nowboard.clock import MILLISECOND, Clock
from nowboard.model.principals import Principal
from nowboard.records.database import Records
from nowboard.records.sessions import SessionRow
from nowboard.web.answers import answer, nothing
from nowboard.web.browser_sessions import drop_cookie
from nowboard.web.gate import COOKIE, Gate
from nowboard.web.openapi import described
from nowboard.web.options import PREFIX


class SessionItem(msgspec.Struct, frozen=True):
    """A browser that is signed in; times are in milliseconds."""

    id: str
    current: bool
    created_at: int
    last_seen_at: int | None
    expires_at: int
    agent: str | None
    address: str | None


class SessionList(msgspec.Struct, frozen=True):
    """One's own sessions, the newest first."""

    items: list[SessionItem]


def own_session_routes(gate: Gate, records: Records, authenticator: Authenticator, clock: Clock) -> APIRouter:
    """`/sessions` as a list."""
    router = APIRouter(prefix=PREFIX, tags=["Sessions"])

    @router.get("/sessions", **described("Where I am signed in", answer=SessionList))
    async def every(request: Request) -> Response:
        principal = await gate.principal(request)
        rows, current = await records.run(_list, principal, request.cookies.get(COOKIE), clock.now())
        return answer(SessionList([_item(row, current) for row in rows]))

    @router.delete("/sessions/{session}", **described("Sign out elsewhere", status=204))
    async def end(request: Request, session: str) -> Response:
        principal = await gate.principal(request)
        await records.run(access_session_end, principal, session, clock.now())
        authenticator.forget({principal.id})
        return nothing()

    @router.delete("/sessions", **described("Sign out everywhere", status=204))
    async def end_all(request: Request, user: str | None = None) -> Response:
        principal = await gate.principal(request)
        if user is not None and user != principal.id:
            await records.run(access_user_sign_out, principal, user, now=clock.now())
            authenticator.forget({user})
            return nothing()
        await records.run(access_sessions_end, principal, clock.now())
        authenticator.forget({principal.id})
        response = nothing()
        drop_cookie(response)
        return response

    return router


def _list(
    connection: Connection, principal: Principal, cookie: str | None, now: int
) -> tuple[list[SessionRow], str | None]:
    return access_sessions(connection, principal, now), current_session(connection, cookie)


def _item(row: SessionRow, current: str | None) -> SessionItem:
    return SessionItem(
        id=row.id,
        current=row.id == current,
        created_at=row.created_at // MILLISECOND,
        last_seen_at=None if row.last_seen_at is None else row.last_seen_at // MILLISECOND,
        expires_at=row.expires_at // MILLISECOND,
        agent=row.agent,
        address=row.address,
    )
