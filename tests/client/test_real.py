"""The client against the real server."""

from __future__ import annotations

import asyncio

from nowboard.client import AsyncClient, Client, ClientLimits
from nowboard.model.engine import Ask
from nowboard.model.queries import MetricQuery, Window
from nowboard.model.scopes import EVERYTHING
from nowboard.testing import Served, make_app, make_token, serving

QUICK = ClientLimits(linger=0.02, first_retry=0.01, last_retry=0.05)


async def totals(served: Served) -> tuple[int, float]:
    query = MetricQuery("orders", ("count(*)", "sum(total)"), window=Window(all=True))
    count, total = (await served.app.engine.query(Ask(query, EVERYTHING))).rows[0]
    return int(count or 0), float(total or 0)


async def test_tracked_events_can_be_asked_for() -> None:
    async with serving(make_app()) as served:
        token = await make_token(served.app, role="editor")
        async with AsyncClient(served.url, token, QUICK) as client:
            for number in range(2_000):
                assert client.track("orders", {"channel": "web", "total": number / 2, "event_id": f"o{number}"})
            assert await client.flush(20)
            assert (client.stats.sent, client.stats.rejected, client.stats.failed) == (2_000, 0, 0)
        assert await totals(served) == (2_000, 999_500.0)


async def test_bad_events_are_counted_and_good_ones_kept() -> None:
    async with serving(make_app()) as served:
        token = await make_token(served.app, role="editor")
        client = Client(served.url, token, QUICK)
        client.track("orders", {"total": 1.5})
        assert await asyncio.to_thread(client.flush, 20)
        client.track("orders", {"total": 2.5})
        client.track("orders", {"total": "many"})
        assert await asyncio.to_thread(client.close, 20)
        assert (client.stats.sent, client.stats.rejected) == (2, 1)
        assert await totals(served) == (2, 4.0)


async def test_without_the_right_nothing_is_sent_for_ever() -> None:
    async with serving(make_app()) as served:
        token = await make_token(served.app, role="viewer")
        async with AsyncClient(served.url, token, QUICK) as client:
            client.track("orders", {"total": 1.0})
            assert await client.flush(20)
            assert (client.stats.sent, client.stats.failed) == (0, 1)
