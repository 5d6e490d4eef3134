"""The implementations under test and the events that every suite uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nowboard.clock import ManualClock
from nowboard.journal.interface import Journal
from nowboard.journal.memory import MemoryJournal
from nowboard.journal.sqlite import SqliteJournal
from nowboard.stores.duckdb import DuckDBStore, memory_store
from nowboard.stores.interface import Store
from nowboard.stores.renewing import RenewingStore
from tests.conformance.samples import START


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture(params=["memory", "sqlite"])
def journal(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> Iterator[Journal]:
    made: Journal
    if request.param == "memory":
        made = MemoryJournal(clock=clock)
    else:
        made = SqliteJournal(tmp_path / "journal.db", clock=clock)
    yield made
    made.close()


@pytest.fixture(params=["memory", "duckdb", "renewing"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = memory_store() if request.param == "memory" else DuckDBStore(tmp_path / "store.duckdb")
    if request.param == "renewing" and isinstance(made, DuckDBStore):
        made = RenewingStore(made, memory_store, MemoryJournal(clock=ManualClock(START)).read, "e1")
    yield made
    made.close()
