"""Widgets that a draft does not have any more: what earlier drafts and versions remember of them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

from sqlalchemy import Connection

from nowboard.access.dashboards import access_head
from nowboard.access.levels import Level
from nowboard.clock import Micros
from nowboard.errors import NotFound
from nowboard.model.principals import Principal
from nowboard.records.dashboards import earlier_drafts
from nowboard.records.versions import earlier_versions


def access_lost_widget(
    connection: Connection, principal: Principal, dashboard_id: str, widget: str, now: Micros
) -> Mapping[str, Any]:
    """The widget as the newest of the kept drafts has it that has it at all, else the newest version.

    Raises `NotFound`, `Forbidden`.
    """
    row, _ = access_head(connection, principal, dashboard_id, now, Level.EDIT)
    place = row.organisation, row.id
    for document in chain(earlier_drafts(connection, *place), earlier_versions(connection, *place)):
        for each in document.get("widgets", ()):
            if each["id"] == widget:
                found: Mapping[str, Any] = each
                return found
    message = f"no kept draft and no version of dashboard {dashboard_id!r} has a widget {widget!r}"
    raise NotFound(message, code="unknown_widget")
