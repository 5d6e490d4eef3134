"""The whole engine with its threads, over the memory journal and store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from nowboard.clock import MINUTE, SECOND, ManualClock
from nowboard.errors import BadQuery, Unavailable
from nowboard.journal.memory import MemoryJournal
from nowboard.live.engine import LocalEngine
from nowboard.live.limits import LiveLimits
from nowboard.model.arrow import schema_of
from nowboard.model.engine import Ask
from nowboard.model.events import Definition, Events, Record, RecordKind
from nowboard.model.fields import Field, FieldType
from nowboard.model.frames import Change, Result, Update
from nowboard.model.queries import parse_query
from nowboard.model.scopes import EVERYTHING
from nowboard.model.streams import Metric, Stream
from nowboard.stores.duckdb import DuckDBStore, memory_store
from tests.live.rig import ORDERS, START, Client, regions, stream_definition
from tests.threads import restless

LIMITS = LiveLimits(tick=0.005, poll=0.02, linger=0.1, requery_pause=0.01, store_delay=0.02)


class Hub:
    """A publisher that keeps what it was given and feeds the viewers, like the real one on the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.updates: list[Update] = []
        self.clients: dict[str, list[Client]] = {}
        self._loop = loop

    def publish(self, updates: Sequence[Update]) -> None:
        self._loop.call_soon_threadsafe(self._take, list(updates))

    def _take(self, updates: list[Update]) -> None:
        self.updates += updates
        for update in updates:
            for client in self.clients.get(update.channel, []):
                client.receive(update.content)


class Server:
    """An engine and its surroundings."""

    def __init__(self, engine: LocalEngine, journal: MemoryJournal, hub: Hub, clock: ManualClock) -> None:
        self.engine, self.journal, self.hub, self.clock = engine, journal, hub, clock

    async def post(self, rows: Sequence[dict[str, Any]], stream: Stream = ORDERS) -> int:
        batch = pa.RecordBatch.from_pylist([event(**row) for row in rows], schema_of(stream))
        ack = await self.engine.append(Events(stream.name, batch, self.clock.now()))
        return ack.offset

    async def watch(self, query: dict[str, Any]) -> tuple[str, Client]:
        watch = await self.engine.watch(ask(query))
        client = Client(watch.result)
        self.hub.clients.setdefault(watch.channel, []).append(client)
        return watch.channel, client


def ask(query: dict[str, Any]) -> Ask:
    return Ask(parse_query(query), EVERYTHING)


def event(**values: Any) -> dict[str, Any]:
    at = values.pop("at", 0)
    moment = datetime.fromtimestamp((START + at * SECOND) / SECOND, UTC).replace(tzinfo=None)
    return {"at": moment, "channel": "web", "region": "no", "items": 1, "total": 1.0, "paid": True, **values}


@asynccontextmanager
async def serving(
    limits: LiveLimits = LIMITS, journal: MemoryJournal | None = None, store: DuckDBStore | None = None
) -> AsyncIterator[Server]:
    clock = ManualClock(START)
    journal, store = journal or MemoryJournal(clock=clock), store or memory_store()
    hub = Hub(asyncio.get_running_loop())
    engine = LocalEngine(journal, store, clock, hub, limits)
    await engine.start()
    try:
        if not engine.catalog.streams:
            await engine.define([stream_definition(ORDERS), regions({"no": "Norway", "se": "Sweden"})])
        yield Server(engine, journal, hub, clock)
    finally:
        await engine.close()
        store.close()


async def until(condition: Callable[[], bool], what: str = "the condition") -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"{what} did not come true")


BY_CHANNEL = {"stream": "orders", "measures": ["count(*)", "sum(total)"], "by": ["channel"], "window": {"last": "1h"}}


async def test_a_viewer_gets_what_was_there_and_what_comes() -> None:
    async with serving() as server:
        await server.post([{"channel": "web"}, {"channel": "app", "total": 5.0}])
        _, client = await server.watch(BY_CHANNEL)
        assert client.result.rows == (("app", 1, 5.0), ("web", 1, 1.0))
        offset = await server.post([{"channel": "web", "total": 9.0}])
        await until(lambda: client.result.offset == offset)
        assert client.result.rows == (("web", 2, 10.0), ("app", 1, 5.0))
        update = server.hub.updates[-1]
        assert isinstance(update.content, Change)
        assert update.content.upsert == (("web", 2, 10.0),)
        assert update.ingested_at == START


