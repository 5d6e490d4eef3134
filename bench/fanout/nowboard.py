"""Nowboard's side of the fan-out: real events become real deltas of about the same size."""

from __future__ import annotations

import asyncio
import http.client
import json
from dataclasses import dataclass
from pathlib import Path

from bench.fanout.client import Tally, crowd
from bench.process import Nowboard, cpu_seconds, nowboard

GROUPS = 8
START = 1_700_000_000_000
STREAM = {
    "name": "ticks",
    "time": "at",
    "fields": {"at": "timestamp", "place": "string", "label": "string", "value": "float"},
}
QUERY = {"stream": "ticks", "measures": ["count(*)", "sum(value)", "max(value)"], "by": ["place"]}


def events(tick: int, at: int) -> bytes:
    """One event for each group, so that every row of the result changes."""
    rows = [{"at": at + tick, "place": f"place number {i:02d}", "value": tick + i / 8} for i in range(GROUPS)]
    return json.dumps(rows).encode()


@dataclass(frozen=True)
class Cost:
    """What the server spent on a run of ticks, and how many updates it delivered meanwhile."""

    seconds: float
    updates: int

    @property
    def each(self) -> float:
        """Microseconds of CPU per delivered update."""
        return self.seconds / self.updates * 1e6

    def beyond(self, other: Cost) -> float:
        """Microseconds per update of what this run delivered more than `other`, which saw the same ticks."""
        return (self.seconds - other.seconds) / (self.updates - other.updates) * 1e6


class Crowd:
    """Viewers of one live query of one server, and a producer that keeps its connection open."""

    def __init__(self, server: Nowboard, size: int) -> None:
        self._server = server
        self._tally = Tally(least=size // 2)
        self._viewers: list[asyncio.BaseTransport] = []
        self._producer = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._tick = 0

    async def grow(self, sockets: int) -> None:
        """Have `sockets` viewers in all, each with its snapshot in hand."""
        subscribe = json.dumps({"type": "subscribe", "id": "s", "query": QUERY}).encode()

        def speak(heard: bytes | None) -> bytes | None:
            return subscribe if heard is None else None

        self._tally.frames = self._tally.opened = 0
        fresh = sockets - len(self._viewers)
        headers = {"Authorization": f"Bearer {self._server.token}"}
        self._viewers += await crowd(self._server.port, "/api/v1/live", fresh, self._tally, speak, headers)
        while self._tally.frames < fresh:
            await asyncio.sleep(0.05)
        await asyncio.sleep(1.0)

    async def follow(self, ticks: int, interval: float) -> Cost:
        """Post `ticks` batches and wait until every viewer has every update."""
        loop = asyncio.get_running_loop()
        self._tally.frames = 0
        before = cpu_seconds(self._server.process)
        for _ in range(ticks):
            await loop.run_in_executor(None, self.post)
            await asyncio.sleep(interval)
        deadline = loop.time() + 30
        while self._tally.frames < len(self._viewers) * ticks * 0.99 and loop.time() < deadline:
            await asyncio.sleep(0.05)
        if not self._tally.frames:
            raise RuntimeError("no update arrived")
        return Cost(cpu_seconds(self._server.process) - before, self._tally.frames)

    def post(self) -> None:
        """One batch of events."""
        headers = {"Authorization": f"Bearer {self._server.token}", "Content-Type": "application/json"}
        self._producer.request("POST", "/api/v1/streams/ticks/events", events(self._tick, START), headers)
        answer = self._producer.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(body.decode(errors="replace"))
        self._tick += 1

    def leave(self) -> None:
        """Close everything."""
        for viewer in self._viewers:
            viewer.close()
        self._producer.close()


async def measure_nowboard(folder: Path, sockets: int, ticks: int, interval: float, size: int) -> tuple[Cost, Cost]:
    """The same ticks with one viewer and with `sockets`, on one server, everything included."""
    with nowboard(folder) as server:
        server.call("POST", "/streams", STREAM)
        viewers = Crowd(server, size)
        viewers.post()
        costs = []
        for count in (1, sockets):
            await viewers.grow(count)
            costs.append(await viewers.follow(ticks, interval))
        viewers.leave()
        return costs[0], costs[1]
