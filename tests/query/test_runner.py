"""The runner: cached by position, shared while it runs, cancelled when nobody waits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Collection, Iterator
from typing import Any

import msgspec
import pytest

from nowboard.clock import SECOND, ManualClock
from nowboard.errors import BadQuery, Forbidden, QueryTimeout, Unavailable
from nowboard.model.scopes import EVERYTHING, NOTHING, Predicate, Scope
from nowboard.query.canonical import Preparer, channel_id
from nowboard.query.runner import QueryLimits, QueryRunner
from nowboard.stores.duckdb import DuckDBStore
from tests.query.shop import CATALOG, EPOCH, NOW, append, ask, make_store, offsets_of, order

COUNT = {"stream": "orders", "measures": ["count(*)"]}
ENDLESS = "SELECT count(*) FROM orders a, orders b, orders c, orders d WHERE (a.qty + b.qty * c.qty + d.qty) % 7 = 3"


@pytest.fixture
def store() -> Iterator[DuckDBStore]:
    made = make_store([order(NOW - 1, store="a"), order(NOW - 2, store="b")])
    yield made
    made.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def runner(store: DuckDBStore, clock: ManualClock) -> Iterator[QueryRunner]:
    made = QueryRunner(store, clock, stream_offsets=offsets_of(store))
    yield made
    made.close()


async def run(runner: QueryRunner, query: Any, scope: Scope = EVERYTHING, **more: Any) -> Any:
    return await runner.run(ask(query, scope, **more), CATALOG, EPOCH)


async def test_a_second_ask_comes_from_the_cache(runner: QueryRunner, store: DuckDBStore, clock: ManualClock) -> None:
    first = await run(runner, COUNT)
    clock.advance(5 * SECOND)
    second = await run(runner, COUNT)
    assert (first.mode, second.mode) == ("fresh", "cached")
    assert first.rows == second.rows == ((2,),)
    assert second.as_of == first.as_of + 5000
    assert (first.offset, first.epoch) == (store.applied, EPOCH)
    stats = runner.stats()
    assert (stats.runs, stats.hits, stats.misses, stats.cached) == (1, 1, 1, 1)
    assert stats.cached_bytes > 0


async def test_new_events_are_seen_at_once(runner: QueryRunner, store: DuckDBStore) -> None:
    assert (await run(runner, COUNT)).rows == ((2,),)
    append(store, [order(NOW)])
    third = await run(runner, COUNT)
    assert (third.mode, third.rows, third.offset) == ("fresh", ((3,),), store.applied)


async def test_other_streams_do_not_touch_the_cache(store: DuckDBStore, clock: ManualClock) -> None:
    positions = {"orders": 3, "shops": 2}

    def offsets(names: Collection[str]) -> tuple[int, ...]:
        return tuple(positions[name] for name in names)

    runner = QueryRunner(store, clock, stream_offsets=offsets)
    assert (await run(runner, COUNT)).offset == 3
    store.apply([], epoch=EPOCH)
    positions["shops"] = 9
    assert (await run(runner, COUNT)).mode == "cached"
    assert (await run(runner, {**COUNT, "by": ["shop.city"]})).mode == "fresh"
    runner.close()


async def test_an_answer_older_than_its_key_is_not_kept(store: DuckDBStore, clock: ManualClock) -> None:
    runner = QueryRunner(store, clock, stream_offsets=lambda names: tuple(99 for _ in names))
    for _ in range(2):
        assert (await run(runner, COUNT)).mode == "fresh"
    runner.close()


async def test_a_moving_window_is_asked_again_when_it_moved(runner: QueryRunner, clock: ManualClock) -> None:
    query = {**COUNT, "window": {"last": "1h"}}
    assert (await run(runner, query)).rows == ((2,),)
    clock.advance(1 * SECOND)
    assert (await run(runner, query)).mode == "cached"
    clock.advance(3600 * SECOND)
    later = await run(runner, query)
    assert (later.mode, later.rows) == ("fresh", ((0,),))


async def test_now_in_sql_is_the_runner_s_clock(runner: QueryRunner, clock: ManualClock) -> None:
    query = {"sql": "SELECT now() AS n, count(*) AS c FROM orders WHERE ts > now() - INTERVAL '1 hour'"}
    first = await run(runner, query)
    assert first.rows == ((NOW // 1000, 2),)
    assert (await run(runner, query)).mode == "cached"
    clock.advance(SECOND)
    assert (await run(runner, query)).rows == ((NOW // 1000 + 1000, 2),)


async def test_scopes_never_share(runner: QueryRunner) -> None:
    """C25: the cache's key holds the scope; attributes that no predicate names are no part of it."""
    mine = Scope(streams={"orders": Predicate("store = :s")}, attributes={"s": "a"})
    other = Scope(streams={"orders": Predicate("store = :s")}, attributes={"s": "b"})
    wide = Scope(everything=True, masks={"email": "hide"})
    for scope, count in ((EVERYTHING, 2), (mine, 1), (other, 1), (wide, 2)):
        result = await run(runner, COUNT, scope)
        assert (result.mode, result.rows) == ("fresh", ((count,),))
    named = Scope(everything=True, attributes={"user_id": "usr_1", "email": "me@example.org"})
    assert (await run(runner, COUNT, named)).mode == "cached"
    with pytest.raises(Forbidden):
        await run(runner, COUNT, NOTHING)


async def test_equal_asks_at_the_same_time_run_once(runner: QueryRunner) -> None:
    results = await asyncio.gather(*(run(runner, COUNT) for _ in range(50)))
    assert {result.rows for result in results} == {((2,),)}
    stats = runner.stats()
    assert (stats.runs, stats.shared) == (1, 49)


