"""Many viewers and slow ones."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from nowboard.hub.limits import HubLimits
from tests.api.live import BY_ORIGIN, TOTAL, LiveSite, SocketClient, close_code, eventually, live_site

VIEWERS = 500
WIDE = 2000


async def test_one_computation_and_one_encode_for_500_viewers() -> None:
    async with live_site() as site:
        site.engine.add(({"origin": "JFK"}, 1.0))
        clients = [SocketClient(await site.socket()) for _ in range(VIEWERS)]
        for client in clients:
            await client.say(type="subscribe", id="s", query=BY_ORIGIN)
        await asyncio.gather(*(client.until([["JFK", 1]]) for client in clients))
        assert (site.engine.watches, site.hub.stats.encodes, site.hub.stats.snapshots) == (1, 1, 1)
        computed = site.engine.computations
        sent = site.hub.stats.deliveries["websocket"]
        site.engine.add(({"origin": "EWR"}, 1.0))
        await asyncio.gather(*(client.until([["EWR", 1], ["JFK", 1]]) for client in clients))
        assert (site.engine.computations, site.hub.stats.encodes) == (computed + 1, 2)
        assert site.hub.stats.deliveries["websocket"] == sent + VIEWERS
        await asyncio.gather(*(client.socket.close() for client in clients))
        await eventually(lambda: not site.hub.stats.sessions["websocket"])
        assert not site.hub.principals()


async def test_an_interval_holds_updates_back_and_then_sends_the_newest_state() -> None:
    async with live_site() as site, site.socket() as slow, site.socket() as quick:
        calm, eager = SocketClient(slow), SocketClient(quick)
        await calm.say(type="subscribe", id="s", query=TOTAL, interval=300)
        await eager.say(type="subscribe", id="s", query=TOTAL)
        await calm.until([[0]])
        await eager.until([[0]])
        started = time.monotonic()
        for count in range(1, 21):
            site.engine.add(({}, 1.0))
            await eager.until([[count]])
        assert len(eager.of("delta")) == 20
        await calm.until([[20]])
        # the loop wakes up to a clock tick early
        assert time.monotonic() - started >= 0.24
        assert len(calm.of("delta")) <= 4
        assert sum(1 + delta.get("conflated", 0) for delta in calm.of("delta")) == 20


async def _wide(site: LiveSite) -> None:
    """An update that touches every row of a wide result: about 100 KB."""
    site.engine.add(*(({"origin": f"airport with a long name, number {row:05d}"}, 1.0) for row in range(WIDE)))
    await asyncio.sleep(0)


async def _reluctant(site: LiveSite) -> SocketClient:
    """A client that has subscribed and can hold little unread."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect(("127.0.0.1", site.port))
    client = SocketClient(await site.socket(sock=raw, max_queue=1, max_size=None))
    await client.say(type="subscribe", id="s", query=BY_ORIGIN)
    await client.hear("snapshot")
    client.socket.transport.pause_reading()
    return client


@pytest.mark.parametrize(("tail_bytes", "kind"), [(16 * 1024 * 1024, "delta"), (0, "snapshot")])
async def test_a_viewer_that_does_not_read_gets_the_newest_state_when_it_does(tail_bytes: int, kind: str) -> None:
    async with live_site(HubLimits(tail_bytes=tail_bytes)) as site, site.socket(max_size=None) as other:
        await _wide(site)
        slow, brisk = await _reluctant(site), SocketClient(other)
        await brisk.say(type="subscribe", id="s", query=BY_ORIGIN)
        await brisk.hear("snapshot")
        for count in range(2, 32):
            await _wide(site)
            async with asyncio.timeout(5):
                while brisk.rows()[0][1] != count:
                    await brisk.step()
        assert max(each.get("conflated", 0) for each in brisk.of("delta")) == 0
        slow.socket.transport.resume_reading()
        async with asyncio.timeout(10):
            while slow.rows() != brisk.rows():
                await slow.step()
        assert slow.messages[-1]["type"] == kind
        assert len(slow.messages) < 15
        assert site.hub.stats.conflations > 15
        if kind == "delta":
            assert sum(1 + each.get("conflated", 0) for each in slow.of("delta")) == 30
        await slow.socket.close()


async def test_a_viewer_that_never_reads_is_closed_with_4408() -> None:
    async with live_site(HubLimits(stall=0.4, resolution=0.05)) as site:
        await _wide(site)
        client = await _reluctant(site)
        started = time.monotonic()
        while site.hub.stats.sessions["websocket"]:
            assert time.monotonic() - started < 20
            await _wide(site)
            await asyncio.sleep(0.02)
        assert site.hub.stats.closed == {4408: 1}
        client.socket.transport.resume_reading()
        assert await close_code(client.socket) == 4408
