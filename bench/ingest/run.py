"""Events per second acknowledged (fsynced) while twenty group-by live queries are watched."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.ingest.peers import decode_and_sync
from bench.ingest.workload import BATCH, QUERIES, STREAM
from bench.process import ROOT, cpu_seconds, nowboard
from bench.table import Line, Report
from bench.watch import Watcher

SECONDS, ROUNDS = 8.0, 3
OURS, LIMIT, PEER = "Nowboard, durable, 20 live queries", "decode + fdatasync", "Perspective"


def measure(folder: Path) -> tuple[float, float]:
    """Acknowledged events per second, and cores the server used meanwhile."""
    with nowboard(folder) as server:
        server.call("POST", "/streams", STREAM)
        with Watcher(server, QUERIES) as watcher:
            before = cpu_seconds(server.process)
            command = [sys.executable, "-m", "bench.ingest.client", str(server.port), server.token, str(SECONDS)]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
            cores = (cpu_seconds(server.process) - before) / SECONDS
            counted = json.loads(done.stdout)
            watcher.expect_total(counted["events"])
            return counted["events"] / counted["seconds"], cores


def perspective_updates() -> float:
    """Events per second of Perspective, in a process of its own."""
    command = [sys.executable, "-m", "bench.ingest.peer_perspective", str(SECONDS / 2)]
    return float(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def run() -> Report:
    """Nowboard and its peers in turn."""
    samples: dict[str, list[float]] = {OURS: [], LIMIT: []}
    beside = importlib.util.find_spec("perspective") is not None
    used: list[float] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            rate, cores = measure(Path(folder))
        samples[OURS].append(rate)
        used.append(cores)
        with tempfile.TemporaryDirectory() as folder:
            samples[LIMIT].append(decode_and_sync(Path(folder), SECONDS / 2))
        if beside:
            samples.setdefault(PEER, []).append(perspective_updates())
    notes = {
        OURS: "HTTP, fsync, journal, store, 20 group-bys, pushed",
        LIMIT: "no HTTP, no queries: the limit of one core and this disk",
        PEER: "in memory, no HTTP, no disk, 20 grouped views",
    }
    lines = [Line(name, "events/s", values, notes[name]) for name, values in samples.items()]
    remarks = [f"the server used {sum(used) / len(used):.2f} of 2 cores; the posting clients share the same 2 cores"]
    if not beside:
        remarks.append("left out, as it is not installed (the extra `bench` has it): Perspective")
    return Report(
        f"Durable ingest: 4 connections, NDJSON batches of {BATCH:,}",
        lines,
        base=PEER if beside else LIMIT,
        reach="≥ 100,000 events/s acknowledged",
        remarks=remarks,
    )
