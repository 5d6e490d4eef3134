"""One, 50 and 500 viewers of a whole dashboard: the server computes, asks the store and encodes the same."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from nowboard.testing import make_app, make_token, serving
from tests.api.live import SocketClient

ROUNDS = 5
BATCH = 40
STREAM = {
    "name": "orders",
    "time": "at",
    "fields": {"at": "timestamp", "channel": "string", "store": "integer", "total": "float"},
}
QUERIES = {
    "count": {"stream": "orders", "measures": ["count(*)"], "window": {"all": True}},
    "channels": {"stream": "orders", "measures": ["sum(total)"], "by": ["channel"], "window": {"all": True}},
    "stores": {
        "stream": "orders", "measures": ["count(*)"], "by": ["store"], "order": ["-count"], "limit": 5,
        "window": {"all": True},
    },
    "minutes": {
        "stream": "orders", "measures": ["avg(total)"], "grain": "1m",
        "window": {"from": "2026-03-01T10:00:00Z", "to": "2026-03-01T10:05:00Z"},
    },
    "paid": {"stream": "orders", "measures": ["count(*)"], "where": "total > 10", "window": {"all": True}},
}  # fmt: skip
COUNTED = ("computations", "store_queries", "encodes", "snapshots", "updates")
"""What must not depend on how many look."""


def dashboard() -> dict[str, Any]:
    widgets = [
        {"id": name, "kind": "table", "query": query, "layouts": {"lg": {"x": 0, "y": 4 * i, "w": 12, "h": 4}}}
        for i, (name, query) in enumerate(QUERIES.items())
    ]
    return {"id": "shop", "title": "Shop", "widgets": widgets}


def events(round_: int) -> list[dict[str, Any]]:
    return [
        {
            "at": 1_772_359_200_000 + i * 1_000,
            "channel": "web" if i % 3 else "till",
            "store": i % 7,
            "total": i + round_,
        }
        for i in range(BATCH)
    ]


async def counters(client: httpx.AsyncClient) -> dict[str, int]:
    """The counters of the metrics page, by their names."""
    text = (await client.get("/metrics")).text
    found = re.findall(r"^nowboard_(\w+?)_total(?:\{transport=\"websocket\"\})? ([0-9.e+]+)$", text, re.MULTILINE)
    return {name: int(float(value)) for name, value in found}


async def until(client: SocketClient, offset: int) -> None:
    """Read until every widget shows the journal up to `offset`; every batch changes all of them."""
    async with asyncio.timeout(30):
        while not all(_shows(client, name, offset) for name in QUERIES):
            await client.step()


def _shows(client: SocketClient, name: str, offset: int) -> bool:
    held = client.held.get(client.channels.get(name, ""))
    return held is not None and held.offset >= offset


async def look(viewers: int) -> tuple[dict[str, int], list[list[list[Any]]]]:
    """A fresh server with this many viewers and the same events: what it counted, and what everyone saw."""
    async with serving(make_app()) as site, AsyncExitStack() as stack:
        token = {"Authorization": f"Bearer {await make_token(site.app)}"}
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=site.url, headers=token, trust_env=False))
        assert (await client.post("/api/v1/streams", json=STREAM)).status_code == 201
        assert (await client.put("/api/v1/dashboards/shop?publish=true", json=dashboard())).status_code == 200
        address = f"ws://127.0.0.1:{site.port}/api/v1/live"
        opening = [connect(address, additional_headers=token, compression=None, proxy=None) for _ in range(viewers)]
        clients = [SocketClient(await stack.enter_async_context(each)) for each in opening]
        for each in clients:
            await each.say(type="subscribe", id="1", dashboard="shop")
        await asyncio.gather(*(until(each, 0) for each in clients))
        opened = await counters(client)
        for round_ in range(ROUNDS):
            answer = await client.post("/api/v1/streams/orders/events", content=json.dumps(events(round_)))
            assert answer.json()["accepted"] == BATCH
            await asyncio.gather(*(until(each, answer.json()["offset"]) for each in clients))
        counted = await counters(client)
        assert counted["deliveries"] - opened["deliveries"] >= viewers * ROUNDS
        seen = {json.dumps([each.rows(name) for name in QUERIES]) for each in clients}
        assert len(seen) == 1, "not everyone sees the same"
        return counted, json.loads(seen.pop())


def told(counted: dict[str, int], names: Sequence[str] = COUNTED) -> dict[str, int]:
    return {name: counted[name] for name in names}


@pytest.mark.timeout(180)
async def test_the_audience_costs_no_computation_no_query_and_no_encoding() -> None:
    alone, shown = await look(1)
    assert shown[0] == [[BATCH * ROUNDS]]
    assert told(alone)["updates"] == len(QUERIES) * ROUNDS, "one update for each channel and batch"
    assert alone["encodes"] == alone["updates"] + len(QUERIES), "each encoded once, and each first snapshot"
    for viewers in (50, 500):
        counted, seen = await look(viewers)
        assert told(counted) == told(alone), f"{viewers} viewers"
        assert seen == shown
