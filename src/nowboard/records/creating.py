"""A new records database, made at once as the migrations would leave it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Connection, MetaData, String, Table, insert, inspect

from nowboard.records.audit import begin_chain
from nowboard.records.organisations import add_home
from nowboard.records.tables import HEAD, METADATA

_REVISIONS: Final = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
"""Where Alembic notes what a database has; the next migration starts from there."""


def is_new(connection: Connection) -> bool:
    """Whether there is nothing in the database yet."""
    return not inspect(connection).get_table_names()


def create(connection: Connection) -> None:
    """Make everything and note the newest revision; the caller commits.

    Running the migrations instead takes a process of its own and most of a second, on every first start.
    """
    METADATA.create_all(connection)
    add_home(connection)
    begin_chain(connection)
    _REVISIONS.create(connection)
    connection.execute(insert(_REVISIONS).values(version_num=HEAD))
