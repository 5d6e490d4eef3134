"""Who else may see a dashboard."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.access.authenticate import Authenticator
from nowboard.access.guests import LinkLimits
from nowboard.access.shares import (
    GuestLimits,
    NewShare,
    access_share_creation,
    access_share_revocation,
    access_shares,
)
from nowboard.clock import MILLISECOND, Clock
from nowboard.dashboards.validate import validate
from nowboard.model.bounds import Instant
from nowboard.model.engine import Engine
from nowboard.model.principals import Permission
from nowboard.records.database import Records
from nowboard.records.shares import ShareRow
from nowboard.web.answers import answer, nothing
from nowboard.web.direct import api_router
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.options import WebOptions
from nowboard.web.reading import read_json
from nowboard.web.scopes import scope_check


class ShareBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A share to make: `kind` is user, role or link, `level` view or edit. `expires_at` is in milliseconds."""

    kind: str
    subject: str | None = None
    level: str = "view"
    limits: GuestLimits | None = None
    expires_at: Instant | None = None


class ShareAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A share; times in milliseconds. `secret` and `path` are those of a new link, and are told this once."""

    id: str
    kind: str
    level: str
    created_at: int
    created_by: str
    subject: str | None = None
    limits: GuestLimits | None = None
    expires_at: int | None = None
    secret: str | None = None
    path: str | None = None


class ShareList(msgspec.Struct, frozen=True):
    """The shares of a dashboard."""

    items: list[ShareAnswer]


def share_routes(
    gate: Gate, records: Records, authenticator: Authenticator, engine: Engine, clock: Clock, options: WebOptions
) -> APIRouter:
    """`/dashboards/{dashboard}/shares`."""
    router = api_router("Sharing")

    @router.get("/dashboards/{dashboard}/shares", **described("The shares of a dashboard", answer=ShareList))
    async def every(request: Request, dashboard: str) -> Response:
        principal = await gate.principal(request, Permission.SHARE)
        rows = await records.run(access_shares, principal, dashboard, clock.now())
        return answer(ShareList([_answer(row) for row in rows]))

    @router.post(
        "/dashboards/{dashboard}/shares",
        **described("Share a dashboard", body=ShareBody, answer=ShareAnswer, status=201),
    )
    async def create(request: Request, dashboard: str) -> Response:
        principal = await gate.principal(request, Permission.SHARE)
        body = await read_json(request, ShareBody, options.json_bytes)
        expires_at = None if body.expires_at is None else body.expires_at * MILLISECOND
        wanted = NewShare(body.kind, body.level, body.subject, body.limits, expires_at)
        issued = await records.run(
            access_share_creation,
            principal,
            dashboard,
            wanted,
            parse=validate,
            check=scope_check(engine, principal),
            now=clock.now(),
        )
        return answer(_answer(issued.row, issued.secret), status=201)

    @router.delete("/dashboards/{dashboard}/shares/{share}", **described("End a share", status=204))
    async def remove(request: Request, dashboard: str, share: str) -> Response:
        principal = await gate.principal(request, Permission.SHARE)
        await records.run(access_share_revocation, principal, dashboard, share, clock.now())
        authenticator.forget()
        return nothing()

    return router


def _answer(row: ShareRow, secret: str | None = None) -> ShareAnswer:
    return ShareAnswer(
        id=row.id,
        kind=row.kind,
        level=row.level,
        created_at=row.created_at // MILLISECOND,
        created_by=row.created_by,
        subject=row.subject,
        limits=_limits(row) if row.kind == "link" else None,
        expires_at=None if row.expires_at is None else row.expires_at // MILLISECOND,
        secret=secret,
        path=None if secret is None else f"/share/{row.id}#{secret}",
    )


def _limits(row: ShareRow) -> GuestLimits:
    """As they were asked for; the scope that came of it is the maker's business."""
    stored = msgspec.convert(row.limits, LinkLimits)
    guest = stored.guest
    return GuestLimits(guest.widgets, guest.fields, guest.filters, guest.parameters, guest.window, stored.given)
