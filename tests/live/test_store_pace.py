"""The store is committed when somebody reads it, and now and then otherwise; nobody can tell the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from nowboard.clock import ManualClock
from nowboard.errors import Unavailable
from nowboard.journal.memory import MemoryJournal
from nowboard.live.limits import LiveLimits
from nowboard.model.events import Record
from nowboard.stores.duckdb import DuckDBStore
from tests.live.rig import START
from tests.live.test_engine import BY_CHANNEL, LIMITS, Server, ask, serving, until

NEVER = replace(LIMITS, store_delay=3600.0)
"""Only a reader, or too many rows or records, has the store committed."""

BUSIEST = {"stream": "orders", "measures": [{"name": "busiest", "sql": "mode(channel)"}, "count(*)"]}
"""A query that is re-run, since `mode` cannot be kept up to date."""


class Counting(DuckDBStore):
    """Knows the rows of every transaction, and can refuse."""

    full = False

    def __init__(self) -> None:
        super().__init__(None)
        self.transactions: list[int] = []

    def apply(self, records: Sequence[Record], *, epoch: str) -> None:
        if self.full:
            raise Unavailable("The disk is full.", code="store_failed")
        super().apply(records, epoch=epoch)
        self.transactions.append(len(records))


async def follow(server: Server, count: int) -> int:
    """Post `count` times; every post is folded in before the next."""
    _, client = await server.watch(BY_CHANNEL)
    offset = 0
    for _ in range(count):
        offset = await server.post([{}])
        await until(lambda: client.result.offset == offset)  # noqa: B023 - awaited before the offset changes
    return offset


async def test_ticks_that_nobody_reads_share_one_commit() -> None:
    store = Counting()
    async with serving(NEVER, store=store) as server:
        before = len(store.transactions)
        offset = await follow(server, 20)
        assert len(store.transactions) == before
        assert store.applied < offset
        result = await server.engine.query(ask({**BY_CHANNEL, "by": []}))
        assert (result.rows, store.applied) == (((20, 20.0),), offset)
        assert store.transactions[before:] == [20]


async def test_a_query_that_is_re_run_sees_every_event_without_waiting_for_the_store() -> None:
    store = Counting()
    async with serving(NEVER, store=store) as server:
        _, client = await server.watch(BUSIEST)
        for count in range(1, 6):
            await server.post([{"channel": "app"}])
            await until(lambda: client.result.rows == (("app", count),))  # noqa: B023 - awaited before it changes
        assert client.result.mode == "requery"
        assert store.applied == server.journal.end


async def test_a_live_query_that_joins_late_counts_what_the_store_lacks_once() -> None:
    async with serving(NEVER) as server:
        offset = await follow(server, 5)
        assert server.engine.status().applied < offset
        _, client = await server.watch({**BY_CHANNEL, "by": ["region"]})
        assert client.result.rows == (("no", 5, 5.0),)


@pytest.mark.parametrize("limits", [replace(NEVER, store_rows=8), replace(NEVER, store_records=8)])
async def test_what_waits_for_the_store_is_bounded(limits: LiveLimits) -> None:
    store = Counting()
    async with serving(limits, store=store) as server:
        before = len(store.transactions)
        await follow(server, 20)
        assert store.transactions[before:] == [8, 8]


async def test_what_the_store_lacked_when_the_process_died_is_replayed() -> None:
    journal = MemoryJournal(clock=ManualClock(START))
    async with serving(NEVER, journal=journal, store=Counting()) as server:
        offset = await follow(server, 5)
        assert server.engine.status().applied < offset
        async with serving(NEVER, journal=journal) as again:  # another store, as after a crash, from the same journal
            result = await again.engine.query(ask({**BY_CHANNEL, "by": []}))
            assert (result.rows, result.offset) == (((5, 5.0),), offset)


async def test_a_re_run_that_the_store_refuses_goes_stale_and_comes_back() -> None:
    store = Counting()
    async with serving(replace(NEVER, store_retry=0.05, reload_pause=0.05), store=store) as server:
        _, client = await server.watch(BUSIEST)
        store.full = True
        await server.post([{"channel": "app"}])
        await until(lambda: client.result.mode == "stale")
        assert client.result.rows != (("app", 1),)
        store.full = False
        await until(lambda: client.result.rows == (("app", 1),))
        assert client.result.mode == "requery"
