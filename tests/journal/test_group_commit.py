"""Whatever waits together, is repeated or comes back after a restart: every id is kept exactly once."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from nowboard.clock import ManualClock
from nowboard.journal.limits import JournalLimits
from nowboard.journal.sqlite import SqliteJournal
from nowboard.model.events import Ack, Events, Record
from tests.conformance import samples
from tests.conformance.samples import START

LIMITS = JournalLimits(record_rows=7, commit_rows=20, recent_ids=5, step_ids=4)

Request = tuple[list[int | None], int | None]

requests = st.tuples(
    st.lists(st.one_of(st.none(), st.integers(0, 25)), min_size=0, max_size=9), st.one_of(st.none(), st.integers(0, 6))
)


def expected(waves: Sequence[Sequence[Request]]) -> tuple[list[tuple[int, int]], int]:
    """What each request is told (accepted, duplicates), and how many rows are kept."""
    answers: list[tuple[int, int]] = []
    seen: set[int] = set()
    keys: dict[int, tuple[int, int]] = {}
    kept = 0
    for ids, key in (request for wave in waves for request in wave):
        if key is not None and key in keys:
            answers.append(keys[key])
            continue
        accepted = 0
        for each in ids:
            accepted += each is None or each not in seen
            if each is not None:
                seen.add(each)
        answer = (accepted, len(ids) - accepted)
        kept += accepted
        answers.append(answer)
        if key is not None:
            keys[key] = answer
    return answers, kept


async def run(path: Path, waves: Sequence[Sequence[Request]]) -> tuple[list[Ack], int]:
    acks: list[Ack] = []
    heard: list[int] = []
    for wave in waves:
        journal = SqliteJournal(path, clock=ManualClock(START), limits=LIMITS)
        journal.subscribe(lambda records: heard.extend(record.offset for record in records))
        acks += await asyncio.gather(*[journal.append(request(ids, key)) for ids, key in wave])
        journal.close()
    journal = SqliteJournal(path, clock=ManualClock(START), limits=LIMITS)
    read = list(journal.read(0))
    assert [record.offset for record in read] == heard == list(range(1, journal.end + 1))
    assert [record.seq for record in read] == sequence(read)
    journal.close()
    return acks, sum(each.content.batch.num_rows for each in read if isinstance(each.content, Events))


def sequence(records: Sequence[Record]) -> list[int]:
    """Row numbers as they must be: each record starts where the one before ended."""
    numbers, following = [], 1
    for record in records:
        numbers.append(following)
        following += record.content.batch.num_rows if isinstance(record.content, Events) else 0
    return numbers


def request(ids: list[int | None], key: int | None) -> Events:
    events = samples.events(len(ids), ids=[None if each is None else f"id {each}" for each in ids])
    name = None if key is None else f"key {key}"
    return Events("orders", events.batch, START, events.event_ids, name, "user:1")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(requests, max_size=12), min_size=1, max_size=3))
def test_every_answer_and_every_row_is_right(waves: list[list[Request]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        acks, rows = asyncio.run(run(Path(folder) / "journal.db", waves))
    answers, kept = expected(waves)
    assert [(ack.accepted, ack.duplicates) for ack in acks] == answers
    assert rows == kept
