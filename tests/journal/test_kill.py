"""kill -9 at random moments: nothing acknowledged is missing, nothing is there twice although requests are retried."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from nowboard.clock import SystemClock
from nowboard.journal.sqlite import SqliteJournal
from nowboard.live.replay import replay
from nowboard.model.events import Events
from nowboard.stores.duckdb import DuckDBStore
from tests.journal.producer import LIMITS, ROWS

ROOT = Path(__file__).parent.parent.parent
KILLS = 8


def run_and_kill(path: Path, first: int, seconds: float) -> set[int]:
    """Let the producer append for a while, then kill it; returns the requests it saw acknowledged."""
    command = [sys.executable, "-m", "tests.journal.producer", str(path), str(first)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        time.sleep(seconds)
        process.kill()
        rest = process.stdout.read()
    lines = (line + rest).split("\n")[:-1]
    assert all(each.endswith(f" {ROWS}") for each in lines)
    return {int(each.split()[0]) for each in lines}


def test_kill_at_random_moments(tmp_path: Path) -> None:
    path, source, acked = tmp_path / "journal.db", random.Random(11), set[int]()
    for _ in range(KILLS):
        # Retries start well before the last acknowledgement: producers send again what they are unsure of.
        first = max(0, max(acked, default=0) - 30)
        acked |= run_and_kill(path, first, source.uniform(0.0, 0.4))
    started = time.monotonic()
    journal = SqliteJournal(path, clock=SystemClock(), limits=LIMITS)
    assert time.monotonic() - started < 10
    records = list(journal.read(0))
    batches = [record.content.batch for record in records if isinstance(record.content, Events)]
    rows = [row for batch in batches for row in batch.column("items").to_pylist() if row is not None]
    assert len(acked) > 100
    assert len(rows) == len(set(rows)), "nothing twice"
    assert {row for number in acked for row in range(number * ROWS, (number + 1) * ROWS)} <= set(rows), (
        "nothing missing"
    )
    assert list(journal.damaged()) == []
    assert [record.offset for record in records] == list(range(1, journal.end + 1))
    store = DuckDBStore(tmp_path / "store.duckdb")
    replay(journal, store)
    with store.snapshot() as snapshot:
        answer = snapshot.execute("SELECT count(*) AS n, sum(items) AS s FROM stream_orders", timeout=10).to_pylist()
    assert answer == [{"n": len(rows), "s": sum(rows)}]
    store.close()
    journal.close()
