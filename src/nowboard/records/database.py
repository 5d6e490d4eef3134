"""The records database: SQLite beside the journal or a PostgreSQL server, migrated on opening."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from nowboard.errors import Unavailable
from nowboard.records.commits import Commits
from nowboard.records.connections import Target, open_engine, shown
from nowboard.records.creating import create, is_new
from nowboard.records.faults import fault_of, is_overtaken
from nowboard.records.tables import HEAD

P = ParamSpec("P")
T = TypeVar("T")

_ATTEMPTS: Final = 20
"""How often a transaction that others overtook is run before the caller is told to come back."""
_PAUSE: Final = 0.02
"""Seconds before the second attempt, at most; grows with each."""


@dataclass(frozen=True)
class RecordsLimits:
    """`threads` run statements, so that the event loop never waits for the database; `busy_timeout` is how long one
    statement waits for others, in milliseconds; `connections` bounds those to a PostgreSQL server."""

    threads: int = 2
    busy_timeout: int = 5_000
    connections: int = 6


class Records:
    """Runs repository functions, each in a transaction of its own. Any thread may call; processes may share it.

    `target` is a file, a PostgreSQL URL or None, which keeps everything in memory. Opening brings the schema up to
    date. A function given to `run` or `call` takes the connection first, must return plain values and touch nothing
    else: on PostgreSQL it is run again when another transaction got in between.
    """

    def __init__(self, target: Target, *, limits: RecordsLimits | None = None) -> None:
        limits = limits or RecordsLimits()
        if isinstance(target, Path):
            _keep_private(target)
        self._engine = open_engine(target, limits.busy_timeout, limits.connections)
        self._shared = isinstance(target, str)
        self._commits: Commits | None = None
        # one connection holds an in-memory database, so only one thread may use it
        threads = limits.threads if target is not None else 1
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="nowboard-records")
        with _told(), self._engine.connect() as connection:
            # servers that start together on PostgreSQL wait for each other only where they migrate
            if not self._shared and is_new(connection):
                create(connection)
                connection.commit()
            current = _version(connection)
        if target is not None and current != HEAD:
            _migrate_apart(target)
        if isinstance(target, Path):
            self._commits = Commits(target)

    def call(self, function: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function` in a transaction in this thread.

        Raises `Unavailable` when the database cannot be used, `StorageFull` when its disk is full, `BadRequest` for a
        value that it cannot hold.
        """
        for attempt in range(1, _ATTEMPTS):
            try:
                with _told(attempt), self._transaction(alone=attempt > 1) as connection:
                    return function(connection, *args, **kwargs)
            except _Overtaken:
                time.sleep(random.uniform(0, _PAUSE * attempt))  # noqa: S311 - only to spread the attempts
        with _told(), self._transaction(alone=True) as connection:
            return function(connection, *args, **kwargs)

    async def run(self, function: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """`call` in a thread of the database."""
        loop, context = asyncio.get_running_loop(), contextvars.copy_context()
        # the thread sees what the caller's context says, such as the request that the audit log names
        return await loop.run_in_executor(self._threads, lambda: context.run(self.call, function, *args, **kwargs))

    def version(self) -> int | None:
        """A number that is another one after every commit, of any process; None where the database does not tell."""
        return None if self._commits is None else self._commits.version()

    def close(self) -> None:
        """Finish what runs, then close. Idempotent."""
        self._threads.shutdown(wait=True)
        if self._commits is not None:
            self._commits.close()
        self._engine.dispose()

    @contextmanager
    def _transaction(self, *, alone: bool) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            if alone and self._shared:
                # locking a table takes no snapshot, so what is read afterwards is what the last holder left
                connection.exec_driver_sql("LOCK TABLE audit_head IN EXCLUSIVE MODE")
            yield connection


def versions(target: Path | str) -> tuple[str | None, str]:
    """The schema version of the database at `target`, without changing it, and the newest one; for `doctor`."""
    engine = (
        open_engine(target) if isinstance(target, str) else create_engine(f"sqlite:///file:{target}?mode=ro&uri=true")
    )
    try:
        with _told(), engine.connect() as connection:
            return _version(connection), HEAD
    finally:
        engine.dispose()


class _Overtaken(Exception):
    """Another transaction got in between."""


@contextmanager
def _told(attempt: int | None = None) -> Iterator[None]:
    """Failures of the database as ours; `_Overtaken` when there is another attempt and it can succeed."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        if attempt is not None and isinstance(error, DBAPIError) and is_overtaken(error, attempt):
            raise _Overtaken from error
        fault = fault_of(error)
        if fault is None:
            raise
        raise fault from error


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


def _migrate_apart(target: Path | str) -> None:
    kind = "url" if isinstance(target, str) else "file"
    command = [sys.executable, "-m", "nowboard.records.migrate", kind]
    # not as an argument, which every user of the machine can read: a URL may hold a password
    done = subprocess.run(command, input=str(target), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
        message = f"the records database {shown(target)} could not be brought to schema {HEAD}: {reason}"
        raise Unavailable(message, code="migration_failed")
