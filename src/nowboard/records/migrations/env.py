"""Alembic's entry: runs the migrations on the connection that `nowboard.records.migrate.migrate` hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from nowboard.records.tables import METADATA

connection: Connection = context.config.attributes["connection"]
# one transaction for all steps: a crash leaves the old schema or the new one
context.configure(connection=connection, target_metadata=METADATA, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
