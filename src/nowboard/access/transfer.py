"""Dashboards as files, as far as a principal may take them away."""

from __future__ import annotations

from sqlalchemy import Connection

from nowboard.access.audit import audit
from nowboard.access.dashboards import Shown, access_shown
from nowboard.access.rules import require
from nowboard.clock import Micros
from nowboard.model.principals import Permission, Principal


def access_export(
    connection: Connection, principal: Principal, dashboard_id: str, now: Micros, *, draft: bool = False
) -> Shown:
    """What is exported of a dashboard: the published version, or the draft. Raises `NotFound`, `Forbidden`."""
    require(principal, Permission.EXPORT)
    shown = access_shown(connection, principal, dashboard_id, now, draft=draft)
    detail = {"version": shown.number} if shown.number is not None else {"draft": shown.etag}
    audit(connection, principal, "dashboard.export", "dashboard", shown.head.id, now=now, detail=detail)
    return shown
