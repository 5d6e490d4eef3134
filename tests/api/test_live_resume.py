"""Coming back: the whole tail or a snapshot, never a part, and always the same numbers."""

from __future__ import annotations

import random

from nowboard.hub.limits import HubLimits
from tests.api.live import BY_CARRIER, BY_ORIGIN, LiveSite, SocketClient, eventually, live_site

BY = {**BY_CARRIER, "window": {"last": "60s"}}
CARRIERS = ("AA", "UA", "DL", "B6", "AS", "F9", "NK")


def _happen(site: LiveSite, choose: random.Random) -> None:
    if choose.random() < 0.3:
        site.engine.pass_time(choose.randint(1, 20_000))
    else:
        site.engine.add(*(({"carrier": choose.choice(CARRIERS), "origin": "JFK"}, 1.0) for _ in range(3)))


async def _come_back(site: LiveSite, gone: SocketClient, query: object) -> SocketClient:
    """A new socket that takes over what `gone` held."""
    client = SocketClient(await site.socket())
    client.held = dict(gone.held)
    await client.say(type="subscribe", id="s", query=query, resume=gone.positions())
    await client.hear("subscribed")
    await client.say(type="ping")
    await client.hear("pong")
    return client


async def _subscribed(site: LiveSite, query: object) -> SocketClient:
    client = SocketClient(await site.socket())
    await client.say(type="subscribe", id="s", query=query)
    await client.hear("snapshot")
    return client


async def test_the_whole_tail_is_recovered() -> None:
    async with live_site() as site:
        client = await _subscribed(site, BY)
        choose = random.Random(7)
        for _ in range(30):
            await client.socket.close()
            for _ in range(choose.randint(0, 6)):
                _happen(site, choose)
            client = await _come_back(site, client, BY)
            assert client.of("subscribed")[0]["recovered"] is True
            assert not client.of("snapshot")
            await client.until([list(row) for row in _rows(site)])
        await client.socket.close()
        assert site.hub.stats.resumed == site.hub.stats.recovered == 30


async def test_a_tail_that_is_gone_becomes_a_snapshot() -> None:
    async with live_site(HubLimits(tail_updates=4)) as site:
        client = await _subscribed(site, BY_ORIGIN)
        await client.socket.close()
        for number in range(9):
            site.engine.add(({"origin": f"o{number}"}, 1.0))
        back = await _come_back(site, client, BY_ORIGIN)
        assert back.of("subscribed")[0].get("recovered", False) is False
        assert len(back.of("snapshot")) == 1
        assert back.rows() == [[f"o{number}", 1] for number in range(9)]
        await back.socket.close()


async def test_one_lost_tail_means_snapshots_for_all() -> None:
    async with live_site(HubLimits(tail_updates=4)) as site:
        client = SocketClient(await site.socket())
        await client.say(type="subscribe", id="s", dashboard="board")
        await client.until([[0]], "total")
        await client.socket.close()
        positions = client.positions()
        positions[client.channels["carrier"]] = ("e1", -5)
        back = SocketClient(await site.socket())
        await back.say(type="subscribe", id="s", dashboard="board", resume=positions)
        await back.until([[0]], "total")
        assert back.of("subscribed")[0].get("recovered", False) is False
        assert len(back.of("snapshot")) == 4
        await back.socket.close()


async def test_positions_that_cannot_be_compared_become_snapshots() -> None:
    async with live_site(HubLimits(linger=0.0, resolution=0.02)) as site:
        client = await _subscribed(site, BY_ORIGIN)
        channel = client.channels["None"]
        for held in ({channel: ("other", 0)}, {channel: ("e1", 99)}, {"unknown": ("e1", 0)}):
            back = SocketClient(await site.socket())
            await back.say(type="subscribe", id="s", query=BY_ORIGIN, resume=held)
            assert (await back.hear("subscribed")).get("recovered", False) is False
            await back.hear("snapshot")
            await back.socket.close()
        await client.socket.close()


async def test_a_channel_that_was_let_go_is_another_one() -> None:
    async with live_site(HubLimits(linger=0.0, resolution=0.02)) as site:
        client = await _subscribed(site, BY)
        await client.socket.close()
        await eventually(lambda: not site.engine.lives)
        back = await _come_back(site, client, BY)
        assert back.of("subscribed")[0].get("recovered", False) is False
        assert back.channels != client.channels
        await back.socket.close()


def _rows(site: LiveSite) -> list[tuple[object, ...]]:
    (live,) = site.engine.lives.values()
    return list(site.engine.answer(live.ask).rows)
