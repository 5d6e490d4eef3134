"""Nowboard's side of the fan-out: real events become real deltas of about the same size."""

from __future__ import annotations

import asyncio
import http.client
import json

from bench.fanout.client import Cost, Tally, arrived, crowd
from bench.process import Nowboard, cpu_seconds

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


class Crowd:
    """Viewers of one live query of one server, and a producer that keeps its connection open."""

    def __init__(self, server: Nowboard, size: int) -> None:
        self.process = server.process
        self._server = server
        self._tally = Tally(least=size // 2)
        self._viewers: list[asyncio.BaseTransport] = []
        self._producer = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._tick = 0
        server.call("POST", "/streams", STREAM)
        self.post()

    async def come(self, sockets: int) -> None:
        """Open `sockets` viewers; each has its snapshot in hand afterwards."""
        subscribe = json.dumps({"type": "subscribe", "id": "s", "query": QUERY}).encode()

        def speak(heard: bytes | None) -> bytes | None:
            if heard is None:
                return subscribe
            return b'{"type":"pong"}' if heard == b'{"type":"ping"}' else None

        headers = {"Authorization": f"Bearer {self._server.token}"}
        self._viewers += await crowd(self._server.port, "/api/v1/live", sockets, self._tally, speak, headers)
        while self._tally.frames < sockets:
            await asyncio.sleep(0.05)

    async def follow(self, ticks: int, interval: float) -> Cost:
        """Post `ticks` batches and wait until every viewer has every update."""
        loop = asyncio.get_running_loop()
        self._tally.frames = 0
        before = cpu_seconds(self.process)
        for _ in range(ticks):
            await loop.run_in_executor(None, self.post)
            await asyncio.sleep(interval)
        await arrived(self._tally, len(self._viewers) * ticks)
        return Cost(cpu_seconds(self.process) - before, self._tally.frames)

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
