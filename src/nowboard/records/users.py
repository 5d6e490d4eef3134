"""Users as rows. What a user may do is decided in `nowboard.access`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from nowboard.clock import Micros
from nowboard.model.principals import HOME
from nowboard.records.tables import USERS


class UserRow(msgspec.Struct, frozen=True):
    """A user. `password` is an argon2id hash; `issuer` and `subject` name the account at an identity provider."""

    id: str
    organisation: str
    email: str
    name: str
    role: str
    attributes: Mapping[str, Any]
    created_at: Micros
    updated_at: Micros
    password: str | None = None
    issuer: str | None = None
    subject: str | None = None
    password_at: Micros | None = None
    last_sign_in_at: Micros | None = None
    disabled_at: Micros | None = None


def add_user(connection: Connection, row: UserRow) -> None:
    """Store a new user; id and email must be free."""
    connection.execute(insert(USERS).values(**msgspec.structs.asdict(row)))


def get_user(connection: Connection, user_id: str) -> UserRow | None:
    """The user of this id, disabled or not."""
    return _one(connection, USERS.c.id == user_id)


def find_user(connection: Connection, email: str) -> UserRow | None:
    """The user with this address, disabled or not; addresses are stored in lower case."""
    return _one(connection, USERS.c.email == email.strip().lower())


def find_user_of(connection: Connection, issuer: str, subject: str) -> UserRow | None:
    """The user whom an identity provider knows as `subject`, disabled or not."""
    return _one(connection, (USERS.c.issuer == issuer) & (USERS.c.subject == subject))


def list_users(
    connection: Connection, organisation: str | None = None, *, after: str | None = None, limit: int | None = None
) -> list[UserRow]:
    """The users of an organisation, or of all of them, by address; those behind the address `after`."""
    wanted = select(USERS).order_by(USERS.c.email).limit(limit)
    if organisation is not None:
        wanted = wanted.where(USERS.c.organisation == organisation)
    if after is not None:
        wanted = wanted.where(USERS.c.email > after)
    return [UserRow(**row._mapping) for row in connection.execute(wanted)]


def count_users(connection: Connection) -> int:
    """How many there are, disabled or not."""
    return connection.execute(select(func.count()).select_from(USERS)).scalar_one()


def has_administrator(connection: Connection) -> bool:
    """Whether anybody administers the server, disabled or not: from then on the owner's link is worth nothing."""
    wanted = select(USERS.c.id).where(USERS.c.organisation == HOME, USERS.c.role == "admin").limit(1)
    return connection.execute(wanted).first() is not None


def count_administrators(connection: Connection, organisation: str, *, but: str) -> int:
    """How many usable administrators an organisation has besides the user `but`."""
    columns = USERS.c
    wanted = (columns.organisation == organisation) & (columns.role == "admin") & columns.disabled_at.is_(None)
    found = select(func.count()).select_from(USERS).where(wanted & (columns.id != but))
    return connection.execute(found).scalar_one()


def delete_user(connection: Connection, user_id: str) -> bool:
    """Remove a user; False when there is none of this id."""
    return connection.execute(delete(USERS).where(USERS.c.id == user_id)).rowcount == 1


def change_user(connection: Connection, user_id: str, values: Mapping[str, Any]) -> bool:
    """Set columns; False when there is none of this id."""
    return connection.execute(update(USERS).where(USERS.c.id == user_id).values(**values)).rowcount == 1


def _one(connection: Connection, condition: ColumnElement[bool]) -> UserRow | None:
    found = connection.execute(select(USERS).where(condition)).one_or_none()
    return None if found is None else UserRow(**found._mapping)
