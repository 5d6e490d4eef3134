"""The story of a disk that runs full and gets room again; also a program, so that it can run under a limit."""

from __future__ import annotations

import asyncio
import resource
import sys
from collections.abc import Callable
from pathlib import Path

from nowboard.clock import SystemClock
from nowboard.errors import StorageFull
from nowboard.journal.limits import JournalLimits
from nowboard.journal.sqlite import SqliteJournal
from nowboard.model.events import Events, Record
from tests.conformance import samples

ROWS = 400
LIMITS = JournalLimits(checkpoint_bytes=256 * 1024, free_bytes=1024 * 1024)


async def fill_and_recover(path: Path, make_room: Callable[[], None]) -> int:
    """Append until the disk is full, make room, go on; returns how many requests were acknowledged."""
    journal = SqliteJournal(path, clock=SystemClock(), limits=LIMITS)
    heard: list[Record] = []
    journal.subscribe(heard.extend)
    await journal.define([samples.define_stream()])
    acked: list[int] = []
    number = 0
    while await append(journal, number):
        acked.append(number)
        number += 1
        assert number < 3000, "the disk never got full"
    assert problem(journal)
    refused = number
    for _ in range(5):
        assert not await append(journal, refused)
    assert stored(journal) == acked, "reads go on and show what was acknowledged"
    make_room()
    for number in range(refused, refused + 20):
        assert await append(journal, number)
        acked.append(number)
    assert not problem(journal)
    assert stored(journal) == acked
    assert [record.offset for record in heard] == list(range(1, journal.end + 1))
    journal.close()
    again = SqliteJournal(path, clock=SystemClock(), limits=LIMITS)
    assert stored(again) == acked
    assert list(again.damaged()) == []
    again.close()
    return len(acked)


async def append(journal: SqliteJournal, number: int) -> bool:
    """Whether request `number` got anything but a proper refusal; the key makes sending it again harmless."""
    try:
        ack = await journal.append(samples.events(ROWS, start=number * ROWS, key=f"request {number}"))
    except StorageFull as error:
        return error.retry_after is None or error.status != 503
    assert ack.accepted == ROWS
    return True


def problem(journal: SqliteJournal) -> str | None:
    """What health pages would say now."""
    return journal.problem


def stored(journal: SqliteJournal) -> list[int]:
    """The numbers of the requests whose rows are all there, in order."""
    contents = [record.content for record in journal.read(0)]
    batches = [each.batch for each in contents if isinstance(each, Events)]
    rows = [row for batch in batches for row in batch.column("items").to_pylist()]
    numbers = [row // ROWS for row in rows[::ROWS] if row is not None]
    assert rows == [row for number in numbers for row in range(number * ROWS, (number + 1) * ROWS)]
    return numbers


def run_limited(path: Path, limit: int) -> None:
    """The story with a limit on the size of files instead of a small disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    def lift() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    sys.stdout.write(str(asyncio.run(fill_and_recover(path, lift))))


if __name__ == "__main__":
    run_limited(Path(sys.argv[1]), int(sys.argv[2]))
