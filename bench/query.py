"""A metric query over 1,000,000 rows through HTTP, cached and not, beside DuckDB alone on the same data."""

from __future__ import annotations

import http.client
import io
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import duckdb
import pyarrow as pa

from bench.process import Nowboard, nowboard
from bench.table import Line, Report

ROWS, CHUNK, ROUNDS = 1_000_000, 50_000, 41
START = 1_700_000_000_000_000
STREAM = {
    "name": "orders",
    "time": "at",
    "fields": {"at": "timestamp", "store": "string", "channel": "string", "quantity": "integer", "total": "float"},
}
SQL = """SELECT store, count(*) AS orders, sum(total) AS revenue, avg(quantity) AS quantity
FROM orders WHERE channel <> ? GROUP BY store ORDER BY revenue DESC, store"""


def chunk(index: int) -> pa.Table:
    """`CHUNK` orders as columns, the same in every run."""
    chance = random.Random(index)
    first = START + index * CHUNK * 1000
    return pa.table(
        {
            "at": pa.array([first + row * 1000 for row in range(CHUNK)], pa.timestamp("us")),
            "store": [f"store-{chance.randrange(300):03d}" for _ in range(CHUNK)],
            "channel": [chance.choice(("web", "app", "till", "phone")) for _ in range(CHUNK)],
            "quantity": [chance.randrange(1, 9) for _ in range(CHUNK)],
            "total": [round(chance.uniform(1, 250), 2) for _ in range(CHUNK)],
        }
    )


def ipc(table: pa.Table) -> bytes:
    """An Arrow IPC stream."""
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def timed(call: Callable[[int], object]) -> list[float]:
    """Milliseconds of each of `ROUNDS` calls; `call` gets a number that is new each time."""
    samples = []
    for index in range(ROUNDS):
        start = time.perf_counter()
        call(index)
        samples.append((time.perf_counter() - start) * 1e3)
    return samples


def load(server: Nowboard) -> list[pa.Table]:
    """Create the stream and post all rows as Arrow."""
    server.call("POST", "/streams", STREAM)
    tables = [chunk(index) for index in range(ROWS // CHUNK)]
    for table in tables:
        answer = server.call(
            "POST", "/streams/orders/events", ipc(table), {"Content-Type": "application/vnd.apache.arrow.stream"}
        )
        assert answer["accepted"] == CHUNK, answer
    return tables


def over_http(server: Nowboard) -> Callable[[str], list[list[object]]]:
    """One kept-alive connection that asks for everything but one channel."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    measures = ["count(*)", {"name": "revenue", "sql": "sum(total)"}, {"name": "quantity", "sql": "avg(quantity)"}]

    def ask(channel: str) -> list[list[object]]:
        query = {
            "stream": "orders",
            "measures": measures,
            "by": ["store"],
            "where": f"channel <> '{channel}'",
            "order": ["-revenue"],
        }
        connection.request("POST", "/api/v1/query", json.dumps({"query": query}), headers)
        response = connection.getresponse()
        body = json.loads(response.read())
        assert response.status == 200, body
        rows: list[list[object]] = body["rows"]
        return rows

    return ask


def run() -> Report:
    """All figures from one server and one DuckDB, in turn."""
    with tempfile.TemporaryDirectory() as folder, nowboard(Path(folder)) as server:
        tables = load(server)
        alone = duckdb.connect(config={"threads": 2})
        alone.register("incoming", pa.concat_tables(tables))
        alone.execute("CREATE TABLE orders AS SELECT * FROM incoming")
        alone.unregister("incoming")
        ask = over_http(server)
        mine, theirs = ask("till"), alone.execute(SQL, ["till"]).fetchall()
        assert [row[:2] for row in mine] == [list(row[:2]) for row in theirs]
        limit = timed(lambda index: alone.execute(SQL, [f"c{index}"]).fetchall())
        uncached = timed(lambda index: ask(f"d{index}"))
        cached = timed(lambda _: ask("till"))
    over = median(uncached) - median(limit)
    lines = [
        Line("DuckDB alone", "ms", limit, "in process, rows fetched"),
        Line("Nowboard, uncached", "ms", uncached, f"{over:+.1f} ms over DuckDB"),
        Line("Nowboard, cached", "ms", cached, "same query, same offset"),
    ]
    return Report(
        f"Metric query over {ROWS:,} rows through HTTP, 300 groups",
        lines,
        base="DuckDB alone",
        reach="cached ≤ 2 ms; uncached ≤ DuckDB alone + 5 ms",
    )
