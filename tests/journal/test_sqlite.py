"""The SQLite journal beyond the shared promises: restarts, groups, bounds and files."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from nowboard.clock import DAY, HOUR, SECOND, ManualClock
from nowboard.errors import Unavailable
from nowboard.journal.limits import JournalLimits
from nowboard.journal.sqlite import SqliteJournal
from nowboard.model.events import Definition, Events, Record, RecordKind
from tests.conformance import samples
from tests.conformance.samples import START


class Harness:
    """Opens journals on one file, one after the other."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = ManualClock(START)
        self.journal: SqliteJournal | None = None

    def open(self, limits: JournalLimits | None = None) -> SqliteJournal:
        self.close()
        self.journal = SqliteJournal(self.path, clock=self.clock, limits=limits)
        return self.journal

    def close(self) -> None:
        if self.journal is not None:
            self.journal.close()


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[Harness]:
    made = Harness(tmp_path / "journal.db")
    yield made
    made.close()


def rows(journal: SqliteJournal) -> list[int]:
    contents = [record.content for record in journal.read(0)]
    numbers = [n for each in contents if isinstance(each, Events) for n in each.batch.column("items").to_pylist()]
    return [number for number in numbers if number is not None]


async def test_everything_survives_a_restart(harness: Harness) -> None:
    journal = harness.open()
    await journal.define([samples.define_stream(), samples.define_table([{"code": "a", "title": "A"}])])
    first = await journal.append(samples.events(3, ids=["a", "b", "c"], key="k"))
    epoch, records = journal.epoch, list(journal.read(0))
    again = harness.open()
    assert (again.epoch, again.end) == (epoch, 3)
    assert [(each.offset, each.seq) for each in again.read(0)] == [(each.offset, each.seq) for each in records]
    assert await again.append(samples.events(3, key="k")) == first
    repeated = await again.append(samples.events(3, ids=["c", "d", "a"]))
    assert (repeated.accepted, repeated.duplicates) == (1, 2)
    assert [each.seq for each in again.read(3)] == [4]


async def test_a_streams_window_and_time_survive_a_restart(harness: Harness) -> None:
    journal = harness.open()
    short = msgspec.structs.replace(samples.ORDERS, dedup_window=HOUR)
    await journal.define([samples.define_stream(short)])
    await journal.append(samples.events(1, ids=["a"]))
    again = harness.open()
    assert (await again.append(samples.events(1, ids=["a"], received_at=START + HOUR + 1))).accepted == 1
    assert again.prune("orders", START + SECOND) == 2


async def test_what_waits_together_shares_a_record_and_a_commit(harness: Harness) -> None:
    journal = harness.open()
    heard: list[int] = []
    journal.subscribe(lambda records: heard.append(len(records)))
    acks = await asyncio.gather(*[journal.append(samples.events(2, start=2 * n)) for n in range(200)])
    assert journal.end < 60
    assert len(heard) <= journal.end
    assert {ack.offset for ack in acks} == set(range(1, journal.end + 1))
    assert rows(journal) == list(range(400))


async def test_records_are_bounded(harness: Harness) -> None:
    journal = harness.open(JournalLimits(record_rows=10))
    ack = await journal.append(samples.events(35))
    assert (ack.accepted, ack.offset) == (35, 4)
    sizes = [each.content.batch.num_rows for each in journal.read(0) if isinstance(each.content, Events)]
    assert sizes == [10, 10, 10, 5]
    assert [each.seq for each in journal.read(0)] == [1, 11, 21, 31]


async def test_streams_principals_and_schemas_are_never_mixed(harness: Harness) -> None:
    journal = harness.open()
    narrow = samples.batch(1).select(["at", "items"])
    requests = [
        samples.events(1),
        samples.events(1, principal="user:2"),
        Events("orders", narrow, START, principal="user:1"),
        Events("returns", narrow, START, principal="user:1"),
        samples.events(1),
    ]
    await asyncio.gather(*[journal.append(each) for each in requests])
    for record in journal.read(0):
        assert isinstance(record.content, Events)
    contents = [each.content for each in journal.read(0) if isinstance(each.content, Events)]
    assert sum(each.batch.num_rows for each in contents) == 5
    assert {(each.stream, each.principal, each.batch.num_columns) for each in contents} == {
        ("orders", "user:1", 7),
        ("orders", "user:2", 7),
        ("orders", "user:1", 2),
        ("returns", "user:1", 2),
    }


async def test_definitions_stand_between_the_events_around_them(harness: Harness) -> None:
    journal = harness.open()
    calls = [journal.append(samples.events(1)), journal.define([samples.define_stream()]),
             journal.append(samples.events(1, start=1))]  # fmt: skip
    await asyncio.gather(*calls)
    kinds = [isinstance(record.content, Definition) for record in journal.read(0)]
    assert kinds == [False, True, False]


