"""Roles as rows: custom ones, and what an organisation narrows built-in ones to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from nowboard.clock import Micros
from nowboard.records.tables import ROLES


class RoleRow(msgspec.Struct, frozen=True):
    """A role of an organisation. `permissions` is None for a built-in role."""

    organisation: str
    name: str
    permissions: Sequence[str] | None
    scope: Mapping[str, Any]
    requests_per_minute: int | None
    updated_at: Micros


def list_roles(connection: Connection, organisation: str) -> list[RoleRow]:
    """The stored roles of an organisation by name."""
    found = select(ROLES).where(ROLES.c.organisation == organisation).order_by(ROLES.c.name)
    return [RoleRow(**row._mapping) for row in connection.execute(found)]


def get_role(connection: Connection, organisation: str, name: str) -> RoleRow | None:
    """The stored role of this name."""
    found = connection.execute(select(ROLES).where(ROLES.c.organisation == organisation, ROLES.c.name == name))
    row = found.one_or_none()
    return None if row is None else RoleRow(**row._mapping)


def put_role(connection: Connection, row: RoleRow) -> None:
    """Store a role, new or in place of the one of this name."""
    values = msgspec.structs.asdict(row)
    same = (ROLES.c.organisation == row.organisation) & (ROLES.c.name == row.name)
    if connection.execute(update(ROLES).where(same).values(**values)).rowcount == 0:
        connection.execute(insert(ROLES).values(**values))


def delete_role(connection: Connection, organisation: str, name: str) -> bool:
    """Remove a stored role; False when there is none of this name."""
    statement = delete(ROLES).where(ROLES.c.organisation == organisation, ROLES.c.name == name)
    return connection.execute(statement).rowcount == 1
