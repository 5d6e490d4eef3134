"""A store that cannot be used is replaced, and the journal makes it whole again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nowboard.clock import ManualClock
from nowboard.journal.sqlite import SqliteJournal
from nowboard.live.replay import replay
from nowboard.model.events import Record
from nowboard.stores.duckdb import DuckDBStore, broken_mark
from nowboard.stores.interface import Store
from nowboard.stores.rebuild import open_store
from tests.conformance import samples

EPOCH = "epoch"
SUMS = (
    "SELECT channel, paid, count(*) AS n, sum(total) AS total, sum(items) AS items, sum(weight) AS weight, "
    "min(_seq) AS first, max(_received) AS received FROM stream_orders GROUP BY ALL ORDER BY ALL"
)


def sums(store: Store) -> list[dict[str, Any]]:
    with store.snapshot() as snapshot:
        return snapshot.execute(SUMS, timeout=10).to_pylist()


def make(path: Path, *, epoch: str = EPOCH, records: int = 3) -> None:
    store = DuckDBStore(path)
    store.apply([Record(1, samples.define_stream(), 1)], epoch=epoch)
    for offset in range(2, records + 1):
        store.apply([Record(offset, samples.events(1), offset - 1)], epoch=epoch)
    store.close()


def test_a_fitting_store_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "store.duckdb"
    make(path)
    store, reason = open_store(path, epoch=EPOCH, end=5)
    assert (reason, store.applied) == (None, 3)
    store.close()


def test_a_new_store_needs_no_reason(tmp_path: Path) -> None:
    store, reason = open_store(tmp_path / "store.duckdb", epoch=EPOCH, end=5)
    assert (reason, store.applied) == (None, 0)
    store.close()


@pytest.mark.parametrize("case", ["other_epoch", "ahead", "unreadable", "broken", "truncated"])
def test_an_unfit_store_is_replaced(tmp_path: Path, case: str) -> None:
    path = tmp_path / "store.duckdb"
    make(path, epoch="other" if case == "other_epoch" else EPOCH, records=9 if case == "ahead" else 3)
    if case == "unreadable":
        path.write_bytes(b"this is not a database, whatever its name says" * 1000)
    elif case == "truncated":
        path.write_bytes(path.read_bytes()[:9000])
    elif case == "broken":
        broken_mark(path).touch()
    store, reason = open_store(path, epoch=EPOCH, end=5)
    assert reason is not None
    assert reason.code == ("unreadable" if case == "truncated" else case)
    assert reason.detail
    assert (store.applied, store.epoch) == (0, None)
    store.close()
    kept, reason = open_store(path, epoch=EPOCH, end=5)
    assert reason is None
    kept.close()


async def test_a_deleted_store_is_rebuilt_to_the_same_answers(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.db", clock=ManualClock())
    path = tmp_path / "store.duckdb"
    store, _ = open_store(path, epoch=journal.epoch, end=journal.end)
    journal.subscribe(lambda records: store.apply(records, epoch=journal.epoch))
    await journal.define([samples.define_stream()])
    for number in range(30):
        ids = [f"id {(number * 7 + row) % 400}" for row in range(20)]
        await journal.append(samples.events(20, start=number * 20, ids=ids, received_at=samples.START + number))
    before = sums(store)
    store.close()
    path.unlink()
    rebuilt, reason = open_store(path, epoch=journal.epoch, end=journal.end)
    assert reason is None
    assert replay(journal, rebuilt) == rebuilt.applied == journal.end
    assert sums(rebuilt) == before
    assert sum(row["n"] for row in before) < 600
    rebuilt.close()
    journal.close()


async def test_a_replay_goes_on_where_it_stopped(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.db", clock=ManualClock())
    await journal.define([samples.define_stream()])
    for number in range(10):
        await journal.append(samples.events(5, start=number * 5))
    store, _ = open_store(tmp_path / "store.duckdb", epoch=journal.epoch, end=journal.end)
    store.apply(list(journal.read(0, limit=4)), epoch=journal.epoch)
    assert store.applied == 4
    replay(journal, store)
    assert store.applied == journal.end
    assert sum(row["n"] for row in sums(store)) == 50
    store.close()
    journal.close()
