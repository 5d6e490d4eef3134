"""How a connection to the records database is opened: a file of SQLite, memory, or a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from nowboard.errors import BadRequest

Target = Path | str | None
"""Where records are: a file, the URL of a PostgreSQL database, or memory."""

_SCHEMES: Final = ("postgresql", "postgresql+psycopg")
_CONNECT_SECONDS: Final = 5


class _DriverConnection(Protocol):
    """The part of a DB-API connection that is used when one is opened."""

    isolation_level: str | None

    def execute(self, sql: str, /) -> object: ...


def open_engine(target: Target, busy_timeout: int = 5_000, connections: int = 4) -> Engine:
    """An engine over `target`. `busy_timeout` is how long a statement waits for others, in milliseconds; `connections`
    is how many a PostgreSQL server is asked for at most. Raises `BadRequest` for a URL that is not PostgreSQL's."""
    if isinstance(target, str):
        return _open_postgres(target, busy_timeout, connections)
    return _open_sqlite(target, busy_timeout)


def is_postgres(connection: Connection) -> bool:
    """Whether `connection` leads to PostgreSQL; otherwise to SQLite."""
    return connection.dialect.name == "postgresql"


def shown(target: Target) -> str:
    """`target` for people, without a password."""
    return make_url(target).render_as_string() if isinstance(target, str) else str(target or "memory")


def _open_sqlite(path: Path | None, busy_timeout: int) -> Engine:
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


def _open_postgres(url: str, busy_timeout: int, connections: int) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise BadRequest("the address of the records database is not a URL", code="bad_records_url") from error
    if parsed.drivername not in _SCHEMES:
        message = f"records are in SQLite or PostgreSQL; send `postgresql+psycopg://…`, not {parsed.drivername!r}"
        raise BadRequest(message, code="bad_records_url")
    options = f"-c lock_timeout={busy_timeout} -c statement_timeout={6 * busy_timeout} -c timezone=UTC"
    try:
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            # what was read stays true until the commit, or the transaction fails and is run again
            isolation_level="SERIALIZABLE",
            pool_size=connections,
            max_overflow=0,
            pool_timeout=busy_timeout / 1000,
            pool_pre_ping=True,
            # SQL and values of a failed statement would end up in messages and logs
            hide_parameters=True,
            connect_args={"connect_timeout": _CONNECT_SECONDS, "options": options, "application_name": "nowboard"},
        )
    except ModuleNotFoundError as error:
        message = "records in PostgreSQL need its driver: pip install 'nowboard[postgres]'"
        raise BadRequest(message, code="bad_records_url") from error
