"""Schemas in the journal: one id for each, however alike they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pytest

from nowboard.journal.limits import JournalLimits
from nowboard.journal.schema import open_writer
from nowboard.journal.state import Schemas

ALIKE = [
    pa.schema([pa.field("a", pa.int64())]),
    pa.schema([pa.field("a", pa.float64())]),
    pa.schema([pa.field("a", pa.int64(), nullable=False)]),
    pa.schema([pa.field("a", pa.int64(), metadata={"unit": "s"})]),
    pa.schema([pa.field("a", pa.int64())], metadata={"made": "by hand"}),
]
"""They have the same names and differ in one thing."""


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_writer(tmp_path / "journal.db", JournalLimits())) as opened:
        yield opened


def test_schemas_that_are_alike_keep_apart(connection: sqlite3.Connection) -> None:
    schemas = Schemas(connection)
    ids = [schemas.id_of(schema) for schema in ALIKE]
    assert len(set(ids)) == len(ALIKE)
    assert [schemas.id_of(schema) for schema in reversed(ALIKE)] == ids[::-1]
    for schema, number in zip(ALIKE, ids, strict=True):
        found = Schemas(connection).get(number)
        assert found is not None
        assert found.equals(schema, check_metadata=True)


def test_after_a_rollback_an_id_is_given_anew(connection: sqlite3.Connection) -> None:
    schemas = Schemas(connection)
    connection.execute("BEGIN IMMEDIATE")
    schemas.id_of(ALIKE[0])
    connection.execute("ROLLBACK")
    schemas.forget()
    other, again = schemas.id_of(ALIKE[1]), schemas.id_of(ALIKE[0])
    assert other != again
    assert Schemas(connection).get(again) == ALIKE[0]
