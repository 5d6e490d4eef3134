"""The hub over a small real engine, with viewers in memory."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nowboard.clock import SECOND, SystemClock
from nowboard.errors import Unavailable
from nowboard.hub.hub import Hub
from nowboard.hub.limits import HubLimits
from nowboard.hub.payload import Payload
from nowboard.model.engine import Ask
from nowboard.model.frames import Change, Result
from nowboard.model.queries import parse_query
from nowboard.model.scopes import EVERYTHING
from tests.hub.engine import TinyEngine
from tests.hub.resolver import DictResolver
from tests.hub.viewer import Viewer

BY = {
    "stream": "events",
    "measures": ["n", "total"],
    "by": ["k"],
    "order": ["-n"],
    "limit": 3,
    "window": {"last": "60s"},
}
TOTAL = {"stream": "events", "measures": ["n"]}
BOARD = {"a": BY, "b": TOTAL, "same": TOTAL, "sql": {"sql": "k"}}


@contextlib.asynccontextmanager
async def running(limits: HubLimits | None = None) -> AsyncIterator[tuple[TinyEngine, Hub]]:
    engine = TinyEngine()
    hub = Hub(engine, DictResolver({"board": BOARD}), clock=SystemClock(), limits=limits)
    engine.publish = hub.publish
    hub.start()
    try:
        yield engine, hub
    finally:
        await hub.stop()
        assert not engine.lives


async def eventually(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event to offer
            await asyncio.sleep(0.001)


def shows(viewer: Viewer, engine: TinyEngine, query: Any, request_id: str = "s") -> bool:
    held = viewer.result(request_id)
    ask = Ask(parse_query(query), EVERYTHING)
    return held is not None and held.rows == engine.answer(ask).rows


async def test_updates_between_the_answer_and_the_join_are_not_lost() -> None:
    async with running() as (engine, hub):
        engine.add(({"k": "a"}, 1.0))
        engine.hold = asyncio.Event()
        viewer = Viewer(hub)
        viewer.say(type="subscribe", id="s", query=BY)
        await eventually(lambda: engine.watches == 1)
        for number in range(5):
            engine.add(({"k": f"b{number}"}, 1.0))
            engine.pass_time(1000)
            await asyncio.sleep(0.01)
        engine.hold.set()
        await eventually(lambda: shows(viewer, engine, BY))
        engine.add(({"k": "a"}, 1.0))
        await eventually(lambda: shows(viewer, engine, BY))


async def test_equal_asks_are_one_watch_however_many_come_at_once() -> None:
    async with running() as (engine, hub):
        engine.hold = asyncio.Event()
        viewers = [Viewer(hub) for _ in range(20)]
        for viewer in viewers:
            viewer.say(type="subscribe", id="s", dashboard="board")
        await eventually(lambda: engine.watches == 3)
        engine.hold.set()
        await eventually(lambda: all(viewer.of("subscribed") for viewer in viewers))
        (answer,) = viewers[0].of("subscribed")
        channels = {each["widget"]: each["channel"] for each in answer["channels"]}
        assert channels["b"] == channels["same"]
        assert (engine.watches, len(engine.lives), hub.stats.channels) == (3, 3, 3)


async def test_a_query_that_nobody_waits_for_is_cancelled() -> None:
    async with running() as (engine, hub):
        engine.hold = asyncio.Event()
        one, other = Viewer(hub), Viewer(hub)
        for viewer in (one, other):
            viewer.say(type="subscribe", id="s", query=TOTAL)
        await eventually(lambda: engine.watches == 1)
        one.connection.left()
        await asyncio.sleep(0.01)
        assert engine.waiting == 1
        other.connection.left()
        await eventually(lambda: engine.waiting == 0)
        assert hub.stats.channels == 0


async def test_the_last_one_leaving_lets_go_after_a_while() -> None:
    async with running(HubLimits(linger=0.1, resolution=0.02)) as (engine, hub):
        one, other = Viewer(hub), Viewer(hub)
        for viewer in (one, other):
            viewer.say(type="subscribe", id="s", query=TOTAL)
        await eventually(lambda: None not in (one.result(), other.result()))
        one.connection.left()
        other.say(type="unsubscribe", id="s")
        await asyncio.sleep(0.05)
        assert len(engine.lives) == 1
        await eventually(lambda: not engine.lives)


async def test_an_update_opens_the_new_before_it_lets_go_of_the_old() -> None:
    async with running(HubLimits(linger=0.0, resolution=0.01)) as (engine, hub):
        viewer = Viewer(hub)
        viewer.say(type="subscribe", id="s", query=TOTAL)
        await eventually(lambda: viewer.result() is not None)
        engine.hold = asyncio.Event()
        viewer.say(type="update", id="s", filters={"k": ["a"]})
        await eventually(lambda: engine.watches == 2)
        engine.add(({"k": "b"}, 1.0))
        await eventually(lambda: shows(viewer, engine, TOTAL))
        engine.hold.set()
        await eventually(lambda: len(viewer.of("subscribed")) == 2 and len(engine.lives) == 1)
        assert [each["type"] for each in viewer.messages[-2:]] == ["subscribed", "snapshot"]


async def test_requests_are_answered_in_order() -> None:
    async with running() as (engine, hub):
        engine.hold = asyncio.Event()
        viewer = Viewer(hub)
        for message in ({"type": "subscribe", "query": TOTAL}, {"type": "unsubscribe"}, {"type": "refresh"}):
            viewer.say(id="s", **message)
        await asyncio.sleep(0.02)
        assert not viewer.of("error")
        engine.hold.set()
        await eventually(lambda: bool(viewer.of("error")))
        assert [each["type"] for each in viewer.messages] == ["welcome", "subscribed", "snapshot", "error"]


async def test_a_batch_of_updates_leaves_as_one_write() -> None:
    async with running() as (engine, hub):
        viewer = Viewer(hub)
        viewer.say(type="subscribe", id="s", dashboard="board")
        await eventually(lambda: len(viewer.held) == 3)
        writes = viewer.writes
        for _ in range(10):
            engine.add(({"k": "a"}, 1.0))
        await eventually(lambda: viewer.held[viewer.of("subscribed")[0]["channels"][1]["channel"]].rows == ((10,),))
        assert viewer.writes == writes + 1
        assert viewer.of("delta")[-1]["conflated"] == 9


async def test_latencies_are_observed() -> None:
    async with running() as (engine, hub):
        viewer = Viewer(hub)
        viewer.say(type="subscribe", id="s", query=TOTAL)
        await eventually(lambda: viewer.result() is not None)
        (channel,) = viewer.held
        received = SystemClock().now() - 2 * SECOND
        engine.publish_as(channel.partition(".")[0], Change(0, 1, 0, ((1,),)), received)
        await eventually(lambda: bool(viewer.of("delta")))
        viewer.say(type="seen", channel=channel, offset=1)
        viewer.say(type="seen", channel="unknown", offset=1)
        viewer.say(type="seen", channel=channel, offset=99)
        assert (hub.stats.push.count, hub.stats.paint.count) == (1, 1)
        assert 2 <= hub.stats.push.sum <= hub.stats.paint.sum < 4


async def test_publishing_from_a_thread_while_viewers_come_and_go() -> None:
    async with running() as (engine, hub):

        def ingest() -> None:
            for number in range(300):
                engine.add(({"k": f"k{number % 7}"}, 1.0))
                time.sleep(0.0005)

        viewers: list[Viewer] = []
        thread = threading.Thread(target=ingest)
        thread.start()
        while thread.is_alive():
            viewers.append(_joined(hub))
            await asyncio.sleep(0.005)
        await eventually(lambda: all(shows(viewer, engine, BY) for viewer in viewers))
        assert len(viewers) > 10


async def test_a_full_or_stopping_hub_refuses() -> None:
    async with running(HubLimits(sessions=1)) as (_, hub):
        first = Viewer(hub)
        with pytest.raises(Unavailable):
            Viewer(hub)
        first.connection.left()
        last = Viewer(hub)
        hub.disconnect_all()
        assert last.closed == (1012, "the server restarts")
        with pytest.raises(Unavailable):
            Viewer(hub)


async def test_a_new_epoch_is_a_snapshot() -> None:
    async with running() as (engine, hub):
        engine.add(({"k": "a"}, 1.0))
        viewer = Viewer(hub)
        viewer.say(type="subscribe", id="s", query=TOTAL)
        await eventually(lambda: viewer.result() is not None)
        (channel,) = viewer.held
        columns = viewer.held[channel].columns
        engine.publish_as(channel.partition(".")[0], Result(columns, ((7,),), "e2", 0, 5, mode="live"))
        await eventually(lambda: viewer.held[channel].rows == ((7,),))
        assert viewer.held[channel].epoch == "e2"


steps = st.lists(
    st.sampled_from(
        ["add", "add", "add", "tick", "tick", "full", "drain", "refresh", "filter", "leave", "join", "rest"]
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(steps, st.integers(0, 10_000), st.sampled_from([1, 4, 512]))
def test_whatever_happens_viewers_end_with_the_newest_state(happenings: list[str], seed: int, tail: int) -> None:
    asyncio.run(_story(happenings, random.Random(seed), HubLimits(tail_updates=tail, pause=0.0)))


async def _story(happenings: list[str], choose: random.Random, limits: HubLimits) -> None:
    async with running(limits) as (engine, hub):
        viewers = [_joined(hub), _joined(hub)]
        for what in happenings:
            viewer = choose.choice(viewers)
            match what:
                case "add":
                    engine.add(*(({"k": choose.choice("abcde")}, 1.0) for _ in range(choose.randint(1, 4))))
                case "tick":
                    engine.pass_time(choose.randint(1, 40_000))
                case "full":
                    viewer.full()
                case "drain":
                    viewer.drain()
                case "refresh":
                    viewer.say(type="refresh", id="s")
                case "filter":
                    viewer.say(type="update", id="s", interval=choose.choice([0, 5]))
                case "join":
                    viewers.append(_joined(hub))
                case "leave" if len(viewers) > 1:
                    viewer.connection.left()
                    viewers.remove(viewer)
                case _:
                    await asyncio.sleep(choose.choice([0, 0.002]))
        for viewer in viewers:
            viewer.drain()
        await eventually(lambda: all(shows(viewer, engine, BY) for viewer in viewers))


def _joined(hub: Hub) -> Viewer:
    viewer = Viewer(hub)
    viewer.say(type="subscribe", id="s", query=BY)
    return viewer


class Broken(Viewer):
    """A transport that fails once it is in use."""

    broken = False

    def send(self, payload: Payload) -> None:
        if self.broken:
            raise OSError("no such socket")
        super().send(payload)


async def test_a_transport_that_fails_ends_alone() -> None:
    async with running() as (engine, hub):
        broken, sound = Broken(hub), Viewer(hub)
        for viewer in (broken, sound):
            viewer.say(type="subscribe", id="s", query=TOTAL)
        await eventually(lambda: None not in (broken.result(), sound.result()))
        broken.broken = True
        engine.add(({"k": "a"}, 1.0))
        await eventually(lambda: shows(sound, engine, TOTAL))
        assert broken.closed == (1011, "the transport failed")
        assert hub.stats.sessions == {"memory": 1}
