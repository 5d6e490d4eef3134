"""The records database: SQLite beside the journal, migrated on opening."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from nowboard.errors import StorageFull, Unavailable
from nowboard.records.connections import open_engine
from nowboard.records.organisations import ensure_home
from nowboard.records.tables import HEAD, METADATA

P = ParamSpec("P")
T = TypeVar("T")


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
        if path is not None:
            _keep_private(path)
        self._engine = open_engine(path, limits.busy_timeout)
        # one connection holds an in-memory database, so only one thread may use it
        threads = limits.threads if path is not None else 1
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="nowboard-records")
        with self._engine.connect() as connection:
            if path is None:
                METADATA.create_all(connection)
                ensure_home(connection)
                connection.commit()
                return
            current = _version(connection)
        if current != HEAD:
            _migrate_apart(path)

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
        loop, context = asyncio.get_running_loop(), contextvars.copy_context()
        # the thread sees what the caller's context says, such as the request that the audit log names
        return await loop.run_in_executor(self._threads, lambda: context.run(self.call, function, *args, **kwargs))

    def close(self) -> None:
        """Finish what runs, then close. Idempotent."""
        self._threads.shutdown(wait=True)
        self._engine.dispose()


def versions(path: Path) -> tuple[str | None, str]:
    """The schema version of the database at `path`, without changing it, and the newest one; for `doctor`."""
    engine = create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            return _version(connection), HEAD
    finally:
        engine.dispose()


def _keep_private(path: Path) -> None:
    """Nobody but the server's own account reads the file, for the server's secrets are in it."""
    path.touch(mode=0o600)
    with contextlib.suppress(PermissionError):  # the file is another account's, who decides about it
        path.chmod(0o600)


def _version(connection: Connection) -> str | None:
    """What Alembic has noted; None where it has never run."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _migrate_apart(path: Path) -> None:
    command = [sys.executable, "-m", "nowboard.records.migrate", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
        message = f"the records database could not be brought to schema {HEAD}: {reason}"
        raise Unavailable(message, code="migration_failed")
