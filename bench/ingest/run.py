"""Events per second acknowledged (fsynced) while twenty group-by live queries are watched."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.ingest.peers import decode_and_sync, perspective_updates
from bench.ingest.workload import BATCH, QUERIES, STREAM
from bench.process import ROOT, cpu_seconds, nowboard
from bench.table import Line, Report
from bench.watch import Watcher

SECONDS, ROUNDS = 8.0, 3


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


def run() -> Report:
    """Nowboard and its peers in turn."""
    samples: dict[str, list[float]] = {
        "Nowboard, durable, 20 live queries": [],
        "decode + fdatasync": [],
        "Perspective": [],
    }
    used: list[float] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            rate, cores = measure(Path(folder))
        samples["Nowboard, durable, 20 live queries"].append(rate)
        used.append(cores)
        with tempfile.TemporaryDirectory() as folder:
            samples["decode + fdatasync"].append(decode_and_sync(Path(folder), SECONDS / 2))
        samples["Perspective"].append(perspective_updates(SECONDS / 2))
    notes = {
        "Nowboard, durable, 20 live queries": "HTTP, fsync, journal, store, 20 group-bys, pushed",
        "decode + fdatasync": "no HTTP, no queries: the limit of one core and this disk",
        "Perspective": "in memory, no HTTP, no disk, 20 grouped views",
    }
    lines = [Line(name, "events/s", values, notes[name]) for name, values in samples.items()]
    remark = f"the server used {sum(used) / len(used):.2f} of 2 cores; the posting clients share the same 2 cores"
    return Report(
        f"Durable ingest: 4 connections, NDJSON batches of {BATCH:,}",
        lines,
        base="Perspective",
        reach="≥ 100,000 events/s acknowledged",
        remarks=(remark,),
    )
