"""A full disk over HTTP: no acknowledgement, 503 with Retry-After, reads go on, and room is noticed by itself."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.serving import Server, serving

ROWS = 1_000
STREAM = {"name": "orders", "time": "at", "fields": {"at": "timestamp", "number": "integer", "note": "string"}}
COUNT = {"query": {"stream": "orders", "measures": ["count(*)", "count(distinct number)"], "window": {"all": True}}}


class Producer:
    """Sends numbered batches, each with its own key."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.acknowledged = 0

    def send(self) -> tuple[int, str | None]:
        """One try at the next batch: the status, and Retry-After."""
        first = self.acknowledged * ROWS
        rows = [{"at": 1_700_000_000_000, "number": first + i, "note": "x" * 200} for i in range(ROWS)]
        request = urllib.request.Request(
            f"{self.server.url}/api/v1/streams/orders/events", b"\n".join(json.dumps(row).encode() for row in rows)
        )
        request.add_header("Authorization", f"Bearer {self.server.token}")
        request.add_header("Content-Type", "application/x-ndjson")
        request.add_header("Idempotency-Key", f"batch {self.acknowledged}")
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                self.acknowledged += 1
                return response.status, None
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers["Retry-After"]


@contextmanager
def small_disk(tmp_path: Path) -> Iterator[tuple[Path, Callable[[], None]]]:
    """A folder on a disk of its own that is nearly full, and how to make room there."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this system does not let us mount a small disk")
    ballast = disk / "ballast"
    ballast.write_bytes(b"\0" * 40 * 1024 * 1024)
    try:
        yield disk, ballast.unlink
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> float:
    """Wait until `condition` holds; how long it took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, what
        time.sleep(0.1)
    return time.monotonic() - started


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_full_disk_stops_acknowledging_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOWBOARD_DISK_RESERVE", str(8 * 1024 * 1024))
    with small_disk(tmp_path) as (disk, make_room), serving(disk) as server:
        assert server.call("POST", "/streams", STREAM)[0] == 201
        producer = Producer(server)
        status, retry_after = 200, None
        while status == 200 and producer.acknowledged < 500:
            status, retry_after = producer.send()
        assert status == 503, "the disk never got full"
        assert retry_after is not None
        assert int(retry_after) >= 1
        assert producer.acknowledged > 2
        for _ in range(3):
            assert producer.send()[0] == 503
            status, body = server.call("POST", "/query", COUNT, timeout=15)
            assert status == 200, body
            assert body["rows"] == [[producer.acknowledged * ROWS] * 2]
        assert not server.ready()
        make_room()
        wait_for(lambda: producer.send()[0] == 200, 10, "it did not recover")
        wait_for(server.ready, 10, "it does not say that it recovered")
        for _ in range(5):
            assert producer.send()[0] == 200
        status, body = server.call("POST", "/query", COUNT)
        assert status == 200, body
        assert body["rows"] == [[producer.acknowledged * ROWS] * 2]
