"""`nowboard doctor`: is everything in order? Reads only; works beside a running server and without one."""

from __future__ import annotations

import asyncio
import platform
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Final, TypeVar

import duckdb
import msgspec
import typer

from nowboard import __version__
from nowboard.cli.audit import examine_audit
from nowboard.cli.checks import Check
from nowboard.cli.failures import Exit, told
from nowboard.cli.options import DataOption, settings_for
from nowboard.errors import NowboardError
from nowboard.journal.interface import Damage
from nowboard.journal.limits import JournalLimits
from nowboard.journal.reader import Reader
from nowboard.records.connections import shown
from nowboard.records.database import versions
from nowboard.settings import Settings
from nowboard.sources.postgres.connections import Connections
from nowboard.sources.postgres.reading import ReadLimits, probe
from nowboard.stores.limits import StoreLimits
from nowboard.stores.settings import open_locked
from nowboard.web.static import FOLDER

T = TypeVar("T")

LOW_DISK: Final = 512 * 1024 * 1024
_PROBE_SECONDS: Final = 15.0
_PACKAGES: Final = ("duckdb", "pyarrow", "fastapi", "uvicorn", "websockets", "sqlalchemy", "sqlglot")


def doctor(
    data: DataOption = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print findings as JSON.")] = False,
    deep: Annotated[bool, typer.Option("--deep", help="Read every record of the journal.")] = False,
    audit: Annotated[bool, typer.Option("--audit", help="Verify the chain of the audit log.")] = False,
    known: Annotated[
        str | None, typer.Option(help="NUMBER:HASH of an audit entry as an earlier run has printed it.")
    ] = None,
) -> None:
    """Check the data folder, journal, store, records, audit log and installation.

    Exit codes: 0 in order, 1 problems, 2 trouble.
    """
    with told():
        settings = settings_for(data=data)
        checks = list(examine(settings, deep=deep))
        if audit or known is not None:
            checks.append(examine_audit(settings, known))
    failed = any(check.state == "problem" for check in checks)
    if json:
        typer.echo(msgspec.json.encode({"ok": not failed, "checks": checks}).decode())
    else:
        for check in checks:
            typer.echo(f"{check.state:8} {check.name:10} {check.text}")
    raise typer.Exit(Exit.PROBLEMS if failed else Exit.DONE)


def examine(settings: Settings, *, deep: bool) -> Iterator[Check]:
    """All findings, one after the other."""
    yield _installation()
    yield _page()
    yield from _connections(settings)
    if not settings.data.is_dir():
        yield Check("data", "note", f"{settings.data} does not exist yet; `nowboard serve` makes it")
        return
    yield _disk(settings.data)
    yield _journal(settings.journal_path, deep=deep)
    yield _store(settings)
    yield _records(settings) if settings.records_url is None else _database(settings)


def _connections(settings: Settings) -> Iterator[Check]:
    """Whether the databases that tables may follow can be used."""
    try:
        connections = Connections(settings.connections)
    except NowboardError as error:
        yield Check("connection", "problem", error.message)
        return
    for name in connections.names:
        try:
            found = asyncio.run(probe(connections.address(name), ReadLimits(seconds=_PROBE_SECONDS)))
        except NowboardError as error:
            yield Check("connection", "problem", f"{name}: {error.message}")
        else:
            yield Check("connection", "ok", f"{name}: PostgreSQL {found}")


@dataclass(frozen=True)
class _Position:
    epoch: str
    end: int


def _installation() -> Check:
    found = [f"nowboard {__version__}", f"Python {platform.python_version()}"]
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            return Check("versions", "problem", f"the package {package} is not installed")
    return Check("versions", "ok", ", ".join(found))


def _page() -> Check:
    if (FOLDER / "index.html").is_file():
        return Check("page", "ok", "the web page is built")
    return Check("page", "note", "the web page is not built; `make web` builds it, the API works without")


def _disk(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB free in {folder}"
    return Check("disk", "ok" if free > LOW_DISK else "problem", text)


def _journal(path: Path, *, deep: bool) -> Check:
    if not path.is_file():
        return Check("journal", "note", "there is none yet")
    try:
        answer, position = _read_only(path, _look_at_journal)
    except sqlite3.Error as error:
        return Check("journal", "problem", f"{path} cannot be read: {error}")
    if answer != "ok":
        return Check("journal", "problem", f"{path} is damaged: {answer}")
    text = f"epoch {position.epoch}, {position.end} records"
    if not deep:
        return Check("journal", "ok", text)
    damaged = _read_all(path, position.end)
    if damaged:
        return Check("journal", "problem", f"{text}, {len(damaged)} damaged; the first: {damaged[0].reason}")
    return Check("journal", "ok", f"{text}, all read")


def _look_at_journal(connection: sqlite3.Connection) -> tuple[str, _Position]:
    answer: str = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    epoch, end = connection.execute("SELECT epoch, end FROM state").fetchone()
    return answer, _Position(epoch, end)


def _read_all(path: Path, end: int) -> list[Damage]:
    damaged: list[Damage] = []
    reader = Reader(path, JournalLimits(), damaged.append)
    try:
        for _ in reader.records(0, end):
            pass
    finally:
        reader.close()
    return damaged


def _store(settings: Settings) -> Check:
    path = settings.store_path
    if not path.is_file():
        return Check("store", "note", "there is none yet; it is rebuilt from the journal")
    size = f"{path.stat().st_size / 1e6:.1f} MB"
    try:
        connection = open_locked(path, StoreLimits())
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            return Check("store", "ok", f"{size}, in use by a running server")
        return Check("store", "problem", f"{path} cannot be opened; delete it and it is rebuilt: {error}")
    except duckdb.Error as error:
        return Check("store", "problem", f"{path} cannot be opened; delete it and it is rebuilt: {error}")
    try:
        row = connection.execute("SELECT epoch, applied FROM nowboard_meta").fetchone()
    finally:
        connection.close()
    epoch, applied = row or (None, 0)
    return _compare(settings.journal_path, size, epoch, int(applied))


def _compare(journal: Path, size: str, epoch: str | None, applied: int) -> Check:
    try:
        _, position = _read_only(journal, _look_at_journal)
    except sqlite3.Error:
        return Check("store", "note", f"{size}, applied up to {applied}; the journal cannot be read")
    if epoch is not None and epoch != position.epoch:
        return Check("store", "note", f"{size}, of another journal; it will be rebuilt")
    behind = position.end - applied
    text = f"{size}, applied up to {applied}"
    return Check("store", "ok", text if not behind else f"{text}, {behind} records to replay on start")


def _records(settings: Settings) -> Check:
    path = settings.records_path
    if not path.is_file():
        return Check("records", "note", "there are none yet")
    try:
        answer = _read_only(path, lambda connection: connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        current, newest = versions(path)
    except (sqlite3.Error, NowboardError) as error:
        return Check("records", "problem", f"{path} cannot be read: {error}")
    if answer != "ok":
        return Check("records", "problem", f"{path} is damaged: {answer}")
    return _schema(current, newest)


def _database(settings: Settings) -> Check:
    try:
        return _schema(*versions(settings.records))
    except NowboardError as error:
        return Check("records", "problem", f"{shown(settings.records)}: {error.message}")


def _schema(current: str | None, newest: str) -> Check:
    text = f"schema {current}"
    return Check("records", "ok", text if current == newest else f"{text}; {newest} is applied on start")


def _read_only(path: Path, look: Callable[[sqlite3.Connection], T]) -> T:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return look(connection)
    finally:
        connection.close()
