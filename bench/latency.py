"""From an event's POST to its frame on a socket: 500 viewers, 12 widgets, 2,000 events a second."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from bench.fanout.client import Tally, Viewer, crowd
from bench.process import ROOT, Nowboard, cpu_seconds, nowboard
from bench.table import Line, Report

VIEWERS, RATE, SECONDS, BATCH = 500, 2_000, 20, 20
STREAM = {
    "name": "orders",
    "time": "at",
    "fields": {"at": "timestamp", "store": "string", "channel": "string", "total": "float", "sent": "float"},
}
WIDGETS = [
    {"stream": "orders", "measures": [{"name": "sent", "sql": "max(sent)"}, "count(*)"]},
    {"stream": "orders", "measures": ["sum(total)"], "window": {"last": "5m"}},
    {"stream": "orders", "measures": ["avg(total)"], "window": {"last": "1h"}},
    {"stream": "orders", "measures": ["count(*)"], "by": ["channel"]},
    {"stream": "orders", "measures": ["sum(total)"], "by": ["channel"], "window": {"last": "15m"}},
    {"stream": "orders", "measures": ["count(*)"], "by": ["store"], "order": ["-count"], "limit": 10},
    {"stream": "orders", "measures": ["sum(total)"], "by": ["store"]},
    {"stream": "orders", "measures": ["count(*)"], "grain": "1m", "window": {"last": "1h"}},
    {"stream": "orders", "measures": ["sum(total)"], "grain": "10s", "window": {"last": "10m"}},
    {"stream": "orders", "measures": ["count(*)"], "grain": "1m", "by": ["channel"], "window": {"last": "30m"}},
    {"stream": "orders", "measures": ["min(total)", "max(total)", "stddev(total)"]},
    {"stream": "orders", "measures": ["sum(total) / count(*)"], "by": ["channel"]},
]
SENT = re.compile(rb"\[\[(1[6-9]\d{8}\.\d+),")


class Probe(Viewer):
    """The viewer that is timed: reads the newest send time out of the first widget's frames."""

    delays: list[float]

    def _frame(self, opcode: int, buffer: bytearray, start: int, size: int) -> None:
        if opcode == 1:
            found = SENT.search(buffer, start, start + size)
            if found:
                self.delays.append((time.time() - float(found[1])) * 1e3)


def dashboard() -> dict[str, object]:
    """Twelve widgets as a document."""
    widgets = [
        {
            "id": f"w{i}",
            "kind": "table",
            "query": query,
            "layouts": {"lg": {"x": i % 3 * 4, "y": i // 3 * 4, "w": 4, "h": 4}},
        }
        for i, query in enumerate(WIDGETS)
    ]
    return {"id": "bench", "title": "Bench", "widgets": widgets}


async def post(port: int, token: str, stop: float) -> int:
    """Post small batches at a steady rate, each event stamped with the time it was sent; returns events posted."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    posted, due = 0, time.monotonic()
    while time.monotonic() < stop:
        now = time.time()
        body = json.dumps(
            [
                {
                    "at": int(now * 1000),
                    "store": f"s{i % 40}",
                    "channel": ["web", "app", "till", "phone"][i % 4],
                    "total": i + 0.5,
                    "sent": now,
                }
                for i in range(posted, posted + BATCH)
            ]
        ).encode()
        writer.write(
            f"POST /api/v1/streams/orders/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = await reader.readuntil(b"\r\n\r\n")
        found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        assert b" 200 " in head and found, head
        await reader.readexactly(int(found[1]))
        posted += BATCH
        due += BATCH / RATE
        await asyncio.sleep(max(0.0, due - time.monotonic()))
    return posted


async def viewers(server: Nowboard, count: int) -> list[float]:
    """`count` viewers of the dashboard, one of them timed; milliseconds from send to frame, once per update."""
    subscribe = json.dumps({"type": "subscribe", "id": "s", "dashboard": "bench"}).encode()

    def speak(heard: bytes | None) -> bytes | None:
        return subscribe if heard is None else None

    headers = {"Authorization": f"Bearer {server.token}"}
    tally = Tally(least=1)
    await crowd(server.port, "/api/v1/live", count - 1, tally, speak, headers)
    request = (
        f"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: Bearer {server.token}\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    _, probe = await loop.create_connection(lambda: Probe(request, tally, speak), "127.0.0.1", server.port)
    probe.delays = []
    await asyncio.sleep(1.5)
    probe.delays.clear()
    command = [sys.executable, "-m", "bench.latency", str(server.port), server.token]
    poster = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.PIPE)
    await poster.communicate()
    await asyncio.sleep(0.5)
    return probe.delays


def run() -> Report:
    """500 viewers, and one viewer for comparison."""
    lines, remarks = [], []
    for count in (1, VIEWERS):
        with tempfile.TemporaryDirectory() as folder, nowboard(Path(folder)) as server:
            server.call("POST", "/streams", STREAM)
            server.call("PUT", "/dashboards/bench?publish=true", dashboard())
            before = cpu_seconds(server.process)
            delays = sorted(uvloop.run(viewers(server, count)))
            cores = (cpu_seconds(server.process) - before) / (SECONDS + 2)
        label = f"{count} viewer{'s' if count > 1 else ''}"
        lines.append(Line(f"{label}, p50", "ms", [delays[len(delays) // 2]], f"{len(delays):,} frames timed"))
        lines.append(Line(f"{label}, p99", "ms", [delays[int(len(delays) * 0.99)]]))
        remarks.append(f"{label}: the server used {cores:.2f} cores")
    return Report(
        f"Event to socket frame: 12 widgets, {RATE:,} events/s",
        lines,
        reach="500 viewers: p99 ≤ 100 ms, p50 ≤ 30 ms",
        remarks=remarks,
    )


if __name__ == "__main__":
    uvloop.run(post(int(sys.argv[1]), sys.argv[2], time.monotonic() + SECONDS))
