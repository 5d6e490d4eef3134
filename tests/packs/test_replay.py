from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from nowboard.clock import DAY, HOUR, MINUTE, SECOND, ManualClock, Micros
from nowboard.errors import Conflict, Unavailable
from nowboard.model.events import Ack, Events
from nowboard.packs.flights.demo import beginning, flights_pack, open_flights
from nowboard.packs.flights.fold import Fold, micros
from nowboard.packs.flights.replay import Flights
from nowboard.packs.flights.runner import Position, PositionFile, Replay

NOW = micros(datetime(2026, 11, 18, 17, 30, tzinfo=UTC))


class Journal:
    """Keeps what is appended, once per idempotency key. `trouble` is asked before each append."""

    def __init__(self, trouble: Callable[[int], None] = lambda _: None) -> None:
        self.kept: dict[str, pa.RecordBatch] = {}
        self.calls = 0
        self._trouble = trouble

    async def append(self, events: Events) -> Ack:
        self.calls += 1
        self._trouble(self.calls)
        assert events.idempotency_key is not None
        self.kept.setdefault(events.idempotency_key, events.batch)
        return Ack(events.batch.num_rows, 0, (), "e", self.calls)

    def table(self) -> pa.Table:
        return pa.Table.from_batches(list(self.kept.values()))


def replay(path: Path, state: Path, journal: Journal, clock: ManualClock, *, late: bool = False) -> Replay:
    file = PositionFile(state)
    position = file.read() or beginning(Fold(), clock.now(), late=late)
    stream = flights_pack(Fold()).contents.streams["flights"]
    return Replay(open_flights(path, position), journal.append, lambda: stream, clock, file, position)


def times(table: pa.Table) -> list[Micros]:
    return [int(value) for value in table["at"].cast(pa.int64()).to_numpy()]


async def test_history_then_live_gives_every_flight_once_and_nothing_of_the_future(
    flights_file: Path, tmp_path: Path
) -> None:
    clock, journal = ManualClock(NOW), Journal()
    heard: list[int] = []
    running = replay(flights_file, tmp_path / "demo.json", journal, clock)
    loaded = await running.catch_up(heard.append)
    assert loaded == sum(heard) == journal.table().num_rows > 336_776
    assert max(times(journal.table())) <= NOW
    for _ in range(120):
        clock.advance(7 * SECOND)
        await running.catch_up()
    table = journal.table()
    expected = list(open_flights(flights_file, running.position).due(beginning(Fold(), NOW).start, clock.now()))
    assert table.num_rows == sum(due.batch.num_rows for due in expected)
    assert sorted(times(table)) == sorted(times(pa.Table.from_batches([due.batch for due in expected])))


async def test_the_last_seven_whole_days_hold_the_whole_year(flights_file: Path) -> None:
    fold = Fold()
    today = fold.midnight(fold.day_at(NOW))
    table = pa.Table.from_batches([due.batch for due in Flights(flights_file, fold).due(today - 7 * DAY, today)])
    assert table.num_rows == 336_776
    assert pc.sum(table["cancelled"]).as_py() == 8_255 == table["dep_delay"].null_count
    key = ["flown_at", "carrier", "flight", "origin", "dest"]
    assert table.group_by(key).aggregate([]).num_rows == 336_776, "every real flight, once"


async def test_flights_keep_their_local_time_of_day(flights_file: Path) -> None:
    fold = Fold(speed=3, zone="Asia/Singapore")
    batch = next(iter(Flights(flights_file, fold).due(NOW - 6 * HOUR, NOW))).batch
    for row in batch.slice(0, 200).to_pylist():
        now = row["scheduled"].replace(tzinfo=UTC).astimezone(ZoneInfo("Asia/Singapore"))
        then = row["flown_at"].replace(tzinfo=UTC).astimezone(ZoneInfo("America/New_York"))
        assert (now.isoweekday(), now.hour, now.minute) == (then.isoweekday(), then.hour, then.minute)
        assert (row["weekday"], row["hour"]) == (now.isoweekday(), now.hour)
        assert row["at"].minute // 5 == row["scheduled"].minute // 5