async def test_a_query_sees_every_acknowledged_event() -> None:
    async with serving(replace(LIMITS, store_delay=60.0)) as server:
        for number in range(1, 6):
            offset = await server.post([{}])
            result = await server.engine.query(ask(BY_CHANNEL))
            assert result.rows == (("web", number, float(number)),)
            assert result.offset >= offset
            assert result.mode == "fresh"


async def test_a_watched_query_is_answered_from_its_live_state() -> None:
    async with serving() as server:
        await server.watch(BY_CHANNEL)
        before = server.engine.status().store_queries
        offset = await server.post([{}, {}])
        result = await server.engine.query(ask(BY_CHANNEL))
        assert (result.mode, result.rows, result.offset) == ("live", (("web", 2, 2.0),), offset)
        assert server.engine.status().store_queries == before


async def test_500_watchers_of_one_ask_cost_one_computation() -> None:
    async with serving() as server:
        await server.post([{}])
        watches = await asyncio.gather(*(server.engine.watch(ask(BY_CHANNEL)) for _ in range(500)))
        assert len({watch.channel for watch in watches}) == 1
        status = server.engine.status()
        assert (status.live_queries, status.watchers, status.store_queries) == (1, 500, 1)
        before = status.computations
        offset = await server.post([{"channel": "app"}])
        await until(lambda: bool(server.hub.updates) and server.hub.updates[-1].content.offset == offset)
        assert server.engine.status().computations == before + 1
        assert len(server.hub.updates) == 1


async def test_the_last_watcher_leaving_frees_the_query_after_the_linger() -> None:
    async with serving() as server:
        channel, _ = await server.watch(BY_CHANNEL)
        await server.watch(BY_CHANNEL)
        await server.engine.release(channel)
        server.clock.advance(SECOND)
        await asyncio.sleep(0.1)
        assert server.engine.status().live_queries == 1
        await server.engine.release(channel)
        await until(lambda: server.engine.status().watchers == 0)
        assert server.engine.status().live_queries == 1
        server.clock.advance(SECOND)
        await until(lambda: server.engine.status().live_queries == 0)
        before = server.engine.status().computations
        await server.post([{}])
        await server.engine.query(ask(BY_CHANNEL))
        assert server.engine.status().computations == before


async def test_a_watcher_that_gives_up_is_not_counted() -> None:
    async with serving() as server:
        await server.post([{}])
        waiting = [asyncio.create_task(server.engine.watch(ask(BY_CHANNEL))) for _ in range(5)]
        await asyncio.sleep(0)
        for task in waiting[1:]:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await until(lambda: server.engine.status().watchers == 1)


async def test_loading_while_events_arrive_misses_none_and_doubles_none() -> None:
    async with serving() as server:
        total = 0
        clients: list[Client] = []

        async def ingest() -> None:
            nonlocal total
            for _ in range(60):
                await server.post([{}] * 50)
                total += 50
                await asyncio.sleep(0)

        posting = asyncio.create_task(ingest())
        for place in range(12):
            measures = ["count(*)", {"name": f"m{place}", "sql": f"sum(items + {place})"}]
            _, client = await server.watch({**BY_CHANNEL, "measures": measures})
            clients.append(client)
            await asyncio.sleep(0.005)
        await posting
        await until(lambda: all(client.result.offset == server.journal.end for client in clients))
        for place, client in enumerate(clients):
            assert client.result.rows == (("web", total, total * (1 + place)),)


async def test_the_clock_alone_moves_a_window() -> None:
    async with serving() as server:
        _, client = await server.watch({**BY_CHANNEL, "window": {"last": "10m"}})
        await server.post([{"at": -300}, {"at": -10}])
        await until(lambda: client.result.rows == (("web", 2, 2.0),))
        offset = client.result.offset
        server.clock.advance(6 * MINUTE)
        await until(lambda: client.result.rows == (("web", 1, 1.0),))
        assert client.result.offset == offset
        server.clock.advance(10 * MINUTE)
        await until(lambda: client.result.rows == ())


