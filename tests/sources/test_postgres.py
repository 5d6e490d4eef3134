"""Reading relations of a real PostgreSQL server: what fits a table, what does not, what a relation may be called."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import psycopg
import pyarrow as pa
import pytest
from psycopg import sql

from nowboard.errors import BadRequest, NowboardError, QueryTimeout, TooLarge, Unavailable, Unprocessable
from nowboard.model.fields import Field, FieldType
from nowboard.model.streams import Table
from nowboard.sources.postgres.connections import Connections
from nowboard.sources.postgres.reading import Reading, ReadLimits, probe, read_relation
from nowboard.sources.postgres.typed import digest_of, typed_rows
from nowboard.testing import make_app
from tests.postgres import Postgres

LIMITS = ReadLimits(seconds=20)
SHOPS = Table("shops", ("id",), (Field("id", FieldType.STRING), Field("name", FieldType.STRING)))


class Database:
    """A fresh database of the server."""

    def __init__(self, postgres: Postgres) -> None:
        self.name = postgres.create()
        self.conninfo = postgres.conninfo(self.name)
        self.connection = postgres.connect(self.name)

    def run(self, *statements: str) -> None:
        for statement in statements:
            self.connection.execute(statement.encode())

    async def read(
        self, *relation: str, refresh: bool = False, limits: ReadLimits = LIMITS, table: Table = SHOPS
    ) -> Reading:
        columns = {field.name: field.type.value for field in table.fields}
        return await read_relation(self.conninfo, relation, columns, refresh=refresh, limits=limits)

    async def rows(self, *relation: str, table: Table = SHOPS) -> pa.Table:
        return typed_rows(table, (await self.read(*relation, table=table)).csv, LIMITS.rows)


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    made = Database(postgres)
    yield made
    made.connection.close()
    postgres.drop(made.name)


EVERY = Table(
    "every",
    ("k",),
    (
        Field("k", FieldType.INTEGER),
        Field("t", FieldType.TIMESTAMP),
        Field("s", FieldType.STRING),
        Field("f", FieldType.FLOAT),
        Field("b", FieldType.BOOLEAN),
        Field("d", FieldType.DECIMAL),
        Field("j", FieldType.JSON),
    ),
)


async def test_every_type_comes_as_it_is(database: Database) -> None:
    database.run(
        "CREATE TYPE mood AS ENUM ('sad', 'happy')",
        "CREATE DOMAIN price AS numeric(20, 9)",
        "CREATE TABLE every (k int, t timestamptz, s text, f real, b boolean, d price, j jsonb, further int)",
        """INSERT INTO every VALUES
            (2, '2026-03-01 12:00:00.123456+02', E'a "b",\\n\\\\. ☕', 1.5, true, 12345678901.000000001,
             '{"a": [1, null]}'),
            (1, '0001-01-01 00:00:00+00', '', -0.0, false, -1, '"x"'),
            (3, NULL, NULL, NULL, NULL, NULL, NULL)""",
        "CREATE VIEW views AS SELECT k, t::date AS t, 'sad'::mood AS s, k AS f, b, k AS d, j::json FROM every",
    )
    rows = await database.rows("every", table=EVERY)
    found = rows.to_pylist()
    assert [row["k"] for row in found] == [1, 2, 3]
    assert found[1] == {
        "k": 2,
        "t": pa.scalar(1_772_359_200_123_456, pa.timestamp("us")).as_py(),
        "s": 'a "b",\n\\. ☕',
        "f": 1.5,
        "b": True,
        "d": pa.scalar("12345678901.000000001").cast(pa.decimal128(38, 9)).as_py(),
        "j": '{"a": [1, null]}',
    }
    assert (found[0]["s"], found[0]["t"].year, found[0]["b"]) == ("", 1, False)
    assert set(found[2].values()) == {3, None}
    seen = (await database.rows("public", "views", table=EVERY)).to_pylist()
    assert [row["s"] for row in seen] == ["sad"] * 3
    assert digest_of(rows) == digest_of(await database.rows("every", table=EVERY))


async def test_nothing_and_one_column_of_nothing(database: Database) -> None:
    ids = Table("ids", ("id",), (Field("id", FieldType.STRING),))
    database.run("CREATE TABLE shops (id text, name text)")
    assert (await database.rows("shops")).num_rows == 0
    database.run("INSERT INTO shops VALUES ('a', 'A'), (NULL, 'B')")
    with pytest.raises(Unprocessable, match="1 rows of table 'ids' have no 'id'"):
        await database.rows("shops", table=ids)


async def test_a_materialised_view_is_refreshed_before_it_is_read(database: Database) -> None:
    database.run(
        "CREATE TABLE base (id text, name text)",
        "CREATE MATERIALIZED VIEW shops AS SELECT * FROM base",
        "INSERT INTO base VALUES ('a', 'A')",
    )
    assert (await database.read("shops")).csv == b""
    reading = await database.read("shops", refresh=True)
    assert (reading.refreshed, reading.csv) == ("locking", b'"a","A"\n')
    database.run("CREATE UNIQUE INDEX ON shops (id)", "INSERT INTO base VALUES ('b', 'B')")
    reading = await database.read("public", "shops", refresh=True)
    assert (reading.refreshed, reading.csv.count(b"\n")) == ("concurrently", 2)
    with pytest.raises(Unprocessable, match='"base" is not a materialized view'):
        await database.read("base", refresh=True)


WRONG = [
    ("CREATE TABLE shops (id text)", 'column "name" does not exist (42703)'),
    ("CREATE TABLE shops (id text, name int)", "column name is int4, which does not fit a field of type string"),
    ("CREATE TABLE shops (id text, name text); INSERT INTO shops VALUES ('a', 'x'), ('a', 'y')", "repeat a key (id)"),
    ("CREATE TABLE shops (id text, name text); INSERT INTO shops VALUES (NULL, 'x')", "have no 'id'"),
    ("CREATE VIEW shops AS SELECT 'a' AS id, (1 / 0)::text AS name", "division by zero (22012)"),
    ("SELECT 1", 'relation "shops" does not exist (42P01)'),
]


@pytest.mark.parametrize(("statement", "message"), WRONG, ids=[row[1][:30] for row in WRONG])
async def test_what_does_not_fit_is_named(database: Database, statement: str, message: str) -> None:
    database.run(statement)
    with pytest.raises(Unprocessable) as found:
        await database.rows("shops")
    assert message in found.value.message
    assert found.value.code in ("source_mismatch", "source_refused")


@pytest.mark.parametrize(
    ("column", "kind", "message"),
    [
        ("'NaN'::float8", FieldType.FLOAT, "NaN"),
        ("'-Infinity'::float8", FieldType.FLOAT, "NaN or Infinity"),
        ("'infinity'::timestamptz", FieldType.TIMESTAMP, "infinity"),
        ("'294000-01-01'::date", FieldType.TIMESTAMP, "years 1 to 9999"),
        ("'0044-01-01 BC'::date", FieldType.TIMESTAMP, "years 1 to 9999"),
        ("'NaN'::numeric", FieldType.DECIMAL, "decimal"),
        ("1e30::numeric", FieldType.DECIMAL, "decimal"),
        ("0.0000000001::numeric", FieldType.DECIMAL, "decimal"),
        ("1.5::numeric", FieldType.INTEGER, "cast it in the view"),
        ("'{1,2}'::int[]", FieldType.STRING, "cast it in the view"),
    ],
)
async def test_values_that_no_field_holds(database: Database, column: str, kind: FieldType, message: str) -> None:
    database.run(f"CREATE VIEW odd AS SELECT 'a' AS id, {column} AS name")
    table = Table("odd", ("id",), (Field("id", FieldType.STRING), Field("name", kind)))
    with pytest.raises(Unprocessable, match=message):
        await database.rows("odd", table=table)


@pytest.mark.parametrize(
    "name",
    [
        'shops"; DROP TABLE base; --',
        "shops; DROP TABLE base",
        "it's",
        'a"b',
        "%s %(x)s {}",
        "pg_sleep(60)",
        "☕",
        " ",
    ],
)
async def test_names_of_relations_and_columns_are_identifiers(database: Database, name: str) -> None:
    database.run("CREATE TABLE base (id text)")
    with pytest.raises(Unprocessable, match="does not exist"):
        await database.read(name)
    with pytest.raises(Unprocessable, match="does not exist"):
        await database.read(name, "base")
    create = sql.SQL("CREATE TABLE {} (id text, name text)").format(sql.Identifier(name))
    database.connection.execute(create)
    assert (await database.rows("public", name)).num_rows == 0
    assert database.connection.execute("SELECT count(*) FROM base").fetchone() == (0,)


async def test_a_reading_changes_nothing(database: Database) -> None:
    database.run(
        "CREATE TABLE noted (at timestamptz)",
        """CREATE FUNCTION note() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS
           $$ BEGIN INSERT INTO noted VALUES (now()); RETURN 'x'; END $$""",
        "CREATE VIEW shops AS SELECT 'a' AS id, note() AS name",
    )
    with pytest.raises(Unprocessable, match="read-only transaction"):
        await database.read("shops")


async def test_bounds(database: Database) -> None:
    database.run("CREATE VIEW shops AS SELECT i::text AS id, repeat('x', 1000) AS name FROM generate_series(1, 2000) i")
    few = ReadLimits(seconds=20, rows=1999)
    with pytest.raises(TooLarge, match="more than 1,999 rows"):
        typed_rows(SHOPS, (await database.read("shops", limits=few)).csv, few.rows)
    assert typed_rows(SHOPS, (await database.read("shops")).csv, 2000).num_rows == 2000
    with pytest.raises(TooLarge, match="more than 1,000,000 bytes"):
        await database.read("shops", limits=ReadLimits(seconds=20, bytes=1_000_000))
    database.run("CREATE VIEW slow AS SELECT 'a' AS id, pg_sleep(60)::text AS name")
    began = time.monotonic()
    with pytest.raises(QueryTimeout):
        await database.read("slow", limits=ReadLimits(seconds=2))
    assert time.monotonic() - began < 6
    locked = psycopg.connect(database.conninfo)
    locked.execute("CREATE TABLE base (id text, name text)")
    locked.commit()
    locked.execute("LOCK TABLE base IN ACCESS EXCLUSIVE MODE")
    with pytest.raises(QueryTimeout):
        await database.read("base", limits=ReadLimits(seconds=2))
    locked.close()


async def test_what_cannot_be_reached_is_not_shown(database: Database, postgres: Postgres) -> None:
    assert (await probe(database.conninfo, LIMITS)).startswith("1")
    for address in (
        f"postgresql://nowboard:geheim@/nowhere?host={postgres.folder}",
        f"postgresql://nobody:geheim@/{database.name}?host={postgres.folder}",
        "postgresql://nowboard:geheim@127.0.0.1:9/nowhere",
        f"postgresql://nowboard:geheim@/x?host={postgres.folder}/none",
    ):
        with pytest.raises(Unavailable) as found:
            await probe(address, LIMITS)
        assert found.value.code == "source_unreachable"
        assert not any(part in found.value.message for part in ("geheim", "nowhere", "nobody", str(postgres.folder)))
    with pytest.raises(BadRequest, match="not one of PostgreSQL's") as bad:
        await probe("postgresql://nowboard:geheim@/x?sslmdoe=geheim", LIMITS)
    assert "geheim" not in bad.value.message


def test_connections_are_named_by_the_settings() -> None:
    found = Connections({"warehouse": "postgresql://a:geheim@b/c"})
    assert "geheim" not in repr(found)
    assert found.address("warehouse").endswith("/c")
    with pytest.raises(BadRequest) as unknown:
        found.address("other")
    assert unknown.value.code == "unknown_connection"
    wrong: tuple[dict[str, str], ...] = (
        {"A b": "postgresql://x"},
        {"a": "mysql://geheim"},
        {f"c{n}": "postgresql://x" for n in range(17)},
    )
    for given in wrong:
        with pytest.raises(NowboardError) as bad:
            Connections(given)
        assert (bad.value.code, "geheim" in bad.value.message) == ("bad_setting", False)


def test_without_the_driver_a_start_with_connections_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)  # as if it were not installed
    assert Connections({}).names == []
    with pytest.raises(BadRequest, match=r"pip install 'nowboard\[postgres\]'") as found:
        make_app(connections={"warehouse": "postgresql://a:geheim@b/c"})
    assert (found.value.code, "geheim" in found.value.message) == ("bad_setting", False)
