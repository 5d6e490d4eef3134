"""How a connection to the records database is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event


class _DriverConnection(Protocol):
    """The part of a DB-API connection that is used when one is opened."""

    isolation_level: str | None

    def execute(self, sql: str, /) -> object: ...


def open_engine(path: Path | None, busy_timeout: int = 5_000) -> Engine:
    """An engine over the file at `path`, or in memory. `busy_timeout` is in milliseconds."""
    if path is None:
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        engine = create_engine(f"sqlite:///{path}")

    def prepare(connection: _DriverConnection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={busy_timeout}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    def begin(connection: Connection) -> None:
        # a transaction that reads and then writes cannot be overtaken in between
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine
