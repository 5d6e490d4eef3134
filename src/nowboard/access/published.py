"""The published version of a dashboard, which is all that a share ever shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from nowboard.errors import NotFound
from nowboard.model.dashboards import Dashboard
from nowboard.model.saved import SavedQuery, saved_in
from nowboard.records.queries import get_queries
from nowboard.records.tables import DASHBOARD_VERSIONS

Parse = Callable[[Mapping[str, Any]], Dashboard]
"""A stored document to a dashboard."""


def published_document(
    connection: Connection, organisation: str, dashboard_id: str, number: int | None
) -> Mapping[str, Any]:
    """The document of a version. Raises `NotFound` when the dashboard was never published."""
    columns = DASHBOARD_VERSIONS.c
    same = (columns.organisation == organisation) & (columns.dashboard == dashboard_id) & (columns.number == number)
    found: Mapping[str, Any] | None = connection.execute(select(columns.document).where(same)).scalar()
    if found is None:
        message = f"dashboard {dashboard_id!r} was never published, so there is nothing to show to others"
        raise NotFound(message, code="not_published")
    return found


def queries_named(connection: Connection, organisation: str, document: Mapping[str, Any]) -> dict[str, SavedQuery]:
    """The saved queries that a document names, as far as there are any of these."""
    rows = get_queries(connection, organisation, saved_in(document))
    return {row.id: msgspec.convert(row.document, SavedQuery) for row in rows}
