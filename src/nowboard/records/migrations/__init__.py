"""Alembic migrations of the records database, applied on opening."""