async def test_a_full_queue_refuses_at_once_and_empties_again(harness: Harness) -> None:
    journal = harness.open(JournalLimits(queue_rows=100))
    outcomes = await asyncio.gather(
        *[journal.append(samples.events(40, start=40 * n)) for n in range(200)], return_exceptions=True
    )
    refused = [each for each in outcomes if isinstance(each, Unavailable)]
    taken = len(outcomes) - len(refused)
    assert refused
    assert taken >= 2
    assert {(each.code, each.retry_after is not None) for each in refused} == {("overloaded", True)}
    assert len(rows(journal)) == 40 * taken
    assert (await journal.append(samples.events(1))).accepted == 1


async def test_one_request_larger_than_the_queue_is_taken_when_it_is_empty(harness: Harness) -> None:
    journal = harness.open(JournalLimits(queue_rows=10))
    assert (await journal.append(samples.events(50))).accepted == 50


async def test_a_caller_who_went_away_disturbs_nobody(harness: Harness) -> None:
    journal = harness.open()
    gone = [asyncio.ensure_future(journal.append(samples.events(1, start=n))) for n in range(20)]
    await asyncio.sleep(0)
    for task in gone:
        task.cancel()
    ack = await journal.append(samples.events(1, start=99))
    assert ack.accepted == 1
    assert rows(journal)[-1] == 99


async def test_a_request_that_cannot_be_written_fails_alone(harness: Harness) -> None:
    journal = harness.open()
    bad = Definition(RecordKind.STREAM, "orders", b"not json")
    outcomes = await asyncio.gather(
        journal.append(samples.events(1)), journal.define([bad]), journal.append(samples.events(1, start=1)),
        return_exceptions=True,
    )  # fmt: skip
    assert isinstance(outcomes[1], Unavailable)
    assert rows(journal) == [0, 1]
    assert journal.problem is None


async def test_closing_answers_what_is_queued(harness: Harness) -> None:
    journal = harness.open()
    waiting = [asyncio.ensure_future(journal.append(samples.events(1, start=n))) for n in range(50)]
    await asyncio.sleep(0)
    journal.close()
    assert sum([(await each).accepted for each in waiting]) == 50
    assert rows(harness.open()) == list(range(50))


async def test_a_new_epoch_lasts_and_offsets_go_on(harness: Harness) -> None:
    journal = harness.open()
    await journal.append(samples.events(2))
    before = journal.epoch
    loop = asyncio.get_running_loop()
    renewed = await loop.run_in_executor(None, journal.renew_epoch)
    assert renewed == journal.epoch != before
    assert (await journal.append(samples.events(1))).epoch == renewed
    assert (harness.open().epoch, harness.open().end) == (renewed, 2)


def test_a_second_journal_on_the_same_file_is_refused(harness: Harness) -> None:
    harness.open()
    with pytest.raises(Unavailable, match="uses") as caught:
        SqliteJournal(harness.path, clock=harness.clock)
    assert caught.value.code == "in_use"
    harness.close()
    harness.open()


def test_commits_are_synchronous(harness: Harness) -> None:
    journal = harness.open()
    connection = journal._writer.connection
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_retention_gives_the_space_back(harness: Harness) -> None:
    journal = harness.open(JournalLimits(slice_rows=16))
    await journal.define([samples.define_stream()])
    for number in range(60):
        await journal.append(samples.events(500, start=500 * number))
    harness.close()
    before = harness.path.stat().st_size
    journal = harness.open(JournalLimits(slice_rows=16))
    loop = asyncio.get_running_loop()
    pruning = loop.run_in_executor(None, journal.prune, "orders", START + 28_000 * SECOND)
    kept = await asyncio.gather(*[journal.append(samples.events(1, start=50_000 + n)) for n in range(20)])
    assert all(ack.accepted == 1 for ack in kept)
    assert await pruning == 56
    assert rows(journal)[:2000] == list(range(28_000, 30_000))
    harness.close()
    assert harness.path.stat().st_size < before / 2


async def test_old_idempotency_keys_are_forgotten_in_passing(harness: Harness) -> None:
    journal = harness.open()
    for number in range(50):
        await journal.append(samples.events(1, key=f"old {number}"))
    harness.clock.advance(2 * DAY)
    for number in range(30):
        await journal.append(samples.events(1, key=f"new {number}", received_at=harness.clock.now()))
    harness.close()
    with sqlite3.connect(harness.path) as connection:
        assert connection.execute("SELECT count(*) FROM requests").fetchone() == (30,)
    connection.close()


async def test_reading_goes_on_while_events_arrive(harness: Harness) -> None:
    journal = harness.open(JournalLimits(read_bytes=2_000))
    for number in range(40):
        await journal.append(samples.events(20, start=20 * number))
    reading = journal.read(0)
    seen: list[Record] = [next(reading)]
    await journal.append(samples.events(5, start=9_000))
    seen += reading
    assert [record.offset for record in seen] == list(range(1, 41))


async def test_payloads_of_every_size_come_back(harness: Harness) -> None:
    journal = harness.open()
    for size in (0, 1, 100, 5_000, 100_000, 2_000_000):
        batch = pa.record_batch([pa.array(["x" * size, None]), pa.array(["short", str(size)])], ["text", "size"])
        await journal.append(Events("texts", batch, START))
        record = next(iter(journal.read(journal.end - 1)))
        assert isinstance(record.content, Events)
        assert record.content.batch.equals(batch)
