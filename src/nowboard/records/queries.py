"""Saved queries and their versions as rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from nowboard.clock import Micros
from nowboard.records.tables import QUERIES, QUERY_VERSIONS


class QueryRow(msgspec.Struct, frozen=True, kw_only=True):
    """A saved query. `version` counts its changes, `etag` names its very content."""

    organisation: str
    id: str
    document: Mapping[str, Any]
    title: str
    version: int
    etag: str
    owner: str
    created_at: Micros
    updated_at: Micros
    updated_by: str
    deleted_at: Micros | None = None


class QueryVersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a saved query was as of one of its versions."""

    organisation: str
    query: str
    number: int
    document: Mapping[str, Any]
    created_at: Micros
    created_by: str


def list_queries(connection: Connection, organisation: str) -> list[QueryRow]:
    """The saved queries of an organisation by title."""
    wanted = select(QUERIES).where(QUERIES.c.organisation == organisation)
    return [QueryRow(**row._mapping) for row in connection.execute(wanted.order_by(QUERIES.c.title, QUERIES.c.id))]


def get_query(connection: Connection, organisation: str, query_id: str) -> QueryRow | None:
    """The saved query of this id."""
    found = connection.execute(select(QUERIES).where(_same(organisation, query_id))).one_or_none()
    return None if found is None else QueryRow(**found._mapping)


def get_queries(connection: Connection, organisation: str, ids: Collection[str]) -> list[QueryRow]:
    """The saved queries of these ids that there are."""
    if not ids:
        return []
    wanted = select(QUERIES).where(QUERIES.c.organisation == organisation, QUERIES.c.id.in_(ids))
    return [QueryRow(**row._mapping) for row in connection.execute(wanted)]


def put_query(connection: Connection, row: QueryRow) -> None:
    """Store a saved query, new or in place of the one of this id, and its version."""
    values = msgspec.structs.asdict(row)
    changed = connection.execute(update(QUERIES).where(_same(row.organisation, row.id)).values(**values)).rowcount
    if not changed:
        connection.execute(insert(QUERIES).values(**values))
    version = QueryVersionRow(
        organisation=row.organisation,
        query=row.id,
        number=row.version,
        document=row.document,
        created_at=row.updated_at,
        created_by=row.updated_by,
    )
    connection.execute(insert(QUERY_VERSIONS).values(**msgspec.structs.asdict(version)))


def list_query_versions(connection: Connection, organisation: str, query_id: str) -> list[QueryVersionRow]:
    """The versions of a saved query, the newest first."""
    versions = QUERY_VERSIONS.c
    wanted = select(QUERY_VERSIONS).where(versions.organisation == organisation, versions.query == query_id)
    return [QueryVersionRow(**row._mapping) for row in connection.execute(wanted.order_by(versions.number.desc()))]


def get_query_document(
    connection: Connection, organisation: str, query_id: str, number: int
) -> Mapping[str, Any] | None:
    """What a saved query was as of a version, None without one."""
    versions = QUERY_VERSIONS.c
    same = (versions.organisation == organisation) & (versions.query == query_id) & (versions.number == number)
    found: Mapping[str, Any] | None = connection.execute(select(versions.document).where(same)).scalar()
    return found


def delete_query(connection: Connection, organisation: str, query_id: str) -> bool:
    """Remove a saved query with its versions; False when there is none of this id."""
    versions = QUERY_VERSIONS.c
    connection.execute(delete(QUERY_VERSIONS).where(versions.organisation == organisation, versions.query == query_id))
    return connection.execute(delete(QUERIES).where(_same(organisation, query_id))).rowcount == 1


def _same(organisation: str, query_id: str) -> ColumnElement[bool]:
    return (QUERIES.c.organisation == organisation) & (QUERIES.c.id == query_id)
