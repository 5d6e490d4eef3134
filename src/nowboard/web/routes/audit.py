"""What was done, by whom, and what was refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response

from nowboard.access.audits import access_audit
from nowboard.clock import MILLISECOND, Micros
from nowboard.model.principals import Permission
from nowboard.records.audit import AuditFilter, AuditRow
from nowboard.records.database import Records
from nowboard.web.answers import answer
from nowboard.web.gate import Gate
from nowboard.web.openapi import described
from nowboard.web.options import PREFIX

_MOST = 500
_TEXT = 400
_LATEST = 253_402_300_799_999
"""The last millisecond of the year 9999."""

Text = Annotated[str | None, Query(max_length=_TEXT)]


class AuditPrincipal(msgspec.Struct, frozen=True):
    """Who did it."""

    kind: str
    id: str
    name: str


class AuditObject(msgspec.Struct, frozen=True):
    """To what."""

    kind: str
    id: str


class AuditEntry(msgspec.Struct, frozen=True):
    """One entry. `at` is in milliseconds; `hash` is what the next entry names as the one before."""

    number: int
    at: int
    organisation: str
    principal: AuditPrincipal
    action: str
    object: AuditObject
    outcome: str
    detail: Mapping[str, Any]
    address: str | None
    request_id: str | None
    hash: str


class AuditPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Entries, the newest first. `next` is what `after` takes for older ones."""

    items: list[AuditEntry]
    next: str | None = None


def audit_routes(gate: Gate, records: Records) -> APIRouter:
    """`/audit`."""
    router = APIRouter(prefix=PREFIX, tags=["Audit"])

    @router.get("/audit", **described("What was done, by whom", answer=AuditPage))
    async def search(
        request: Request,
        action: Text = None,
        principal: Text = None,
        object: Text = None,  # noqa: A002 - the parameter's name
        outcome: Text = None,
        organisation: Text = None,
        since: Annotated[int | None, Query(alias="from", ge=0, le=_LATEST)] = None,
        until: Annotated[int | None, Query(alias="to", ge=0, le=_LATEST)] = None,
        limit: Annotated[int, Query(ge=1, le=_MOST)] = 100,
        after: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    ) -> Response:
        asking = await gate.principal(request, Permission.AUDIT)
        wanted = AuditFilter(
            organisation=organisation,
            action=action,
            principal=principal,
            object=object,
            outcome=outcome,
            since=_micros(since),
            until=_micros(until),
            before=after,
        )
        rows = await records.run(access_audit, asking, wanted, limit + 1)
        shown = [_entry(row) for row in rows[:limit]]
        return answer(AuditPage(shown, str(shown[-1].number) if len(rows) > limit else None))

    return router


def _micros(milliseconds: int | None) -> Micros | None:
    return None if milliseconds is None else milliseconds * MILLISECOND


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        number=row.number,
        at=row.at // MILLISECOND,
        organisation=row.organisation,
        principal=AuditPrincipal(row.principal_kind, row.principal, row.name),
        action=row.action,
        object=AuditObject(row.object_kind, row.object),
        outcome=row.outcome,
        detail=row.detail,
        address=row.address,
        request_id=row.request_id,
        hash=row.hash.hex(),
    )
