"""The DuckDB store beyond the shared promises: its file, its lock-down and its bounds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from nowboard.errors import BadQuery, NowboardError, Unavailable
from nowboard.model.events import Definition, Events, Record
from nowboard.stores.duckdb import DuckDBStore, memory_store
from nowboard.stores.limits import StoreLimits
from nowboard.stores.settings import open_locked
from nowboard.stores.snapshot import DuckDBSnapshot
from tests.conformance import samples

EPOCH = "epoch"
SETTINGS = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
    "error_on_division_by_zero": False,
    "lock_configuration": True,
    "TimeZone": "UTC",
    "threads": 2,
    "memory_limit": "512.0 MiB",
    "wal_autocheckpoint": "16.0 MiB",
    "max_temp_directory_size": "1.0 GiB",
    "preserve_insertion_order": True,
}


def filled(store: DuckDBStore, rows: int = 10) -> DuckDBStore:
    contents: list[Definition | Events] = [samples.define_stream(), samples.events(rows)]
    store.apply([Record(offset, content, 1) for offset, content in enumerate(contents, 1)], epoch=EPOCH)
    return store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckDBStore]:
    made = DuckDBStore(tmp_path / "store.duckdb")
    yield made
    made.close()


@pytest.mark.parametrize("name", SETTINGS)
def test_each_setting_is_what_we_say(store: DuckDBStore, name: str) -> None:
    with store.snapshot() as snapshot:
        answer = snapshot.execute(f"SELECT current_setting('{name}') AS value", timeout=5).to_pylist()
    assert answer == [{"value": SETTINGS[name]}]


@pytest.mark.parametrize("name", SETTINGS)
def test_no_setting_can_be_changed(tmp_path: Path, name: str) -> None:
    connection = open_locked(tmp_path / "store.duckdb", StoreLimits())
    with pytest.raises(duckdb.Error, match="lock"):
        connection.execute(f"SET GLOBAL {name} = '{SETTINGS[name]}'")
    connection.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM '{file}'",
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM read_csv('{file}', columns = {{'a': 'VARCHAR'}})",
        "SELECT * FROM read_blob('{file}')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM sqlite_scan('{file}', 'x')",
        "SELECT * FROM secret",
        "SELECT getenv('HOME')",
    ],
)
def test_no_file_variable_or_environment_can_be_read(tmp_path: Path, store: DuckDBStore, sql: str) -> None:
    canary = tmp_path / "canary.csv"
    canary.write_text("canary\n")
    with store.snapshot() as snapshot, pytest.raises(BadQuery) as caught:
        snapshot.execute(sql.format(file=canary, folder=tmp_path), timeout=5)
    assert "canary\n" not in caught.value.message


def test_what_was_applied_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "store.duckdb"
    filled(DuckDBStore(path)).close()
    again = DuckDBStore(path)
    assert (again.applied, again.epoch) == (2, EPOCH)
    assert again.catalog().streams == {"orders": samples.ORDERS}
    with again.snapshot() as snapshot:
        assert snapshot.offset == 2
        assert snapshot.execute("SELECT count(*) AS n FROM stream_orders", timeout=5).to_pylist() == [{"n": 10}]
    assert again.size() > 0
    again.close()


def test_a_query_beyond_its_memory_fails_alone() -> None:
    store = filled(memory_store(limits=StoreLimits(memory_bytes=64 * 1024 * 1024)))
    greedy = "SELECT len(list(range)) FROM range(30000000)"
    with store.snapshot() as snapshot, pytest.raises(Unavailable) as caught:
        snapshot.execute(greedy, timeout=30)
    assert caught.value.code == "out_of_memory"
    with store.snapshot() as snapshot:
        assert snapshot.execute("SELECT count(*) AS n FROM stream_orders", timeout=5).to_pylist() == [{"n": 10}]
    store.close()


def test_big_sorts_spill_beside_the_database(tmp_path: Path) -> None:
    limits = StoreLimits(memory_bytes=64 * 1024 * 1024)
    store = DuckDBStore(tmp_path / "store.duckdb", limits=limits)
    sql = "SELECT sum(n) AS s FROM (SELECT row_number() OVER (ORDER BY hash(range)) * 0 + 1 AS n FROM range(4000000))"
    with store.snapshot() as snapshot:
        assert snapshot.execute(sql, timeout=60).to_pylist() == [{"s": 4_000_000}]
    store.close()
    assert list(tmp_path.glob("*.tmp/*")) == []


class Asker(threading.Thread):
    """Asks for something endless and keeps the error."""

    def __init__(self, snapshot: DuckDBSnapshot) -> None:
        super().__init__()
        self.snapshot = snapshot
        self.code = ""

    def run(self) -> None:
        try:
            self.snapshot.execute("SELECT count(*) FROM range(1000000000000)", timeout=20)
        except NowboardError as error:
            self.code = error.code


@pytest.mark.parametrize("delay", [0.0, 0.0005, 0.001, 0.002, 0.005, 0.02])
def test_an_interrupt_at_any_moment_ends_the_query(store: DuckDBStore, delay: float) -> None:
    """Between planning and running, an interrupt that is given once is lost."""
    with store.snapshot() as snapshot:
        asker = Asker(snapshot)
        asker.start()
        asker.join(delay)
        while not snapshot.running:
            time.sleep(0.0001)
        snapshot.interrupt()
        asker.join(10)
        assert asker.code == "query_cancelled"


def test_the_file_stays_usable_for_many_small_commits(tmp_path: Path) -> None:
    store = DuckDBStore(tmp_path / "store.duckdb", limits=StoreLimits(checkpoint_bytes=64 * 1024))
    store.apply([Record(1, samples.define_stream(), 1)], epoch=EPOCH)
    for step in range(100):
        store.apply([Record(2 + step, samples.events(20, start=step), 1 + 20 * step)], epoch=EPOCH)
    with store.snapshot() as snapshot:
        rows = snapshot.execute("SELECT count(DISTINCT _seq) AS n FROM stream_orders", timeout=5).to_pylist()
    assert rows == [{"n": 2000}]
    store.close()