async def test_late_flights_become_known_when_they_leave(flights_file: Path, tmp_path: Path) -> None:
    clock, journal = ManualClock(NOW), Journal()
    running = replay(flights_file, tmp_path / "demo.json", journal, clock, late=True)
    await running.catch_up()
    before = set(journal.kept)
    clock.advance(10 * MINUTE)
    await running.catch_up()
    rows = [row for key, batch in journal.kept.items() if key not in before for row in batch.to_pylist()]
    left = [micros(row["at"].replace(tzinfo=UTC)) + max(row["dep_delay"] or 0, 0) * MINUTE for row in rows]
    assert all(NOW <= each < clock.now() for each in left)
    assert any(micros(row["at"].replace(tzinfo=UTC)) < NOW - HOUR for row in rows), "late events"


async def test_nothing_is_lost_or_doubled_when_it_stops_anywhere(flights_file: Path, tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    stops = {3, 11, 12, 30, 31}

    def trouble(call: int) -> None:
        if call in stops:
            raise Stopped

    clock, journal, state = ManualClock(NOW), Journal(trouble), tmp_path / "demo.json"

    async def run_until_stopped() -> None:
        for _ in range(60):
            await replay(flights_file, state, journal, clock).catch_up()
            clock.advance(SECOND)

    for _ in range(len(stops)):
        with pytest.raises(Stopped):
            await run_until_stopped()
    await replay(flights_file, state, journal, clock).catch_up()
    start = beginning(Fold(), NOW).start
    due = list(Flights(flights_file, Fold()).due(start, clock.now()))
    assert sorted(times(journal.table())) == sorted(times(pa.Table.from_batches([each.batch for each in due])))


async def test_after_a_night_off_it_catches_up(flights_file: Path, tmp_path: Path) -> None:
    clock, journal, state = ManualClock(NOW), Journal(), tmp_path / "demo.json"
    first = await replay(flights_file, state, journal, clock).catch_up()
    clock.advance(30 * HOUR)
    second = await replay(flights_file, state, journal, clock).catch_up()
    due = Flights(flights_file, Fold()).due(beginning(Fold(), NOW).start, clock.now())
    assert first + second == sum(each.batch.num_rows for each in due)


async def test_a_full_journal_is_waited_for(flights_file: Path, tmp_path: Path) -> None:
    def busy() -> Iterator[bool]:
        yield from (True, True)
        while True:
            yield False

    answers = busy()

    def trouble(_: int) -> None:
        if next(answers):
            raise Unavailable("later", retry_after=0.001)

    clock, journal = ManualClock(NOW), Journal(trouble)
    position = Position(52, "America/New_York", late=False, start=NOW - HOUR, end=NOW - HOUR)
    PositionFile(tmp_path / "demo.json").write(position)
    rows = await replay(flights_file, tmp_path / "demo.json", journal, clock).catch_up()
    assert rows == journal.table().num_rows > 0


def test_a_damaged_position_is_named(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text("{")
    with pytest.raises(Conflict, match=r"demo.json is damaged"):
        PositionFile(tmp_path / "demo.json").read()


def test_the_pack_says_how_it_was_made() -> None:
    pack = flights_pack(Fold(speed=4, zone="Asia/Singapore"), late=True)
    dashboard = pack.contents.dashboards["departures"]
    about = dashboard.widget("about")
    assert dashboard.timezone == "Asia/Singapore"
    assert about is not None
    assert all(words in about.options["markdown"] for words in ("4 weeks", "Asia/Singapore", "when it leaves"))
    shipped = flights_pack(Fold())
    assert msgspec.to_builtins(shipped.contents.dashboards["departures"].widgets[-1])["options"]["markdown"].startswith(
        "Real flights: all 336,776"
    )
