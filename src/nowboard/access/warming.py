"""For whom published widgets are kept warm: the viewers of an organisation, as far as they all see the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, select

from nowboard.access.rights import rights_of
from nowboard.errors import Forbidden
from nowboard.model.principals import Permission, Principal, PrincipalKind
from nowboard.records.tables import DASHBOARDS, QUERIES

Place = tuple[str, str]
"""Organisation and id of a dashboard."""

_ROLE: Final = "viewer"
_SEES: Final = frozenset({Permission.READ, Permission.EDIT, Permission.ADMIN})
"""Takes it to every published dashboard of its organisation, the private ones included; it never changes one."""


def published_places(connection: Connection) -> dict[Place, str]:
    """Every published dashboard, with a word that changes when its viewers see something else."""
    columns = DASHBOARDS.c
    shown = select(columns.organisation, columns.id, columns.published, columns.published_etag).where(
        columns.published.is_not(None), columns.deleted_at.is_(None)
    )
    queries = _query_stamps(connection)
    return {
        (row.organisation, row.id): f"{row.published} {row.published_etag} {queries.get(row.organisation, '')}"
        for row in connection.execute(shown)
    }


def viewer_of(connection: Connection, organisation: str) -> Principal | None:
    """The principal for whom an organisation's widgets are kept warm; None when its viewers have no common rights.

    It has the scope of the role `viewer` and no attributes. Where the scope names attributes, queries in it are
    refused: each viewer then sees other rows, and nothing is kept warm.
    """
    try:
        rights = rights_of(connection, organisation, _ROLE, {})
    except Forbidden:
        return None
    if rights.closed or Permission.READ not in rights.permissions:
        return None
    return Principal(PrincipalKind.SYSTEM, "warmer", "Nowboard", _ROLE, _SEES, rights.scope, organisation)


def _query_stamps(connection: Connection) -> Mapping[str, str]:
    """Per organisation a word that changes with its saved queries, which widgets may name."""
    found: dict[str, list[str]] = {}
    for organisation, etag in connection.execute(select(QUERIES.c.organisation, QUERIES.c.etag).order_by(QUERIES.c.id)):
        found.setdefault(organisation, []).append(etag)
    return {organisation: str(hash(tuple(etags))) for organisation, etags in found.items()}