async def test_sql_is_run_again_when_its_stream_moved_and_only_then() -> None:
    async with serving() as server:
        query = {"sql": "select channel, count(*) as n from orders group by channel order by channel"}
        _, client = await server.watch(query)
        assert (client.result.mode, client.result.rows) == ("requery", ())
        await server.post([{}, {"channel": "app"}])
        await until(lambda: client.result.rows == (("app", 1), ("web", 1)))
        runs = server.engine.status().store_queries
        await asyncio.sleep(0.2)
        assert server.engine.status().store_queries == runs
        await asyncio.gather(*(server.post([{}]) for _ in range(200)))
        await until(lambda: client.result.rows == (("app", 1), ("web", 201)))
        assert server.engine.status().store_queries - runs < 60


async def test_any_thread_may_ask_for_the_status_while_queries_come_and_go() -> None:
    """As the hub does for each channel that it opens."""
    with restless(1e-6):
        async with serving(replace(LIMITS, linger=0.0, poll=0.001)) as server:
            left = asyncio.Event()

            def look() -> int:
                looks = 0
                while not left.is_set():
                    assert server.engine.status().watchers >= 0
                    looks += 1
                return looks

            looking = asyncio.create_task(asyncio.to_thread(look))
            for number in range(200):
                watch = await server.engine.watch(ask({**BY_CHANNEL, "where": f"items > {number}"}))
                await server.engine.release(watch.channel)
                if looking.done():
                    break
            left.set()
            assert await looking > 200


async def test_a_new_field_disturbs_nobody() -> None:
    async with serving() as server:
        _, client = await server.watch(BY_CHANNEL)
        wider = msgspec.structs.replace(ORDERS, fields=(*ORDERS.fields, Field("note", FieldType.STRING)))
        await server.engine.define([stream_definition(wider)])
        loads = server.engine.status().store_queries
        batch = pa.RecordBatch.from_pylist([{**event(), "note": "new"}], schema_of(wider))
        await server.engine.append(Events("orders", batch, START))
        await server.post([{}])
        await until(lambda: client.result.rows == (("web", 2, 2.0),))
        assert server.engine.status().store_queries == loads


async def test_a_redefined_table_and_metric_are_shown_at_once() -> None:
    async with serving() as server:
        await server.engine.define([metric("revenue", "sum(total)")])
        _, client = await server.watch({**BY_CHANNEL, "measures": ["revenue"], "by": ["regions.country"]})
        await server.post([{"total": 3.0}])
        await until(lambda: client.result.rows == (("Norway", 3.0),))
        await server.engine.define([regions({"no": "Norge"})])
        await until(lambda: client.result.rows == (("Norge", 3.0),))
        assert isinstance(server.hub.updates[-1].content, Result)
        await server.engine.define([metric("revenue", "sum(total) * 2")])
        await until(lambda: client.result.rows == (("Norge", 6.0),))
        await server.post([{"total": 1.0}])
        await until(lambda: client.result.rows == (("Norge", 8.0),))


async def test_a_metric_that_breaks_leaves_a_stale_result_and_recovers() -> None:
    async with serving(replace(LIMITS, reload_pause=0.05)) as server:
        await server.engine.define([metric("revenue", "sum(total)")])
        _, client = await server.watch({**BY_CHANNEL, "measures": ["revenue"]})
        _, other = await server.watch(BY_CHANNEL)
        await server.engine.define([metric("revenue", "sum(nothing)")])
        await until(lambda: client.result.mode == "stale")
        await server.post([{}])
        await until(lambda: other.result.rows == (("web", 1, 1.0),))
        await server.engine.define([metric("revenue", "max(total)")])
        await until(lambda: client.result.mode == "live")
        assert client.result.rows == (("web", 1.0),)


async def test_a_value_that_breaks_one_query_breaks_no_other() -> None:
    async with serving(replace(LIMITS, reload_pause=30.0)) as server:
        _, good = await server.watch(BY_CHANNEL)
        _, bad = await server.watch({**BY_CHANNEL, "measures": ["sum(items * 9000000000000000000)"]})
        await server.post([{"items": 1}])
        await until(lambda: bad.result.rows == (("web", "9000000000000000000"),))
        await server.post([{"items": 2}])
        await until(lambda: good.result.rows == (("web", 2, 2.0),))
        await until(lambda: bad.result.mode == "stale")
        assert bad.result.rows == (("web", "9000000000000000000"),)


