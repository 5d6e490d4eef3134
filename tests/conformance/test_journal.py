"""What `nowboard.journal.interface.Journal` promises, for every implementation."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
import pytest

from nowboard.clock import DAY, HOUR, SECOND
from nowboard.errors import Unavailable
from nowboard.journal.interface import Journal
from nowboard.model.erasing import Condition, Match
from nowboard.model.events import Definition, Events, Record, RecordKind
from tests.conformance import samples
from tests.conformance.samples import START


def items(records: Sequence[Record]) -> list[int]:
    """The numbers of all events in `records`, in order."""
    batches = [record.content.batch for record in records if isinstance(record.content, Events)]
    return [number for batch in batches for number in batch.column("items").to_pylist() if number is not None]


async def test_an_empty_journal_ends_at_zero(journal: Journal) -> None:
    assert journal.end == 0
    assert journal.epoch
    assert journal.problem is None
    assert list(journal.read(0)) == []
    assert list(journal.damaged()) == []


async def test_an_ack_names_what_was_accepted_and_where(journal: Journal) -> None:
    ack = await journal.append(samples.events(3))
    assert (ack.accepted, ack.duplicates, ack.rejected) == (3, 0, ())
    assert (ack.epoch, ack.offset) == (journal.epoch, journal.end) == (journal.epoch, 1)


async def test_events_come_back_as_they_were(journal: Journal) -> None:
    await journal.define([samples.define_stream()])
    sent = samples.events(5, start=10)
    await journal.append(sent)
    record = next(iter(journal.read(1)))
    assert isinstance(record.content, Events)
    assert record.content.batch.equals(sent.batch)
    assert record.content.batch.schema.equals(sent.batch.schema)
    assert (record.content.stream, record.content.received_at) == ("orders", sent.received_at)
    assert record.content.principal == "user:1"


async def test_definitions_come_back_as_they_were_and_in_order(journal: Journal) -> None:
    made = [samples.define_stream(), samples.define_table([{"code": "a", "title": "A"}]), samples.define_metric()]
    assert await journal.define(made) == 3
    await journal.append(samples.events(2))
    await journal.define([samples.drop()])
    kinds = [
        record.content.kind if isinstance(record.content, Definition) else RecordKind.EVENTS
        for record in journal.read(0)
    ]
    assert kinds == [RecordKind.STREAM, RecordKind.TABLE, RecordKind.METRIC, RecordKind.EVENTS, RecordKind.DROP]
    table = list(journal.read(0))[1].content
    assert isinstance(table, Definition)
    assert table.body == made[1].body
    assert table.rows is not None
    assert made[1].rows is not None
    assert table.rows.equals(made[1].rows)


async def test_offsets_ascend_without_holes_and_rows_are_numbered(journal: Journal) -> None:
    await journal.define([samples.define_stream()])
    for count in (2, 1, 4):
        await journal.append(samples.events(count))
    records = list(journal.read(0))
    assert [record.offset for record in records] == list(range(1, journal.end + 1))
    assert [record.seq for record in records] == [1, 1, 3, 4]


async def test_read_starts_after_an_offset_and_stops_at_a_limit(journal: Journal) -> None:
    for number in range(6):
        await journal.append(samples.events(1, start=number))
    assert items(list(journal.read(2))) == [2, 3, 4, 5]
    assert items(list(journal.read(2, limit=2))) == [2, 3]
    assert list(journal.read(2, limit=0)) == []
    assert list(journal.read(6)) == []


async def test_awaited_calls_have_ascending_offsets(journal: Journal) -> None:
    offsets = [(await journal.append(samples.events(1, start=number))).offset for number in range(10)]
    assert offsets == sorted(set(offsets))


async def test_concurrent_calls_are_all_kept_in_order_of_arrival(journal: Journal) -> None:
    acks = await asyncio.gather(*[journal.append(samples.events(2, start=2 * number)) for number in range(40)])
    assert sum(ack.accepted for ack in acks) == 80
    assert items(list(journal.read(0))) == list(range(80))
    assert max(ack.offset for ack in acks) == journal.end


async def test_an_event_id_is_accepted_once(journal: Journal) -> None:
    first = await journal.append(samples.events(2, ids=["a", "b"]))
    second = await journal.append(samples.events(3, start=2, ids=["b", "c", "a"]))
    assert (first.accepted, first.duplicates) == (2, 0)
    assert (second.accepted, second.duplicates) == (1, 2)
    assert items(list(journal.read(0))) == [0, 1, 3]


async def test_duplicates_within_one_request_are_left_out(journal: Journal) -> None:
    ack = await journal.append(samples.events(4, ids=["a", "a", "b", "a"]))
    assert (ack.accepted, ack.duplicates) == (2, 2)
    assert items(list(journal.read(0))) == [0, 2]


async def test_duplicates_within_one_group_are_counted_where_they_came_second(journal: Journal) -> None:
    requests = [samples.events(2, start=2 * number, ids=["same", f"own {number}"]) for number in range(10)]
    acks = await asyncio.gather(*[journal.append(request) for request in requests])
    assert [ack.accepted for ack in acks] == [2] + [1] * 9
    assert [ack.duplicates for ack in acks] == [0] + [1] * 9


async def test_rows_without_an_id_are_never_duplicates(journal: Journal) -> None:
    await journal.append(samples.events(3, ids=[None, "a", None]))
    ack = await journal.append(samples.events(3, ids=[None, "a", None]))
    assert (ack.accepted, ack.duplicates) == (2, 1)


async def test_ids_of_different_streams_never_meet(journal: Journal) -> None:
    await journal.append(samples.events(1, ids=["a"]))
    other = samples.events(1, ids=["a"])
    ack = await journal.append(Events("returns", other.batch, other.received_at, other.event_ids))
    assert ack.accepted == 1


async def test_a_request_of_duplicates_only_is_acknowledged(journal: Journal) -> None:
    first = await journal.append(samples.events(2, ids=["a", "b"]))
    again = await journal.append(samples.events(2, ids=["a", "b"]))
    assert (again.accepted, again.duplicates) == (0, 2)
    assert again.offset == first.offset == journal.end


async def test_an_empty_request_is_acknowledged(journal: Journal) -> None:
    ack = await journal.append(samples.events(0))
    assert (ack.accepted, ack.duplicates, journal.end) == (0, 0, 0)


async def test_an_id_is_forgotten_when_the_streams_window_has_passed(journal: Journal) -> None:
    short = msgspec.structs.replace(samples.ORDERS, dedup_window=HOUR)
    await journal.define([samples.define_stream(short)])
    at = START
    assert (await journal.append(samples.events(1, ids=["a"], received_at=at))).accepted == 1
    assert (await journal.append(samples.events(1, ids=["a"], received_at=at + HOUR))).accepted == 0
    assert (await journal.append(samples.events(1, ids=["a"], received_at=at + HOUR + 1))).accepted == 1
    assert (await journal.append(samples.events(1, ids=["a"], received_at=at + HOUR + 2))).accepted == 0


async def test_the_window_is_a_day_unless_the_stream_says_otherwise(journal: Journal) -> None:
    assert (await journal.append(samples.events(1, ids=["a"]))).accepted == 1
    assert (await journal.append(samples.events(1, ids=["a"], received_at=START + DAY))).accepted == 0
    assert (await journal.append(samples.events(1, ids=["a"], received_at=START + DAY + 1))).accepted == 1


async def test_a_repeated_key_gets_the_first_answer_without_writing(journal: Journal) -> None:
    await journal.append(samples.events(1, ids=["a"]))
    first = await journal.append(samples.events(3, ids=["a", "b", "c"], key="k"))
    await journal.append(samples.events(1, start=9))
    end = journal.end
    again = await journal.append(samples.events(5, start=50, key="k"))
    assert (first.accepted, first.duplicates) == (2, 1)
    assert again == first
    assert journal.end == end


async def test_a_key_repeated_at_the_same_time_is_written_once(journal: Journal) -> None:
    acks = await asyncio.gather(*[journal.append(samples.events(2, key="k")) for _ in range(10)])
    assert set(acks) == {acks[0]}
    assert items(list(journal.read(0))) == [0, 1]


async def test_keys_of_other_producers_and_streams_never_meet(journal: Journal) -> None:
    await journal.append(samples.events(1, key="k"))
    assert (await journal.append(samples.events(2, key="k", principal="user:2"))).accepted == 2
    other = samples.events(3)
    ack = await journal.append(Events("returns", other.batch, START, idempotency_key="k", principal="user:1"))
    assert ack.accepted == 3


async def test_a_key_is_remembered_for_a_day(journal: Journal) -> None:
    await journal.append(samples.events(1, key="k"))
    assert (await journal.append(samples.events(2, key="k", received_at=START + DAY))).accepted == 1
    assert (await journal.append(samples.events(2, key="k", received_at=START + DAY + 1))).accepted == 2


async def test_a_listener_gets_every_record_once_in_order(journal: Journal) -> None:
    await journal.append(samples.events(1, start=999))
    heard: list[Record] = []
    journal.subscribe(heard.extend)
    await journal.define([samples.define_stream()])
    await asyncio.gather(*[journal.append(samples.events(2, start=2 * number)) for number in range(20)])
    assert [record.offset for record in heard] == list(range(2, journal.end + 1))
    assert items(heard) == list(range(40))
    assert [record.seq for record in heard] == [record.seq for record in journal.read(1)]


async def test_a_failing_listener_stops_nobody(journal: Journal) -> None:
    heard: list[Record] = []

    def fail(records: Sequence[Record]) -> None:
        raise RuntimeError("a listener's own fault")

    journal.subscribe(fail)
    journal.subscribe(heard.extend)
    assert (await journal.append(samples.events(1))).accepted == 1
    assert len(heard) == 1


async def test_prune_drops_records_that_are_old_as_a_whole(journal: Journal) -> None:
    await journal.define([samples.define_stream()])
    await journal.append(samples.events(5, start=0))
    await journal.append(samples.events(5, start=5))
    await journal.append(samples.events(5, start=10))
    end = journal.end
    assert journal.prune("orders", START + 7 * SECOND) == 1
    assert items(list(journal.read(0))) == list(range(5, 15))
    assert journal.prune("orders", START + 7 * SECOND) == 0
    assert journal.prune("returns", START + DAY) == 0
    assert journal.end == end


async def test_prune_keeps_definitions_and_offsets_go_on(journal: Journal) -> None:
    await journal.define([samples.define_stream(), samples.define_metric()])
    await journal.append(samples.events(3))
    assert journal.prune("orders", START + DAY) == 1
    assert [record.offset for record in journal.read(0)] == [1, 2]
    ack = await journal.append(samples.events(1))
    assert ack.offset == 4
    assert next(iter(journal.read(2))).seq == 4


async def test_only_the_latest_content_of_a_table_is_kept(journal: Journal) -> None:
    await journal.define([samples.define_table([{"code": "a", "title": "old"}])])
    await journal.define([samples.define_table([{"code": "a", "title": "new"}])])
    contents = [record.content for record in journal.read(0)]
    assert len(contents) == 1
    assert isinstance(contents[0], Definition)
    assert contents[0].rows is not None
    assert contents[0].rows.column("title").to_pylist() == ["new"]


async def test_a_closed_journal_takes_nothing(journal: Journal) -> None:
    journal.close()
    journal.close()
    with pytest.raises(Unavailable):
        await journal.append(samples.events(1))
    with pytest.raises(Unavailable):
        await journal.define([samples.define_stream()])


async def test_erased_rows_are_in_no_record(journal: Journal) -> None:
    await journal.define([samples.define_stream()])
    await journal.append(samples.events(7))
    await journal.append(samples.events(1, start=1))
    end = journal.end
    condition = Condition((Match(("channel",), "channel 1", None), Match(("items", "weight"), "x", 1)))
    erased = journal.erase("orders", condition)
    assert (erased.rows, erased.offset) == (2, end)
    assert journal.erase("orders", condition).rows == 0, "erasing again changes nothing"
    assert journal.erase("other", condition).rows == 0
    batches = [record.content.batch for record in journal.read(0) if isinstance(record.content, Events)]
    numbers = [number for batch in batches for number in batch["items"].to_pylist()]
    assert numbers == [0, 2, 3, 4, 5, 6]
    assert journal.damaged() == ()
    ack = await journal.append(samples.events(1, start=1))
    assert ack.offset == end + 1
