"""kill -9 at every statement of every migration: the old schema or the new one, and the next start gets there."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text

from nowboard.records.chain import verify_chain
from nowboard.records.connections import open_engine
from nowboard.records.dashboards import get_dashboard
from nowboard.records.database import Records
from nowboard.records.migrate import migrate, migrations
from nowboard.records.tables import HEAD, METADATA
from nowboard.records.tokens import get_token
from tests.postgres import Postgres

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

REVISIONS = [step.revision for step in reversed(list(ScriptDirectory.from_config(migrations()).walk_revisions()))]
KILLED = -9
AT_ONCE = 10
MOST = 200
"""More statements than any migration has."""


class Databases:
    """Makes copies of a database at a revision."""

    kind: str

    def base(self, revision: str | None) -> str:
        raise NotImplementedError

    def copy(self, base: str, number: int) -> str:
        raise NotImplementedError

    def drop(self, target: str) -> None:
        raise NotImplementedError

    def target(self, name: str) -> Path | str:
        raise NotImplementedError

    def close(self, base: str) -> None:
        raise NotImplementedError


class Files(Databases):
    kind = "file"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def base(self, revision: str | None) -> str:
        path = self._folder / "base.db"
        if revision is not None:
            prepare(path, revision)
        return str(path)

    def copy(self, base: str, number: int) -> str:
        copied = self._folder / f"{number}.db"
        if Path(base).exists():
            shutil.copy(base, copied)
        return str(copied)

    def drop(self, target: str) -> None:
        Path(target).unlink()

    def target(self, name: str) -> Path | str:
        return Path(name)

    def close(self, base: str) -> None:
        """Pytest removes the folder."""


class Server(Databases):
    kind = "url"

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres

    def base(self, revision: str | None) -> str:
        name = self._postgres.create()
        if revision is not None:
            prepare(self._postgres.url(name), revision)
        return name

    def copy(self, base: str, number: int) -> str:
        return self._postgres.create(base)

    def drop(self, target: str) -> None:
        self._postgres.drop(target)

    def target(self, name: str) -> Path | str:
        return self._postgres.url(name)

    def close(self, base: str) -> None:
        self._postgres.drop(base)


@pytest.fixture(params=["file", "postgres"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Databases:
    return Files(tmp_path) if request.param == "file" else Server(request.getfixturevalue("postgres"))


def prepare(target: Path | str, revision: str) -> None:
    """A database as a server of that time has left it, with rows in it."""
    engine = open_engine(target)
    options: dict[str, Any] = {"isolation_level": "READ COMMITTED"} if isinstance(target, str) else {}
    with engine.connect().execution_options(**options) as connection:
        migrate(connection, "0001")
        for statement in OLD_ROWS:
            connection.execute(text(statement), {"hash": b"h" * 32})
        connection.commit()
        migrate(connection, revision)
    engine.dispose()


OLD_ROWS = (
    """INSERT INTO api_tokens (id, hash, name, role, scope, created_at)
    VALUES ('t1', :hash, 'till', 'ingest', '{"everything": true}', 5)""",
    """INSERT INTO dashboards (id, document, title, tags, version, etag, owner, updated_at)
    VALUES ('sales', '{"id": "sales"}', 'Sales', '["a"]', 3, 'e', 'me', 7)""",
)


def schema(target: Path | str) -> tuple[str | None, object]:
    """The noted revision, and the tables with their columns."""
    engine = open_engine(target) if isinstance(target, str) else create_engine(f"sqlite:///{target}")
    with engine.connect() as connection:
        found = inspect(connection)
        tables = {
            table: sorted(column["name"] for column in found.get_columns(table)) for table in found.get_table_names()
        }
        noted = "alembic_version" in tables
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if noted else None
    engine.dispose()
    return version, tables


def die(databases: Databases, targets: Sequence[str], counts: Sequence[int], revision: str) -> list[int]:
    """Migrate each target in a process that is killed; how each ended."""
    rows = [(databases.kind, str(databases.target(name)), count) for name, count in zip(targets, counts, strict=True)]
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("dying.py"))],
        input=json.dumps({"revision": revision, "targets": rows}),
        capture_output=True,
        text=True,
        check=True,
    )
    ends: list[int] = json.loads(done.stdout)
    return ends


@pytest.mark.parametrize(("old", "new"), [(None, HEAD), *itertools.pairwise(REVISIONS)])
def test_killed_at_every_statement(databases: Databases, old: str | None, new: str) -> None:
    kill_at_every_statement(databases, old, new)


def test_a_new_file_killed_at_every_statement(tmp_path: Path) -> None:
    kill_at_every_statement(Files(tmp_path), None, "new")


def kill_at_every_statement(databases: Databases, old: str | None, new: str) -> None:
    """Nothing but the old schema or the new one is left, wherever it ends."""
    base = databases.base(old)
    whole = databases.copy(base, 0)
    assert die(databases, [whole], [MOST], new) == [0]
    before, after = schema(databases.target(base)), schema(databases.target(whole))
    databases.drop(whole)
    assert before != after
    number, last, seen = 0, KILLED, set()
    while last == KILLED:
        counts = range(number + 1, number + 1 + AT_ONCE)
        names = [databases.copy(base, count) for count in counts]
        ends = die(databases, names, counts, new)
        number, last = counts[-1], ends[-1]
        assert number < MOST
        for count, name in zip(counts, names, strict=True):
            found = schema(databases.target(name))
            assert found in (before, after), f"killed at statement {count}"
            seen.add(found[0])
            starts_again(databases.target(name), with_rows=old is not None)
            databases.drop(name)
        assert set(ends) <= {KILLED, 0}
    assert seen == {before[0], after[0]}
    databases.close(base)


def starts_again(target: Path | str, *, with_rows: bool) -> None:
    """A server that starts now gets to the newest schema and finds its rows."""
    engine = open_engine(target)
    options: dict[str, Any] = {"isolation_level": "READ COMMITTED"} if isinstance(target, str) else {}
    with engine.connect().execution_options(**options) as connection:
        # in this process: what `Records` runs in one of its own
        migrate(connection)
    engine.dispose()
    records = Records(target)
    try:
        assert records.call(_differences) == []
        assert records.call(verify_chain).broken is None
        if with_rows:
            token, dashboard = records.call(get_token, "t1"), records.call(get_dashboard, "sales")
            assert token is not None
            assert (token.name, token.organisation) == ("till", "main")
            assert dashboard is not None
            assert (dashboard.document, dashboard.published) == ({"id": "sales"}, 1)
    finally:
        records.close()


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), METADATA))
