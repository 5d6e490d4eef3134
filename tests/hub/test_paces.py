"""The hub watches a channel once, at a pace that satisfies everyone who opened it."""

from __future__ import annotations

import asyncio

from nowboard.clock import ManualClock
from nowboard.hub.channels import Channels
from nowboard.hub.limits import HubLimits
from nowboard.hub.stats import HubStats
from nowboard.model.engine import Ask
from nowboard.model.keeping import PROMPT, Pace
from nowboard.model.queries import SqlQuery
from nowboard.model.scopes import EVERYTHING
from tests.hub.engine import TinyEngine

SELDOM = Pace(every=300.0)
ASK = Ask(SqlQuery("carrier"), EVERYTHING)


async def test_a_quicker_viewer_makes_the_one_watch_quicker_and_a_slower_one_changes_nothing() -> None:
    engine, clock, limits = TinyEngine(), ManualClock(), HubLimits()
    channels = Channels(engine, clock, limits, HubStats())
    channels.start()
    channel = await channels.open(ASK, SELDOM)
    (live,) = engine.lives.values()
    assert live.paces == [SELDOM]
    assert await channels.open(ASK, PROMPT) is channel, "a pace is no part of what is asked"
    for _ in range(5):
        await asyncio.sleep(0)
    assert live.paces == [PROMPT]
    watches = engine.watches
    assert await channels.open(ASK, SELDOM) is channel
    assert (engine.watches, live.paces) == (watches, [PROMPT])
    channels.refresh(channel)
    assert engine.refreshed == [live.channel]
    await channels.close()
    assert engine.lives == {}
