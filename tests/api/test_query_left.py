"""Who goes away while a query runs takes it along: its worker is free again at once."""

from __future__ import annotations

import asyncio
import itertools
import json

import httpx
import pytest

from nowboard.query.runner import QueryLimits
from nowboard.testing import make_app, make_token, serving

SECONDS = 2
ENDLESS = "select count(*) from orders a, orders b, orders c, orders d where (a.n + b.n * c.n + d.n) % 7 = {left}"
WORKERS = QueryLimits().workers


@pytest.mark.timeout(60)
async def test_a_client_that_leaves_cancels_its_query() -> None:
    async with serving(make_app(query_timeout=60)) as served:
        headers = {"Authorization": f"Bearer {await make_token(served.app)}"}
        async with httpx.AsyncClient(base_url=f"{served.url}/api/v1", headers=headers, trust_env=False) as client:
            events = [{"at": 1_772_359_200_000, "n": number} for number in range(1_500)]
            assert (await client.post("/streams/orders/events", json=events)).status_code == 200
            writers = [await ask(served.port, headers, ENDLESS.format(left=left)) for left in range(WORKERS)]
            try:
                # all workers are busy soon, and stay so while somebody waits
                while await count(client, 0.7) is not None:
                    pass
                assert await count(client, 0.7) is None
            finally:
                for each in writers:
                    each.close()
            assert await count(client, SECONDS) == 1_500


_NUMBERS = itertools.count(1)


async def count(client: httpx.AsyncClient, timeout: float) -> int | None:  # noqa: ASYNC109 - it is the client's own
    """The number of events, by a query that nobody asked before; None when there was no answer in time."""
    query = {"stream": "orders", "measures": ["count(*)"], "where": f"n > -{next(_NUMBERS)}", "window": {"all": True}}
    try:
        answer = await client.post("/query", json={"query": query}, timeout=timeout)
    except httpx.ReadTimeout:
        return None
    return int(answer.json()["rows"][0][0])


async def ask(port: int, headers: dict[str, str], sql: str) -> asyncio.StreamWriter:
    """Send a query over a connection of its own, and do not wait for the answer."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    body = json.dumps({"query": {"sql": sql}}).encode()
    lines = ["POST /api/v1/query HTTP/1.1", "Host: here", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    writer.write("\r\n".join(lines).encode() + body)
    await writer.drain()
    return writer
