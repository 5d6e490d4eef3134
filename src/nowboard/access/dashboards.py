"""Dashboards as far as a principal may see and change them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from nowboard.access.rules import require
from nowboard.clock import Micros
from nowboard.errors import NotFound, PreconditionFailed
from nowboard.model.principals import Permission, Principal
from nowboard.records.dashboards import (
    DashboardRow,
    delete_dashboard,
    get_dashboard,
    list_dashboards,
    put_dashboard,
)


def access_dashboards(connection: Connection, principal: Principal) -> list[DashboardRow]:
    """The dashboards that `principal` may see. Raises `Forbidden`."""
    require(principal, Permission.READ)
    return list_dashboards(connection, principal.organisation)


def access_dashboard(connection: Connection, principal: Principal, dashboard_id: str) -> DashboardRow:
    """One dashboard. Raises `Forbidden`, `NotFound`."""
    require(principal, Permission.READ)
    found = get_dashboard(connection, dashboard_id, principal.organisation)
    if found is None or (principal.guest is not None and principal.guest.dashboard != dashboard_id):
        raise NotFound(f"there is no dashboard {dashboard_id!r}", code="unknown_dashboard")
    return found


def access_dashboard_change(
    connection: Connection, principal: Principal, document: Mapping[str, Any], *, now: Micros, etag: str | None = None
) -> DashboardRow:
    """Store a valid document. With `etag`, only over that version. Raises `Forbidden`, `PreconditionFailed`."""
    require(principal, Permission.EDIT)
    stored = put_dashboard(
        connection, document, owner=principal.id, now=now, etag=etag, organisation=principal.organisation
    )
    if stored is None:
        raise PreconditionFailed("the dashboard changed since you read it; read it again")
    return stored


def access_dashboard_removal(connection: Connection, principal: Principal, dashboard_id: str) -> None:
    """Remove a dashboard. Raises `Forbidden`, `NotFound`."""
    require(principal, Permission.EDIT)
    if not delete_dashboard(connection, dashboard_id, principal.organisation):
        raise NotFound(f"there is no dashboard {dashboard_id!r}", code="unknown_dashboard")
