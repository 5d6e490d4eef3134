"""C1-C5: the locked connection alone, with nothing in front of it, against the whole hostile corpus."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from nowboard.errors import NowboardError
from nowboard.model.events import Events, Record
from nowboard.stores.duckdb import DuckDBStore, memory_store
from nowboard.stores.layout import quote
from nowboard.stores.limits import StoreLimits
from nowboard.stores.settings import CLOSED, LOCK
from tests.query.tenants import CANARIES, contents

HOSTILE = (Path(__file__).parent.parent / "fixtures/query/hostile.sql").read_text().partition("-- Bombs:")[0]
CORPUS = [line for line in HOSTILE.splitlines() if line and not line.startswith("--")]
CANARY = "canary-in-a-file"


class Listener:
    """Counts who connects."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host, self.port = self._socket.getsockname()
        self.connections = 0
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBStore]:
    """A store with tenants A and B in a file, as a server has it; with little memory, as some statements want all."""
    limits = StoreLimits(memory_bytes=128 * 1024 * 1024, threads=1)
    made = DuckDBStore(tmp_path_factory.mktemp("data") / "store.duckdb", limits=limits)
    records, seq = [], 1
    for offset, content in enumerate(contents(with_b=True), 1):
        records.append(Record(offset, content, seq))
        seq += content.batch.num_rows if isinstance(content, Events) else 0
    made.apply(records, epoch="e")
    yield made
    made.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the statements try to read from and to write to."""
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def statements(folder: Path, listener: Listener) -> list[str]:
    file = folder / "canary.csv"
    file.write_text(f"{CANARY},{CANARY}\n")
    places: dict[str, object] = {
        "file": file,
        "folder": folder,
        "new": folder / "new",
        "host": listener.host,
        "port": listener.port,
    }
    return [_placed(each, places) for each in CORPUS]


def _placed(sql: str, places: Mapping[str, object]) -> str:
    for name, value in places.items():
        sql = sql.replace(f"{{{name}}}", str(value))
    return sql


def run(store: DuckDBStore, sql: str, reads: frozenset[str] | None = None) -> str:
    """What the connection shows for a statement, errors included."""
    with store.snapshot() as snapshot:
        try:
            return str(snapshot.execute(sql, timeout=0.5, reads=reads).to_pylist())
        except NowboardError as error:
            return f"{error.code} {error.message} {error.detail}"
        except Exception as error:  # noqa: BLE001 - what the driver itself refuses, such as missing values
            return f"refused {error}"


def state(store: DuckDBStore) -> str:
    """Everything in the store and its settings."""
    with store.snapshot() as snapshot:
        return str(
            [
                snapshot.execute(sql, timeout=5).to_pylist()
                for sql in (
                    "SELECT database_name, schema_name, table_name, estimated_size FROM duckdb_tables() ORDER BY ALL",
                    "SELECT name, value FROM duckdb_settings() WHERE name NOT LIKE '%memory%' ORDER BY ALL",
                    "SELECT sum(hash(stream_visits)), count(*) FROM stream_visits",
                    "SELECT view_name FROM duckdb_views() WHERE NOT internal",
                    "SELECT database_name FROM duckdb_databases() ORDER BY ALL",
                    "SELECT count(*) FROM duckdb_functions()",
                )
            ]
        )


def test_the_corpus_is_large(statements: list[str]) -> None:
    """C1."""
    assert len(set(statements)) >= 200


def test_no_file_no_connection_no_change(
    store: DuckDBStore, statements: list[str], listener: Listener, folder: Path
) -> None:
    """C1-C4: the guard is not asked. Nothing is read outside of the store, nothing is changed, nobody is called."""
    before = state(store)
    shown = {sql: run(store, sql) for sql in statements}
    found = [sql for sql, text in shown.items() if CANARY in text.replace(sql, "").replace("canary.csv", "")]
    assert found == []
    assert [sql for sql, text in shown.items() if "root:" in text or "PATH=" in text] == []
    assert listener.connections == 0
    assert state(store) == before
    assert [path.name for path in folder.iterdir()] == ["canary.csv"]


def test_no_tenant_sees_another(store: DuckDBStore, statements: list[str]) -> None:
    """C5: the engine's own parser says what a statement reads, so no spelling gets at relations outside of its plan.

    The relation of a stream holds the rows of all who share it; it is the planner's subquery, printed from the tree,
    that keeps them apart. What the plan did not name cannot be read at all.
    """
    reads = frozenset({"table_empty"})
    for sql in statements:
        text = run(store, sql, reads).lower()
        assert [canary for canary in CANARIES if canary in text and canary not in sql.lower()] == [], sql
        assert "stream_ledger" not in text or "stream_ledger" in sql, sql


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM stream_ledger", "SELECT * FROM main.stream_visits", "SELECT * FROM STREAM_LEDGER",
        'SELECT * FROM "with x"', "SELECT * FROM query('SELECT * FROM stream_ledger')",
        "SELECT * FROM query_table('stream_ledger')", "SELECT * FROM duckdb_tables()", "SELECT * FROM nowboard_meta",
        "SELECT * FROM information_schema.tables", "SELECT * FROM pg_catalog.pg_tables", "SELECT * FROM sqlite_master",
        "WITH a AS (SELECT * FROM stream_ledger) SELECT * FROM a", "SELECT (SELECT count(*) FROM stream_ledger)",
        "SELECT * FROM stream_visits v, LATERAL (SELECT * FROM stream_ledger) l", "FROM stream_ledger",
        "SELECT * FROM stream_visits WHERE EXISTS (FROM stream_ledger)", "SHOW TABLES", "SELECT * FROM (SHOW TABLES)",
        "DESCRIBE stream_ledger", "SUMMARIZE stream_ledger", "TABLE stream_ledger", "VALUES (1)",
        "SELECT * FROM range(10)", "SELECT unnest FROM unnest([1])", "SELECT * FROM pragma_table_info('stream_ledger')",
        "SELECT ts FROM stream_visits UNION ALL SELECT ts FROM stream_ledger",
        "WITH stream_ledger AS (SELECT 1) SELECT * FROM stream_ledger",
        "SELECT 1 WHERE 1 IN (SELECT 1 FROM stream_ledger)",
    ],
)  # fmt: skip
def test_what_a_plan_does_not_name_is_refused(store: DuckDBStore, sql: str) -> None:
    """C5."""
    text = run(store, sql, frozenset({"stream_visits"}))
    assert text.startswith("bad_query"), text
    assert run(store, "SELECT count(*) AS n FROM stream_visits", frozenset({"stream_visits"})).startswith("[{'n'")


def test_settings_are_as_promised(store: DuckDBStore) -> None:
    """C3: each flag is read back."""
    with store.snapshot() as snapshot:
        found = {
            row["name"].lower(): str(row["value"]).lower()
            for row in snapshot.execute("SELECT name, value FROM duckdb_settings()", timeout=5).to_pylist()
        }
    for name, value in {**CLOSED, **LOCK}.items():
        if name.lower() in found:
            assert found[name.lower()] == value.lower(), name
    for name in ("enable_external_access", "lock_configuration", "allow_community_extensions"):
        assert name in found


def test_identifiers_of_any_byte_stay_identifiers() -> None:
    """C14: a name with any character, quotes included, is one name and does nothing else."""
    store = memory_store()
    try:
        with store.snapshot() as snapshot:
            for byte in range(1, 256):
                name = f"a{chr(byte)}\"b'; DROP TABLE nowboard_meta; --"
                shown = snapshot.execute(f"SELECT 1 AS {quote(name)}", timeout=5, reads=())
                assert shown.column_names == [name]
            assert snapshot.execute("SELECT count(*) AS n FROM nowboard_meta", timeout=5).to_pylist() == [{"n": 1}]
    finally:
        store.close()