async def test_errors_reach_everyone_and_are_not_kept(runner: QueryRunner) -> None:
    bad = {"stream": "orders", "measures": ["sum(qty * 9223372036854775807 * (qty + 2))"]}
    append_query = {"sql": "SELECT 9223372036854775807 * length(store) * 9 FROM orders"}
    found = await asyncio.gather(*(run(runner, append_query) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(one, BadQuery) for one in found)
    assert runner.stats().cached == 0
    assert (await run(runner, bad)).rows == ((None,),)


async def test_a_query_nobody_waits_for_is_cancelled(clock: ManualClock) -> None:
    store = make_store([order(NOW, qty=one) for one in range(2000)])
    runner = QueryRunner(store, clock, QueryLimits(workers=1, timeout=60), stream_offsets=offsets_of(store))
    first = asyncio.create_task(run(runner, {"sql": ENDLESS}))
    second = asyncio.create_task(run(runner, {"sql": ENDLESS}))
    await asyncio.sleep(0.3)
    first.cancel()
    await asyncio.sleep(0.05)
    assert not second.done(), "one caller leaving does not disturb the other"
    queued = asyncio.create_task(run(runner, COUNT))
    await asyncio.sleep(0)
    second.cancel()
    # the only worker is free again at once
    async with asyncio.timeout(5):
        assert (await queued).rows == ((2000,),)
    for task in (first, second):
        with pytest.raises(asyncio.CancelledError):
            await task
    runner.close()
    store.close()


async def test_a_query_has_a_time_limit(clock: ManualClock) -> None:
    store = make_store([order(NOW, qty=one) for one in range(2000)])
    runner = QueryRunner(store, clock, QueryLimits(timeout=0.2), stream_offsets=offsets_of(store))
    with pytest.raises(QueryTimeout):
        await run(runner, {"sql": ENDLESS})
    assert runner.stats().failures == 1
    runner.close()
    store.close()


async def test_too_many_waiting_queries_are_refused(clock: ManualClock) -> None:
    store = make_store([order(NOW, qty=one) for one in range(2000)])
    limits = QueryLimits(workers=1, waiting=1, timeout=60)
    runner = QueryRunner(store, clock, limits, stream_offsets=offsets_of(store))
    tasks = [asyncio.create_task(run(runner, {"sql": f"{ENDLESS} AND a.qty < {most}"})) for most in (3000, 3001)]
    await asyncio.sleep(0.05)
    with pytest.raises(Unavailable) as caught:
        await run(runner, COUNT)
    assert caught.value.retry_after
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    runner.close()
    store.close()


async def test_the_cache_has_a_bound(store: DuckDBStore, clock: ManualClock) -> None:
    runner = QueryRunner(store, clock, QueryLimits(cache_bytes=700), stream_offsets=offsets_of(store))
    for limit in range(1, 9):
        await run(runner, {"sql": "SELECT * FROM orders", "limit": limit})
    stats = runner.stats()
    assert 0 < stats.cached < 8
    assert stats.cached_bytes <= 700
    runner.close()


def test_channels_are_equal_for_equal_asks() -> None:
    def channel(query: Any, scope: Scope = EVERYTHING, **more: Any) -> str:
        return channel_id(ask(query, scope, **more), CATALOG)

    query = {"stream": "orders", "measures": ["sum(total)"], "by": ["channel"]}
    base = channel(query)
    assert base == channel({"by": ["channel"], "measures": ["SUM( total )"], "stream": "orders"})
    assert base == channel(
        {"stream": "orders", "measures": ["sum(total)"], "by": ["channel"]}, filters={"nothing": [1]}
    )
    others = [
        channel({"stream": "orders", "measures": ["sum(total)"], "by": ["status"]}),
        channel({"stream": "orders", "measures": ["sum(total)"], "by": ["channel"]}, filters={"status": ["paid"]}),
        channel(
            {"stream": "orders", "measures": ["sum(total)"], "by": ["channel"]},
            Scope(everything=True, streams={"orders": Predicate("qty = :a")}, attributes={"a": 1}),
        ),
    ]
    assert len({base, *others}) == 4
    sql = {"sql": "SELECT * FROM orders WHERE qty = :q", "parameters": [{"name": "q", "type": "integer"}]}
    assert channel(sql, parameters={"q": 1}) == channel(
        {**sql, "sql": "select * from ORDERS where qty=:q"}, parameters={"q": 1}
    )
    assert channel(sql, parameters={"q": 1}) != channel(sql, parameters={"q": 2})


def test_plans_are_remembered_until_the_definitions_change() -> None:
    preparer = Preparer(limit=2)
    first = preparer.prepare(ask(COUNT), CATALOG)
    assert preparer.prepare(ask(COUNT), CATALOG) is first
    changed = msgspec.structs.replace(CATALOG, offset=CATALOG.offset + 1)
    assert preparer.prepare(ask(COUNT), changed) is not first
    preparer.prepare(ask({**COUNT, "limit": 1}), CATALOG)
    preparer.prepare(ask({**COUNT, "limit": 2}), CATALOG)
    assert preparer.prepare(ask(COUNT), CATALOG) is not first


def test_closing_leaves_no_threads(store: DuckDBStore, clock: ManualClock) -> None:
    before = threading.active_count()
    runner = QueryRunner(store, clock, stream_offsets=offsets_of(store))
    asyncio.run(run(runner, COUNT))
    runner.close()
    assert threading.active_count() == before
