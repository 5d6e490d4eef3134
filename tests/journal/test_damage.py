"""Flipped bytes and torn files: the journal opens, goes on taking events, and loses no more than what was hit."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import zlib
from pathlib import Path
from typing import Literal

import pytest

from nowboard.clock import ManualClock
from nowboard.errors import Unavailable
from nowboard.journal.logfile import Verdict, repair_log
from nowboard.journal.schema import PAGE_SIZE
from nowboard.journal.sqlite import SqliteJournal
from nowboard.model.events import Events
from tests.conformance import samples
from tests.conformance.samples import START

RECORDS = 60
SIZES = (1, 1, 1, 5, 50, 300)
FILES = ("", "-wal", ".head")
STRUCTURES = ("records_by_name", "requests", "requests_by_age", "seen_recent", "state", "schemas", "schemas_copy")


def size_of(number: int) -> int:
    return SIZES[zlib.crc32(bytes([number])) % len(SIZES)]


async def fill(journal: SqliteJournal) -> None:
    await journal.define([samples.define_stream()])
    for number in range(RECORDS - 1):
        count = size_of(number)
        ids = [f"{number} {row}" for row in range(count)]
        await journal.append(samples.events(count, start=number * 1000, ids=ids, key=f"key {number}"))


def copy(source: Path, target: Path) -> None:
    for suffix in FILES:
        if source.with_name(source.name + suffix).exists():
            shutil.copy(source.with_name(source.name + suffix), target.with_name(target.name + suffix))


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal that was closed: everything is in the database file."""
    path = tmp_path_factory.mktemp("closed") / "journal.db"
    journal = SqliteJournal(path, clock=ManualClock(START))
    asyncio.run(fill(journal))
    journal.close()
    return path


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal as a killed process leaves it: the last commits are in the log only."""
    folder = tmp_path_factory.mktemp("crashed")
    journal = SqliteJournal(folder / "living.db", clock=ManualClock(START))
    asyncio.run(fill(journal))
    copy(folder / "living.db", folder / "journal.db")
    journal.close()
    return folder / "journal.db"


def flip(path: Path, place: int, value: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= value
    path.write_bytes(data)


def check(path: Path) -> tuple[int, int]:
    """Open the journal, read it and append to it; returns how many records are lost and how many are reported."""
    journal = SqliteJournal(path, clock=ManualClock(START))
    try:
        records = list(journal.read(0))
        for record in records[1:]:
            assert isinstance(record.content, Events)
            number = record.offset - 2
            assert record.content.batch.equals(samples.batch(size_of(number), start=number * 1000))
        ack = asyncio.run(journal.append(samples.events(2, start=7, ids=["new", "newer"])))
        assert (ack.accepted, ack.offset) == (2, RECORDS + 1)
        assert next(iter(journal.read(RECORDS))).offset == RECORDS + 1
        return RECORDS - len(records), sum(damage.offset > 0 for damage in journal.damaged())
    finally:
        journal.close()


@pytest.mark.parametrize("seed", range(60))
def test_one_flipped_byte_in_the_file(closed: Path, tmp_path: Path, seed: int) -> None:
    copy(closed, tmp_path / "journal.db")
    source = random.Random(seed)
    size = closed.stat().st_size
    # Half of the places are in the first kilobytes and in page headers, where everything hangs on every byte.
    page = source.randrange(size // PAGE_SIZE) * PAGE_SIZE
    place = source.choice([source.randrange(size), page + source.randrange(64), source.randrange(100, PAGE_SIZE)])
    flip(tmp_path / "journal.db", place, source.randrange(1, 256))
    lost, reported = check(tmp_path / "journal.db")
    in_data = place > PAGE_SIZE and place % PAGE_SIZE >= 64
    assert lost <= reported
    assert lost <= (1 if in_data else 12), f"byte {place}"


@pytest.mark.parametrize("seed", range(40))
def test_one_flipped_byte_in_the_log(crashed: Path, tmp_path: Path, seed: int) -> None:
    copy(crashed, tmp_path / "journal.db")
    log = tmp_path / "journal.db-wal"
    source = random.Random(seed)
    frame = 32 + source.randrange((log.stat().st_size - 32) // (PAGE_SIZE + 24)) * (PAGE_SIZE + 24)
    place = source.choice([source.randrange(log.stat().st_size), source.randrange(32), frame + source.randrange(24)])
    flip(log, place, source.randrange(1, 256))
    lost, reported = check(tmp_path / "journal.db")
    assert lost <= reported
    assert lost <= 1


def test_a_log_is_put_right_exactly(crashed: Path, tmp_path: Path) -> None:
    log, right = tmp_path / "log", (crashed.parent / "journal.db-wal").read_bytes()
    log.write_bytes(right)
    assert repair_log(log) is Verdict.INTACT
    assert log.read_bytes() == right
    source, exact = random.Random(5), 0
    for _ in range(16):
        log.write_bytes(right)
        flip(log, source.randrange(len(right)), source.randrange(1, 256))
        assert repair_log(log) is Verdict.REPAIRED
        exact += log.read_bytes() == right
    assert exact >= 13, "a few changes have two explanations; the records' own checksums tell then"


def test_a_log_that_was_just_begun_again_is_intact(crashed: Path, tmp_path: Path) -> None:
    """Killed between a new header and its first frame: behind it stand the frames of the log before."""
    log = tmp_path / "log"
    data = bytearray((crashed.parent / "journal.db-wal").read_bytes())
    data[16:24] = b"newsalts"
    order: Literal["little", "big"] = "little" if data[3] == 0x82 else "big"
    first = second = 0
    for place in range(0, 24, 8):
        first = (first + int.from_bytes(data[place : place + 4], order) + second) % 2**32
        second = (second + int.from_bytes(data[place + 4 : place + 8], order) + first) % 2**32
    data[24:32] = first.to_bytes(4, "big") + second.to_bytes(4, "big")
    log.write_bytes(data)
    assert repair_log(log) is Verdict.INTACT
    assert log.read_bytes() == data


def test_what_a_rollback_left_in_the_log_is_its_end(tmp_path: Path) -> None:
    path = tmp_path / "spilled.db"
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("page_size = 8192", "journal_mode = WAL", "cache_size = 5", "wal_autocheckpoint = 0"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB)")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO t (b) VALUES (?)", [(bytes([n]) * 20_000,) for n in range(40)])
    connection.execute("ROLLBACK")
    connection.execute("INSERT INTO t (b) VALUES ('kept')")
    log = path.with_name("spilled.db-wal")
    assert log.stat().st_size > 40 * 8192, "the rollback left frames"
    shutil.copy(log, tmp_path / "log")
    assert repair_log(tmp_path / "log") is Verdict.INTACT
    connection.close()


def test_a_log_damaged_beyond_repair_starts_a_new_epoch(crashed: Path, tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    copy(crashed, path)
    log = tmp_path / "journal.db-wal"
    data = bytearray(log.read_bytes())
    middle = 32 + (len(data) // (PAGE_SIZE + 24) // 2) * (PAGE_SIZE + 24)
    data[middle + 1000 : middle + 1512] = random.Random(2).randbytes(512)
    log.write_bytes(data)
    epoch = epoch_of(crashed, tmp_path / "intact")
    journal = SqliteJournal(path, clock=ManualClock(START))
    assert 0 < journal.end < RECORDS
    assert journal.epoch != epoch
    assert [damage.offset for damage in journal.damaged()] == [journal.end + 1]
    journal.close()


def epoch_of(path: Path, folder: Path) -> str:
    folder.mkdir()
    copy(path, folder / "journal.db")
    journal = SqliteJournal(folder / "journal.db", clock=ManualClock(START))
    epoch = journal.epoch
    journal.close()
    return epoch


@pytest.mark.parametrize("cut", [1, 100, 5_000, 50_000])
def test_a_torn_log_loses_its_tail_only(crashed: Path, tmp_path: Path, cut: int) -> None:
    path = tmp_path / "journal.db"
    copy(crashed, path)
    log = tmp_path / "journal.db-wal"
    log.write_bytes(log.read_bytes()[:-cut])
    journal = SqliteJournal(path, clock=ManualClock(START))
    assert RECORDS - 1 - cut // 5_000 <= journal.end <= RECORDS
    assert [record.offset for record in journal.read(0)] == list(range(1, journal.end + 1))
    ack = asyncio.run(journal.append(samples.events(1)))
    assert ack.offset == journal.end
    journal.close()


def test_a_truncated_file_loses_what_was_cut_off(closed: Path, tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    copy(closed, path)
    path.write_bytes(path.read_bytes()[: -4 * PAGE_SIZE])
    journal = SqliteJournal(path, clock=ManualClock(START))
    left = list(journal.read(0))
    lost = RECORDS - len(left)
    assert 0 <= lost <= 20
    assert lost == 0 or journal.damaged()
    assert asyncio.run(journal.append(samples.events(1))).accepted == 1
    journal.close()


@pytest.mark.parametrize("table", STRUCTURES)
def test_a_page_of_every_structure_may_be_lost(closed: Path, tmp_path: Path, table: str) -> None:
    path = tmp_path / "journal.db"
    copy(closed, path)
    with sqlite3.connect(path) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        page = int(connection.execute(query, (table,)).fetchone()[0])
    connection.close()
    data = bytearray(path.read_bytes())
    data[(page - 1) * PAGE_SIZE : page * PAGE_SIZE] = random.Random(1).randbytes(PAGE_SIZE)
    path.write_bytes(data)
    journal = SqliteJournal(path, clock=ManualClock(START))
    asyncio.run(journal.append(samples.events(1, ids=["another"], key="another")))
    assert asyncio.run(journal.append(samples.events(1, ids=["another"]))).duplicates == 1
    lost = RECORDS + 2 - len(list(journal.read(0)))
    assert lost <= 1
    assert table == "schemas_copy" or journal.damaged()
    assert table == "schemas_copy" or (tmp_path / "journal.db.damaged").exists()
    journal.close()
    again = SqliteJournal(path, clock=ManualClock(START))
    assert asyncio.run(again.append(samples.events(1, key="another"))).accepted == 1
    again.close()


def test_a_file_that_is_no_database_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"these are somebody's only notes " * 1000)
    before = path.read_bytes()
    with pytest.raises(Unavailable, match="backup") as caught:
        SqliteJournal(path, clock=ManualClock(START))
    assert caught.value.code == "journal_damaged"
    assert path.read_bytes() == before
