"""The measurements of `nowboard bench`, over HTTP and a socket as clients do it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

import httpx
from websockets.asyncio.client import ClientConnection, connect

from nowboard.cli.trial import Trial
from nowboard.errors import Unavailable

PRODUCERS: Final = 4
BATCH: Final = 1_000
SINGLES: Final = 100
PUSHES: Final = 50
PAUSE: Final = 0.097
"""Seconds between two pushes: longer than a tick and no multiple of it, so that events come at any moment of one."""
QUERIES: Final = 20
_ANSWER_SECONDS: Final = 30.0
_STREAM: Final = {
    "name": "orders",
    "time": "at",
    "fields": {"at": "timestamp", "store": "string", "channel": "string", "total": "float"},
}


@dataclass(frozen=True)
class Figure:
    """One measured number."""

    name: str
    text: str
    value: float
    unit: str
    how: str


async def measure(server: Trial, seconds: float) -> list[Figure]:
    """All figures, one measurement after the other. Raises `Unavailable` when the server answers otherwise."""
    headers = {"Authorization": f"Bearer {server.token}"}
    base = f"{server.url}/api/v1"
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=_ANSWER_SECONDS, trust_env=False) as client:
        await _post(client, "/streams", _STREAM)
        figures = await _ingest(client, seconds)
        figures += await _queries(client)
        address = f"ws://127.0.0.1:{server.port}/api/v1/live"
        async with connect(address, additional_headers=headers, compression=None, proxy=None) as socket:
            figures += await _push(client, socket)
    return figures


async def _ingest(client: httpx.AsyncClient, seconds: float) -> list[Figure]:
    """Events until the time is up, from several producers; then single events, one after the other."""
    stop = time.perf_counter() + seconds
    latencies: list[float] = []

    async def produce() -> int:
        body = b"\n".join(json.dumps(_event(number)).encode() for number in range(BATCH))
        sent = 0
        while time.perf_counter() < stop:
            began = time.perf_counter()
            sent += int((await _send(client, body))["accepted"])
            latencies.append(time.perf_counter() - began)
        return sent

    began = time.perf_counter()
    sent = sum(await asyncio.gather(*(produce() for _ in range(PRODUCERS))))
    rate = sent / (time.perf_counter() - began)
    single = json.dumps(_event(0)).encode()
    alone = await _times(lambda: _send(client, single), SINGLES)
    how = f"{PRODUCERS} producers, {BATCH:,} events a request as NDJSON, {sent:,} in all, each answered after fsync"
    return [
        Figure("ingest_rate", "durable ingest", rate, "events/s", how),
        Figure("ingest_p95", "answer to such a request, p95", _share(latencies, 0.95) * 1e3, "ms", "under that load"),
        Figure("event_p50", "answer to one event, p50", median(alone) * 1e3, "ms", f"{SINGLES} one after the other"),
        Figure("event_p95", "answer to one event, p95", _share(alone, 0.95) * 1e3, "ms", "the same"),
    ]


async def _queries(client: httpx.AsyncClient) -> list[Figure]:
    """A grouped query over everything, never the same twice; then the same one again."""

    def query(number: int) -> Callable[[], Awaitable[Any]]:
        asked = {
            "stream": "orders",
            "measures": ["count(*)", "sum(total)"],
            "by": ["channel"],
            "where": f"total > {number / 100}",
            "window": {"all": True},
        }
        return lambda: _post(client, "/query", {"query": asked})

    total = {"stream": "orders", "measures": ["count(*)"], "window": {"all": True}}
    rows = int((await _post(client, "/query", {"query": total}))["rows"][0][0])
    fresh = [(await _times(query(number), 1))[0] for number in range(1, QUERIES + 1)]
    again = await _times(query(1), QUERIES)
    how = f"two measures by channel over {rows:,} events, {QUERIES} different ones"
    return [
        Figure("query_p50", "query, p50", median(fresh) * 1e3, "ms", how),
        Figure("query_p95", "query, p95", _share(fresh, 0.95) * 1e3, "ms", "the same"),
        Figure("cached_p50", "query answered from the cache, p50", median(again) * 1e3, "ms", f"{QUERIES} times one"),
    ]


async def _push(client: httpx.AsyncClient, socket: ClientConnection) -> list[Figure]:
    """One event at a time, from the request until its count arrives at a viewer."""
    query = {"stream": "orders", "measures": ["count(*)"], "window": {"all": True}}
    await socket.send(json.dumps({"type": "subscribe", "id": "1", "query": query}))
    await _hear(socket, "snapshot")
    body = json.dumps(_event(1)).encode()

    async def there_and_back() -> None:
        await asyncio.gather(_send(client, body), _hear(socket, "delta"))

    times = []
    for _ in range(PUSHES):
        await asyncio.sleep(PAUSE)
        times += await _times(there_and_back, 1)
    how = f"one event, from its request to the viewer's frame, {PUSHES} times"
    return [
        Figure("push_p50", "event to viewer, p50", median(times) * 1e3, "ms", how),
        Figure("push_p95", "event to viewer, p95", _share(times, 0.95) * 1e3, "ms", "the same"),
    ]


async def _times(work: Callable[[], Awaitable[Any]], count: int) -> list[float]:
    found = []
    for _ in range(count):
        began = time.perf_counter()
        await work()
        found.append(time.perf_counter() - began)
    return found


async def _hear(socket: ClientConnection, kind: str) -> None:
    async with asyncio.timeout(_ANSWER_SECONDS):
        while True:
            told = json.loads(await socket.recv())
            if any(message["type"] == kind for message in (told if isinstance(told, list) else [told])):
                return


async def _send(client: httpx.AsyncClient, body: bytes) -> Any:
    headers = {"Content-Type": "application/x-ndjson"}
    return _good(await client.post("/streams/orders/events", content=body, headers=headers))


async def _post(client: httpx.AsyncClient, path: str, body: Any) -> Any:
    return _good(await client.post(path, json=body))


def _good(response: httpx.Response) -> Any:
    if response.is_error:
        raise Unavailable(f"The server answered with status {response.status_code}: {response.text[:200]}")
    return response.json()


def _event(number: int) -> dict[str, Any]:
    at = int(time.time() * 1_000)
    return {"at": at, "store": f"s{number % 40}", "channel": ("web", "app", "till")[number % 3], "total": number % 97}


def _share(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
