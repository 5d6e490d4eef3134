"""A program that appends to a journal, saying what was acknowledged, until it is killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from nowboard.clock import SystemClock
from nowboard.journal.limits import JournalLimits
from nowboard.journal.sqlite import SqliteJournal
from tests.conformance import samples

ROWS = 20
CALLERS = 4
LIMITS = JournalLimits(checkpoint_bytes=128 * 1024, recent_ids=300, step_ids=200)


async def produce(path: Path, first: int) -> None:
    """Send requests `first`, `first + 1` … from several callers; every line on stdout is an acknowledgement."""
    journal = SqliteJournal(path, clock=SystemClock(), limits=LIMITS)
    if journal.end == 0:
        await journal.define([samples.define_stream()])
    numbers = iter(range(first, first + 1_000_000))

    async def call() -> None:
        for number in numbers:
            ids = [f"id {row}" for row in range(number * ROWS, (number + 1) * ROWS)]
            key = f"request {number}" if number % 2 else None
            ack = await journal.append(samples.events(ROWS, start=number * ROWS, ids=ids, key=key))
            sys.stdout.write(f"{number} {ack.accepted + ack.duplicates}\n")
            sys.stdout.flush()

    await asyncio.gather(*[call() for _ in range(CALLERS)])


if __name__ == "__main__":
    asyncio.run(produce(Path(sys.argv[1]), int(sys.argv[2])))
