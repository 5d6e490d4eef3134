"""A store whose file is damaged replaces itself; the hand-over misses nothing and doubles nothing."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from nowboard.errors import Unavailable
from nowboard.model.arrow import schema_of
from nowboard.model.events import Events, Record
from nowboard.model.fields import Field, FieldType, Role
from nowboard.model.streams import Stream
from nowboard.stores.duckdb import DuckDBStore, broken_mark
from nowboard.stores.limits import StoreLimits
from nowboard.stores.rebuild import reopen_store
from nowboard.stores.renewing import RenewingStore
from tests.conformance import samples

EPOCH = "epoch"
LIMITS = StoreLimits(memory_bytes=16 * 1024 * 1024, threads=1)
ROWS, RECORDS = 20_000, 20
FIELDS = (
    Field("at", FieldType.TIMESTAMP, Role.TIME),
    Field("n", FieldType.INTEGER),
    Field("text", FieldType.STRING),
)
BLOBS = Stream("blobs", "at", FIELDS)
SUMS = "SELECT count(*) AS rows, sum(n) AS n, count(DISTINCT _seq) AS seqs, max(text) > '' AS read FROM stream_blobs"
SECONDS = 60.0


def record(offset: int) -> Record:
    """The record at `offset`: the first defines the stream, each other one holds `ROWS` rows."""
    if offset == 1:
        return Record(1, samples.define_stream(BLOBS), 1)
    first = (offset - 2) * ROWS
    numbers = np.arange(first, first + ROWS)
    columns = {
        "at": pa.array(numbers.view("datetime64[us]")),
        "n": pa.array(numbers),
        "text": pa.array([os.urandom(90).hex() for _ in range(ROWS)]),
    }
    batch = pa.table(columns, schema=schema_of(BLOBS)).to_batches()[0]
    return Record(offset, Events("blobs", batch, 1), first + 1)


class Log:
    """A journal in memory that can be slow: reading stops before `gate` offsets until it is opened."""

    def __init__(self) -> None:
        self.records = [record(offset) for offset in range(1, RECORDS + 2)]
        self.opened = threading.Event()
        self.waiting = threading.Event()
        self.gate = len(self.records)

    def read(self, after: int) -> Iterator[Record]:
        for each in list(self.records):
            if each.offset <= after:
                continue
            if each.offset >= self.gate:
                self.waiting.set()
                assert self.opened.wait(SECONDS)
            yield each


def damage(path: Path) -> None:
    size = path.stat().st_size
    assert size > 1.2 * LIMITS.memory_bytes
    with path.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(os.urandom(size - 3 * 4096))


def sums(store: RenewingStore) -> tuple[object, ...]:
    with store.snapshot() as snapshot:
        return tuple(snapshot.execute(SUMS, timeout=SECONDS).to_pylist()[0].values())


def expected(records: int) -> tuple[object, ...]:
    rows = records * ROWS
    return rows, rows * (rows - 1) // 2, rows, True


def until(condition: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(int(SECONDS / 0.02)):
        if condition():
            return
        waiting.wait(0.02)
    raise AssertionError("it did not come to pass")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.duckdb"


def build(path: Path, log: Log, reopen: Callable[[], DuckDBStore]) -> RenewingStore:
    store = RenewingStore(DuckDBStore(path, limits=LIMITS), reopen, log.read, EPOCH)
    for each in log.records:
        store.apply([each], epoch=EPOCH)
    return store


def test_what_comes_while_it_is_rebuilt_is_there_afterwards(path: Path) -> None:
    log = Log()
    store = build(path, log, lambda: reopen_store(path, LIMITS))
    assert sums(store) == expected(RECORDS)
    assert store.catching_up() is None
    damage(path)
    with pytest.raises(Unavailable, match="Corrupt"):
        sums(store)
    assert log.waiting.wait(SECONDS)
    log.records += [record(RECORDS + 2), Record(RECORDS + 3, samples.define_stream(), 1), record(RECORDS + 4)]
    store.apply(log.records[-3:-1], epoch=EPOCH)
    assert "orders" in store.catalog().streams, "what is defined meanwhile is known at once"
    assert (store.applied, store.catalog().offset) == (RECORDS + 3, RECORDS + 3)
    found = store.catching_up()
    assert found is not None
    assert (found.phase, found.end) == ("rebuilding", RECORDS + 3)
    for refused in (store.snapshot, lambda: store.evaluate(log.records[1].content.batch, "SELECT 1"),  # type: ignore[union-attr] # events
                    lambda: store.expire("blobs", 1)):  # fmt: skip
        with pytest.raises(Unavailable) as error:
            refused()
        assert error.value.code == "store_rebuilding"
    log.opened.set()
    until(lambda: store.catching_up() is None)
    assert (store.applied, "orders" in store.catalog().streams) == (RECORDS + 3, True)
    assert not broken_mark(path).exists()
    store.apply(log.records[-2:], epoch=EPOCH)
    assert store.applied == RECORDS + 4
    assert sums(store)[:3] == (ROWS * (RECORDS + 2), sums(store)[1], ROWS * (RECORDS + 2))
    store.close()
    again = DuckDBStore(path, limits=LIMITS)
    assert (again.applied, again.epoch) == (RECORDS + 4, EPOCH)
    again.close()


def test_a_rebuild_that_fails_is_tried_again(path: Path) -> None:
    log, tries = Log(), [OSError("no room for a new file"), None]
    log.opened.set()

    def reopen() -> DuckDBStore:
        trouble = tries.pop(0)
        if trouble is not None:
            raise trouble
        return reopen_store(path, LIMITS)

    store = build(path, log, reopen)
    damage(path)
    with pytest.raises(Unavailable):
        sums(store)
    until(lambda: store.catching_up() is None)
    assert tries == []
    assert sums(store) == expected(RECORDS)
    store.close()


def test_closing_ends_a_rebuild_and_the_next_start_begins_anew(path: Path) -> None:
    log = Log()
    log.gate = 2
    store = build(path, log, lambda: reopen_store(path, LIMITS))
    damage(path)
    with pytest.raises(Unavailable):
        sums(store)
    assert log.waiting.wait(SECONDS)
    closing = threading.Thread(target=store.close)
    closing.start()
    log.opened.set()
    closing.join(SECONDS)
    assert not closing.is_alive()
    again = DuckDBStore(path, limits=LIMITS)
    assert again.applied <= RECORDS + 1
    again.close()