async def test_too_many_groups_are_run_again_instead() -> None:
    async with serving(replace(LIMITS, groups=10)) as server:
        query = {**BY_CHANNEL, "by": ["buyer"], "measures": ["count(*)"], "limit": 3, "order": ["buyer"]}
        _, client = await server.watch(query)
        assert client.result.mode == "live"
        await server.post([{"buyer": f"{number:03}"} for number in range(50)])
        await until(lambda: client.result.mode == "requery")
        await until(lambda: client.result.rows == (("000", 1), ("001", 1), ("002", 1)))
        await server.post([{"buyer": "000"}])
        await until(lambda: client.result.rows[0] == ("000", 2))


async def test_a_bad_query_is_refused_and_leaves_nothing_behind() -> None:
    async with serving() as server:
        with pytest.raises(BadQuery):
            await server.engine.watch(ask({**BY_CHANNEL, "measures": ["sum(nothing)"]}))
        assert server.engine.status().live_queries == 0


async def test_there_is_a_limit_to_live_queries() -> None:
    async with serving(replace(LIMITS, live_queries=1)) as server:
        await server.watch(BY_CHANNEL)
        with pytest.raises(Unavailable):
            await server.engine.watch(ask({**BY_CHANNEL, "by": []}))


async def test_events_past_their_retention_go() -> None:
    async with serving(replace(LIMITS, retention_every=0.05)) as server:
        await server.post([{"at": -7200}, {"at": -60}])
        _, everything = await server.watch({**BY_CHANNEL, "window": {"all": True}})
        assert everything.result.rows == (("web", 2, 2.0),)
        kept = msgspec.structs.replace(ORDERS, retention=3600 * SECOND)
        await server.engine.define([stream_definition(kept)])
        await until(lambda: everything.result.rows == (("web", 1, 1.0),))
        result = await server.engine.query(ask({"sql": "select count(*) as n from orders"}))
        assert result.rows == ((1,),)


async def test_a_restart_replays_what_the_store_lacks() -> None:
    clock = ManualClock(START)
    journal = MemoryJournal(clock=clock)
    async with serving(journal=journal) as server:
        for _ in range(10):
            await server.post([{}])
    async with serving(journal=journal) as server:
        _, client = await server.watch(BY_CHANNEL)
        assert client.result.rows == (("web", 10, 10.0),)
        assert client.result.offset == journal.end


async def test_closing_stores_and_publishes_what_was_acknowledged() -> None:
    async with serving(replace(LIMITS, store_delay=60.0)) as server:
        _, client = await server.watch(BY_CHANNEL)
        await server.post([{}])
        await server.engine.close()
        await asyncio.sleep(0)
        assert client.result.rows == (("web", 1, 1.0),)
        assert server.engine.status().applied == server.journal.end
        with pytest.raises(Unavailable):
            await server.engine.watch(ask(BY_CHANNEL))


def metric(name: str, sql: str) -> Definition:
    return Definition(RecordKind.METRIC, name, msgspec.json.encode(Metric(name, "orders", sql)))


class Refusing(DuckDBStore):
    """A store whose disk is full for a while."""

    full = False

    def apply(self, records: Sequence[Record], *, epoch: str) -> None:
        if self.full:
            raise Unavailable("The disk is full.", code="store_failed")
        super().apply(records, epoch=epoch)


async def test_a_store_that_refuses_is_caught_up_later() -> None:
    store = Refusing(None)
    async with serving(replace(LIMITS, store_retry=0.05), store=store) as server:
        _, client = await server.watch(BY_CHANNEL)
        store.full = True
        await server.post([{}])
        await until(lambda: client.result.rows == (("web", 1, 1.0),))
        with pytest.raises(Unavailable):
            await server.engine.query(ask({**BY_CHANNEL, "by": []}))
        assert server.engine.status().problem == "The disk is full."
        with pytest.raises(Unavailable):
            await server.engine.define([metric("revenue", "sum(total)")])
        await server.post([{}])
        store.full = False
        await until(lambda: client.result.rows == (("web", 2, 2.0),))
        await until(lambda: "revenue" in server.engine.catalog.metrics)
        result = await server.engine.query(ask({**BY_CHANNEL, "by": []}))
        assert result.rows == ((2, 2.0),)
        assert server.engine.status().problem is None
