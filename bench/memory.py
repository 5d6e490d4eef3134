"""Memory at rest with the demo loaded, and per idle socket."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import psutil
import uvloop

from bench.fanout.client import Tally, crowd
from bench.fanout.run import silent
from bench.process import free_port, nowboard, running
from bench.table import Line, Report

SOCKETS, ROUNDS = 2_000, 3


def resident(process: psutil.Process) -> float:
    """Resident memory in MB (10^6 bytes)."""
    return float(process.memory_info().rss) / 1e6


async def idle_sockets(port: int, token: str, process: psutil.Process) -> float:
    """KB of resident memory per socket that subscribed to nothing."""
    before = resident(process)
    headers = {"Authorization": f"Bearer {token}"}
    transports = await crowd(port, "/api/v1/live", SOCKETS, Tally(least=1), silent, headers)
    await asyncio.sleep(2)
    grown = resident(process) - before
    for transport in transports:
        transport.close()
    await asyncio.sleep(1)
    return grown * 1e3 / SOCKETS


def demo_at_rest(folder: Path) -> list[float]:
    """MB of the demo server after loading its history, sampled for ten seconds."""
    port = free_port()
    command = [sys.executable, "-m", "nowboard", "demo", "--data", str(folder), "--port", str(port)]
    with running(command, port) as process:
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as response:
                if json.loads(response.read()) and response.status == 200:
                    break
            time.sleep(0.5)
        time.sleep(20)
        samples = []
        for _ in range(10):
            samples.append(resident(process))
            time.sleep(1)
        return samples


def run() -> Report:
    """Both figures."""
    with tempfile.TemporaryDirectory() as folder:
        rest = demo_at_rest(Path(folder))
    per_socket = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder, nowboard(Path(folder)) as server:
            per_socket.append(uvloop.run(idle_sockets(server.port, server.token, server.process)))
    lines = [
        Line("demo at rest, history loaded", "MB", rest),
        Line(f"per idle socket ({SOCKETS:,} open)", "KB", per_socket),
    ]
    return Report("Memory", lines, reach="≤ 250 MB at rest; ≤ 40 KB per idle socket")
