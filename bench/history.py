"""What a batch costs the server with little and with much history: the ratio must stay near one."""

from __future__ import annotations

import contextlib
import io
import random
import tempfile
import time
import urllib.error
from pathlib import Path

import pyarrow as pa

from bench.ingest.workload import BATCH, FIELDS, QUERIES, STREAM, bodies
from bench.process import Nowboard, cpu_seconds, nowboard
from bench.table import Line, Report
from bench.watch import Watcher

SMALL, LARGE, CHUNK = 100_000, 10_000_000, 50_000
BATCHES, ROUNDS = 40, 6
START = 1_700_000_000_000_000


def history(first: int) -> bytes:
    """`CHUNK` orders as an Arrow IPC stream, from row `first` on."""
    chance = random.Random(first)
    table = pa.table(
        {
            "at": pa.array(range(START + first * 1000, START + (first + CHUNK) * 1000, 1000), pa.timestamp("us")),
            "store": [f"store-{chance.randrange(40):02d}" for _ in range(CHUNK)],
            "channel": [chance.choice(("web", "app", "till", "phone")) for _ in range(CHUNK)],
            "product": [f"sku-{chance.randrange(200):03d}" for _ in range(CHUNK)],
            "status": [chance.choice(("paid", "open", "refunded")) for _ in range(CHUNK)],
            "quantity": [chance.randrange(1, 9) for _ in range(CHUNK)],
            "total": [round(chance.uniform(1, 250), 2) for _ in range(CHUNK)],
        }
    )
    assert table.column_names == list(FIELDS)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def fill(server: Nowboard, rows: int) -> None:
    """Post history; the same chunk with later times would do, but distinct rows keep dictionaries honest."""
    headers = {"Content-Type": "application/vnd.apache.arrow.stream"}
    prepared = [history(index * CHUNK) for index in range(min(rows // CHUNK, 4))]
    for index in range(rows // CHUNK):
        while not taken(server, prepared[index % len(prepared)], headers):
            time.sleep(1.0)


def taken(server: Nowboard, body: bytes, headers: dict[str, str]) -> bool:
    """Post once; False when the server has more waiting than it takes, as a producer should expect."""
    try:
        server.call("POST", "/streams/orders/events", body, headers)
    except urllib.error.HTTPError as error:
        if error.code != 503:
            raise
        return False
    return True


def per_batch(server: Nowboard, prepared: list[bytes]) -> float:
    """Milliseconds of server CPU per batch of 1,000 events with 20 live queries watched."""
    headers = {"Content-Type": "application/x-ndjson"}
    time.sleep(1.0)
    before = cpu_seconds(server.process)
    for turn in range(BATCHES):
        server.call("POST", "/streams/orders/events", prepared[turn % len(prepared)], headers)
        time.sleep(0.05)
    return (cpu_seconds(server.process) - before) / BATCHES * 1e3


def run() -> Report:
    """The same batches after 100 thousand and after 10 million rows, by turns: noise meets both alike."""
    samples: dict[int, list[float]] = {SMALL: [], LARGE: []}
    prepared = bodies(8, START // 1000)
    with contextlib.ExitStack() as stack:
        servers = {}
        for rows in samples:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            server = servers[rows] = stack.enter_context(nowboard(Path(folder)))
            server.call("POST", "/streams", STREAM)
            fill(server, rows)
        for server in servers.values():
            stack.enter_context(Watcher(server, QUERIES))
        for _ in range(ROUNDS):
            for rows, server in servers.items():
                samples[rows].append(per_batch(server, prepared))
    lines = [Line(f"{rows:,} rows of history", "ms CPU / batch", values) for rows, values in samples.items()]
    ratios = [many / few for few, many in zip(samples[SMALL], samples[LARGE], strict=True)]
    return Report(
        f"Cost per batch of {BATCH:,} events, 20 live queries",
        [*lines, Line("with much history", "× with little, per round", ratios)],
        base=lines[0].name,
        reach="ratio ≤ 1.2",
    )
