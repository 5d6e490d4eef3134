"""How often a query that cannot be kept live is run again, and what is kept of it over a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from nowboard.clock import SECOND, ManualClock
from nowboard.journal.memory import MemoryJournal
from nowboard.live.engine import LocalEngine
from nowboard.live.limits import LiveLimits
from nowboard.live.rerun import Rerun
from nowboard.model.engine import Ask, Watch
from nowboard.model.erasing import Condition, Match
from nowboard.model.frames import Result
from nowboard.model.keeping import PROMPT, Pace
from nowboard.model.queries import parse_query
from nowboard.model.scopes import EVERYTHING, Predicate, Scope
from nowboard.stores.duckdb import memory_store
from tests.live.rig import ORDERS, START, Client, regions, stream_definition
from tests.live.test_engine import BY_CHANNEL, LIMITS, Hub, Server, until

SQL = {"sql": "select channel, count(*) as n from orders group by channel order by channel"}
SELDOM = Pace(every=3600.0)
WARM = Pace(keep=True)


def test_a_moved_query_waits_for_what_its_watchers_want_and_for_its_own_cost() -> None:
    pace = Rerun(LiveLimits(requery_pause=1.0, requery_share=4.0))
    assert pace.due(0.0, 0, every=300.0), "the first run waits for nothing"
    pace.start()
    pace.finish(10.0, cost=0.5)
    assert pace.pause(11.0, 0, every=300.0) == float("inf")
    pace.moved = True
    assert pace.pause(11.0, 0, every=300.0) == 299.0
    assert pace.pause(11.0, 0, every=0.0) == 1.0
    assert not pace.due(309.9, 0, every=300.0)
    assert pace.due(310.0, 0, every=300.0)


def test_asking_for_it_lifts_the_pause_and_is_bounded_itself() -> None:
    pace = Rerun(LiveLimits(requery_pause=1.0, requery_share=4.0, refresh_pause=5.0))
    pace.start()
    pace.finish(10.0, cost=0.5)
    pace.hurry(10.5)
    assert pace.pause(10.5, 0, every=300.0) == 1.5, "what the last run cost still counts"
    pace.start()
    pace.finish(12.5, cost=0.0)
    pace.hurry(13.0)
    assert pace.pause(13.0, 0, every=300.0) == float("inf"), "asked for again too soon"
    pace.hurry(15.5)
    assert pace.due(15.5, 0, every=300.0)


def test_the_clock_alone_never_runs_it_more_often_than_wanted() -> None:
    pace = Rerun(LiveLimits(requery_pause=0.25))
    pace.start()
    pace.finish(10.0, cost=0.0)
    pace.next_change = 5 * SECOND
    assert pace.pause(10.0, 4 * SECOND, every=0.0) == 1.0
    assert pace.pause(10.0, 9 * SECOND, every=300.0) == 300.0


@dataclass
class Shelf:
    """A keeper that outlives its engine."""

    frames: dict[str, Result] = field(default_factory=dict)
    searches: int = 0

    async def find(self, channel: str, epoch: str) -> Result | None:
        self.searches += 1
        found = self.frames.get(channel)
        return found if found is not None and found.epoch == epoch else None

    def keep(self, channel: str, result: Result) -> None:
        self.frames[channel] = result

    async def forget(self) -> None:
        self.frames.clear()


@asynccontextmanager
async def serving(
    shelf: Shelf, journal: MemoryJournal | None = None, limits: LiveLimits = LIMITS
) -> AsyncIterator[Server]:
    clock = ManualClock(START)
    journal, store = journal or MemoryJournal(clock=clock), memory_store()
    hub = Hub(asyncio.get_running_loop())
    engine = LocalEngine(journal, store, clock, hub, limits, keeper=shelf)
    await engine.start()
    try:
        if not engine.catalog.streams:
            await engine.define([stream_definition(ORDERS), regions({"no": "Norway"})])
        yield Server(engine, journal, hub, clock)
    finally:
        await engine.close()
        store.close()


async def watch(
    server: Server, query: Mapping[str, object], pace: Pace = PROMPT, scope: Scope = EVERYTHING
) -> tuple[Watch, Client]:
    found = await server.engine.watch(Ask(parse_query(query), scope), pace)
    client = Client(found.result)
    server.hub.clients.setdefault(found.channel, []).append(client)
    return found, client


async def test_the_pause_holds_re_runs_back_and_a_refresh_lifts_it() -> None:
    async with serving(Shelf()) as server:
        found, client = await watch(server, SQL, SELDOM)
        _, live = await watch(server, BY_CHANNEL)
        runs = server.engine.status().store_queries
        for _ in range(5):
            await server.post([{}])
        await until(lambda: live.result.rows == (("web", 5, 5.0),))
        assert server.engine.status().store_queries == runs
        assert client.result.rows == ()
        server.engine.refresh(found.channel)
        await until(lambda: client.result.rows == (("web", 5),))
        assert server.engine.status().store_queries == runs + 1


async def test_the_smallest_pause_of_all_watchers_counts_and_goes_with_its_watcher() -> None:
    async with serving(Shelf()) as server:
        slow, client = await watch(server, SQL, SELDOM)
        quick, _ = await watch(server, SQL, PROMPT)
        assert slow.channel == quick.channel, "a pace is no part of what is asked"
        await server.post([{}])
        await until(lambda: client.result.rows == (("web", 1),))
        await server.engine.release(quick.channel, PROMPT)
        _, live = await watch(server, BY_CHANNEL)
        await server.post([{}])
        await until(lambda: live.result.rows == (("web", 2, 2.0),))
        await asyncio.sleep(0.1)
        assert client.result.rows == (("web", 1),)


async def test_the_first_watcher_after_a_restart_has_the_last_result_at_once_and_then_the_fresh_one() -> None:
    shelf, journal = Shelf(), MemoryJournal(clock=ManualClock(START))
    async with serving(shelf, journal) as server:
        _, client = await watch(server, SQL)
        await server.post([{}])
        await until(lambda: client.result.rows == (("web", 1),))
    async with serving(shelf, journal) as server:
        await server.post([{"channel": "app"}])
        _, client = await watch(server, SQL)
        assert (client.result.mode, client.result.rows) == ("stale", (("web", 1),))
        await until(lambda: client.result.rows == (("app", 1), ("web", 1)))
        assert client.result.mode == "requery"


async def test_a_result_of_another_epoch_or_scope_is_not_used() -> None:
    shelf, journal = Shelf(), MemoryJournal(clock=ManualClock(START))
    async with serving(shelf, journal) as server:
        _, client = await watch(server, SQL)
        await server.post([{}, {"channel": "app"}])
        await until(lambda: client.result.rows == (("app", 1), ("web", 1)))
    async with serving(shelf, journal) as server:
        _, narrow = await watch(server, SQL, scope=Scope(streams={"orders": Predicate("channel = 'app'")}))
        assert (narrow.result.mode, narrow.result.rows) == ("requery", (("app", 1),))
    async with serving(shelf) as server:
        _, client = await watch(server, SQL)
        assert (client.result.mode, client.result.rows) == ("requery", ())


async def test_a_live_query_is_kept_when_its_watcher_wants_it_and_not_looked_up_otherwise() -> None:
    shelf, journal = Shelf(), MemoryJournal(clock=ManualClock(START))
    async with serving(shelf, journal) as server:
        _, client = await watch(server, BY_CHANNEL, WARM)
        await server.post([{}])
        await until(lambda: client.result.rows == (("web", 1, 1.0),))
    assert [result.rows for result in shelf.frames.values()] == [(("web", 1, 1.0),)], "kept on closing"
    searches = shelf.searches
    async with serving(shelf, journal) as server:
        _, plain = await watch(server, {**BY_CHANNEL, "by": ["region"]})
        assert (plain.result.mode, shelf.searches) == ("live", searches)
        _, client = await watch(server, BY_CHANNEL, WARM)
        assert (client.result.mode, client.result.rows) == ("stale", (("web", 1, 1.0),))
        await server.post([{}])
        await until(lambda: client.result.rows == (("web", 2, 2.0),))
        assert client.result.mode == "live"


async def test_what_is_erased_goes_at_once_whatever_the_pause() -> None:
    shelf = Shelf()
    async with serving(shelf) as server:
        found, client = await watch(server, SQL, SELDOM)
        await server.post([{"buyer": "ann"}, {"buyer": "bob", "channel": "app"}])
        server.engine.refresh(found.channel)
        await until(lambda: client.result.rows == (("app", 1), ("web", 1)))
        await server.engine.erase("orders", Condition((Match(("buyer",), "ann", None),)))
        await until(lambda: client.result.rows == (("app", 1),))
        assert [result.rows for result in shelf.frames.values()] == [(("app", 1),)]
