"""Nowboard's side of the fan-out: real events become real deltas of about the same size."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from bench.fanout.client import Tally, crowd
from bench.process import Nowboard, cpu_seconds, nowboard

GROUPS = 8
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


async def measure_nowboard(folder: Path, sockets: int, ticks: int, interval: float, size: int) -> float:
    """Microseconds of server CPU per delivered update, everything included."""
    with nowboard(folder) as server:
        server.call("POST", "/streams", STREAM)
        at = 1_700_000_000_000
        server.call("POST", "/streams/ticks/events", events(0, at))
        subscribe = json.dumps({"type": "subscribe", "id": "s", "query": QUERY}).encode()
        tally = Tally(least=size // 2)

        def speak(heard: bytes | None) -> bytes | None:
            return subscribe if heard is None else None

        headers = {"Authorization": f"Bearer {server.token}"}
        transports = await crowd(server.port, "/api/v1/live", sockets, tally, speak, headers)
        while tally.frames < sockets:
            await asyncio.sleep(0.05)
        await asyncio.sleep(1.0)
        tally.frames = 0
        before = cpu_seconds(server.process)
        await _post(server, ticks, interval, at)
        deadline = asyncio.get_running_loop().time() + 30
        while tally.frames < sockets * ticks * 0.99 and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.05)
        spent = cpu_seconds(server.process) - before
        for transport in transports:
            transport.close()
        if not tally.frames:
            raise RuntimeError("no update arrived")
        return spent / tally.frames * 1e6


async def _post(server: Nowboard, ticks: int, interval: float, at: int) -> None:
    loop = asyncio.get_running_loop()
    for tick in range(1, ticks + 1):
        await loop.run_in_executor(None, server.call, "POST", "/streams/ticks/events", events(tick, at))
        await asyncio.sleep(interval)
