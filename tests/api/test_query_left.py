"""Who goes away while a query runs takes it along: its worker is free again at once."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from nowboard.query.runner import QueryLimits
from nowboard.testing import make_app, make_token, serving

SECONDS = 2
ENDLESS = "select count(*) from orders a, orders b, orders c, orders d where (a.n + b.n * c.n + d.n) % 7 = {left}"
WORKERS = QueryLimits().workers
COUNT = {"stream": "orders", "measures": ["count(*)"], "window": {"all": True}}


@pytest.mark.timeout(60)
async def test_a_client_that_leaves_cancels_its_query() -> None:
    async with serving(make_app(query_timeout=60)) as served:
        headers = {"Authorization": f"Bearer {await make_token(served.app)}"}
        async with httpx.AsyncClient(base_url=f"{served.url}/api/v1", headers=headers, trust_env=False) as client:
            events = [{"at": 1_772_359_200_000, "n": number} for number in range(1_500)]
            assert (await client.post("/streams/orders/events", json=events)).status_code == 200
            writers = [await ask(served.port, headers, ENDLESS.format(left=left)) for left in range(WORKERS)]
            # all workers are busy, and stay so while somebody waits
            for _ in range(2):
                with pytest.raises(httpx.ReadTimeout):
                    await client.post("/query", json={"query": COUNT}, timeout=0.7)
            for each in writers:
                each.close()
            answer = await client.post("/query", json={"query": COUNT}, timeout=SECONDS)
            assert answer.json()["rows"] == [[1_500]]


async def ask(port: int, headers: dict[str, str], sql: str) -> asyncio.StreamWriter:
    """Send a query over a connection of its own, and do not wait for the answer."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    body = json.dumps({"query": {"sql": sql}}).encode()
    lines = ["POST /api/v1/query HTTP/1.1", "Host: here", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    writer.write("\r\n".join(lines).encode() + body)
    await writer.drain()
    return writer
