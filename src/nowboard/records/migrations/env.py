"""Alembic's entry: runs the migrations on the connection that `nowboard.records.migrate.migrate` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from nowboard.records.connections import is_postgres
from nowboard.records.tables import METADATA

_LOCK = 0x6E6F77626F617264
"""Held while migrating, so that servers that start together migrate once; SQLite's write lock does it there."""

connection: Connection = context.config.attributes["connection"]
# one transaction for all steps: a crash leaves the old schema or the new one
context.configure(connection=connection, target_metadata=METADATA, transactional_ddl=True)
with context.begin_transaction():
    if is_postgres(connection):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    context.run_migrations()
