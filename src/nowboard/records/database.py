"""The records database: SQLite beside the journal, migrated on opening."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.exc import OperationalError

from nowboard.errors import StorageFull, Unavailable

P = ParamSpec("P")
T = TypeVar("T")


class _DriverConnection(Protocol):
    """The part of a DB-API connection that is used when one is opened."""

    isolation_level: str | None

    def execute(self, sql: str, /) -> object: ...


@dataclass(frozen=True)
class RecordsLimits:
    """`threads` run statements, so that the event loop never waits for the disk; `busy_timeout` is in milliseconds."""

    threads: int = 2
    busy_timeout: int = 5_000


class Records:
    """Runs repository functions, each in a transaction of its own. Any thread may call; processes may share the file.

    `path` None keeps everything in memory. Opening migrates the schema. A function given to `run` or `call` takes the
    connection first and must return plain values.
    """

    def __init__(self, path: Path | None, *, limits: RecordsLimits | None = None) -> None:
        limits = limits or RecordsLimits()
        self._engine = _open(path, limits)
        # one connection holds an in-memory database, so only one thread may use it
        threads = limits.threads if path is not None else 1
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="nowboard-records")
        with self._engine.connect() as connection:
            migrate(connection)

    def call(self, function: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` in a transaction in this thread. Raises `Unavailable` when the database cannot be used."""
        try:
            with self._engine.begin() as connection:
                return function(connection, *args, **kwargs)
        except OperationalError as error:
            if "full" in str(error.orig):
                raise StorageFull("the disk is full; nothing was changed", retry_after=5.0) from error
            raise Unavailable("the records database cannot be used at the moment", retry_after=2.0) from error

    async def run(self, function: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """`call` in a thread of the database."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: self.call(function, *args, **kwargs))

    def close(self) -> None:
        """Finish what runs, then close. Idempotent."""
        self._threads.shutdown(wait=True)
        self._engine.dispose()


def migrate(connection: Connection) -> None:
    """Bring the schema to the newest version. A failure leaves the schema as it was."""
    config = _config()
    head = ScriptDirectory.from_config(config).get_current_head()
    if MigrationContext.configure(connection).get_current_revision() == head:
        return
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()


def versions(path: Path) -> tuple[str | None, str | None]:
    """The schema version of the database at `path`, without changing it, and the newest one; for `doctor`."""
    engine = create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    return current, ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _open(path: Path | None, limits: RecordsLimits) -> Engine:
    if path is None:
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        engine = create_engine(f"sqlite:///{path}")

    def prepare(connection: _DriverConnection, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={limits.busy_timeout}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    def begin(connection: Connection) -> None:
        # a transaction that reads and then writes cannot be overtaken in between
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine
