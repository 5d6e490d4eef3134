"""The records database as a file, in memory and on a PostgreSQL server: every test runs on all three."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nowboard.records.database import Records
from tests.postgres import Postgres


@pytest.fixture(params=["file", "postgres"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Where an empty database is that several may open."""
    if request.param == "file":
        yield tmp_path / "records.db"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=["file", "memory", "postgres"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    """An opened database."""
    if request.param != "postgres":
        opened = Records(tmp_path / "records.db" if request.param == "file" else None)
        yield opened
        opened.close()
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    name = postgres.create()
    opened = Records(postgres.url(name))
    yield opened
    opened.close()
    postgres.drop(name)
