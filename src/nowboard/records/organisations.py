"""Organisations as rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from nowboard.clock import Micros
from nowboard.model.principals import HOME
from nowboard.records.tables import ORGANISATIONS


class OrganisationRow(msgspec.Struct, frozen=True):
    """A tenant. `scope` is what of the streams anybody in it may see at most."""

    id: str
    name: str
    scope: Mapping[str, Any]
    created_at: Micros
    disabled_at: Micros | None = None


def add_home(connection: Connection) -> None:
    """The organisation that is there from the start, as the migrations make it; for databases without them."""
    add_organisation(connection, OrganisationRow(HOME, "Main", {"everything": True}, 0))


def list_organisations(connection: Connection) -> list[OrganisationRow]:
    """All of them by id."""
    found = connection.execute(select(ORGANISATIONS).order_by(ORGANISATIONS.c.id))
    return [OrganisationRow(**row._mapping) for row in found]


def get_organisation(connection: Connection, organisation: str) -> OrganisationRow | None:
    """The organisation of this id, disabled or not."""
    found = connection.execute(select(ORGANISATIONS).where(ORGANISATIONS.c.id == organisation)).one_or_none()
    return None if found is None else OrganisationRow(**found._mapping)


def add_organisation(connection: Connection, row: OrganisationRow) -> None:
    """Store a new organisation; its id must be free."""
    connection.execute(insert(ORGANISATIONS).values(**msgspec.structs.asdict(row)))


def change_organisation(connection: Connection, organisation: str, values: Mapping[str, Any]) -> bool:
    """Set columns; False when there is none of this id."""
    statement = update(ORGANISATIONS).where(ORGANISATIONS.c.id == organisation).values(**values)
    return connection.execute(statement).rowcount == 1
