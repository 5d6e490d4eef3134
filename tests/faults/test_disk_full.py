"""A full disk over HTTP: no acknowledgement, 503 with Retry-After, reads go on, and room is noticed by itself."""

from __future__ import annotations

import json
import random
import resource
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
FILE_BYTES = 24 * 1024 * 1024
NOTES = [random.Random(number).randbytes(100).hex() for number in range(ROWS)]
"""The same in every batch: the journal cannot make a batch smaller, but the store finds what repeats."""
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
        rows = [{"at": 1_700_000_000_000, "number": first + i, "note": NOTES[i]} for i in range(ROWS)]
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


Limited = tuple[Server, Callable[[], None]]
"""A server that soon finds no more room, and how to give it some."""


@contextmanager
def small_disk(tmp_path: Path) -> Iterator[Limited]:
    """A server whose data folder is on a disk of its own that is nearly full."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk], capture_output=True, check=True)
    ballast = disk / "ballast"
    ballast.write_bytes(b"\0" * 40 * 1024 * 1024)
    try:
        with serving(disk) as server:
            yield server, ballast.unlink
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


@contextmanager
def small_files(tmp_path: Path) -> Iterator[Limited]:
    """A server whose system lets no file of it grow beyond a limit: the other way to run out of room."""
    with serving(tmp_path) as server:
        process = server.process.pid

        def limit(size: int) -> None:
            resource.prlimit(process, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

        limit(FILE_BYTES)
        yield server, lambda: limit(resource.RLIM_INFINITY)


def can_mount(tmp_path: Path) -> bool:
    """Whether this system lets us mount a disk."""
    probe = tmp_path / "probe"
    probe.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", probe], capture_output=True)
    return mounted.returncode == 0 and subprocess.run(["umount", "-l", probe]).returncode == 0


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> float:
    """Wait until `condition` holds; how long it took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, what
        time.sleep(0.1)
    return time.monotonic() - started


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("kind", ["disk", "files"])
def test_no_room_stops_acknowledging_and_nothing_else(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no small disk can be mounted, both are a limit on files: the promises are tested either way."""
    monkeypatch.setenv("NOWBOARD_DISK_RESERVE", str(8 * 1024 * 1024))
    limited = small_disk if kind == "disk" and can_mount(tmp_path) else small_files
    with limited(tmp_path) as (server, make_room):
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
