"""The demo as people start it: history at once, live after that, and the same again after a restart."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.serving import Server, create_token, free_port, stop

pytestmark = pytest.mark.slow


def zone_in_daytime() -> str:
    """A zone in which flights leave now, whenever the test runs."""
    hour = time.gmtime().tm_hour
    return "Asia/Tokyo" if hour < 8 else "Europe/London" if hour < 16 else "America/New_York"


@contextmanager
def demo(data: Path, *arguments: str) -> Iterator[Server]:
    """A running demo that has announced itself."""
    data.mkdir(exist_ok=True)
    token, port = create_token(data), free_port()
    command = [sys.executable, "-m", "nowboard", "demo", "--data", str(data), "--port", str(port), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    server = Server(port, token, process)
    try:
        server.sign_in_link()
        yield server
    finally:
        assert stop(server) == 0


def flights(server: Server, window: dict[str, Any]) -> int:
    query = {"stream": "flights", "measures": ["flights"], "window": window}
    status, answer = server.call("POST", "/query", {"query": query})
    assert status == 200, answer
    return int(answer["rows"][0][0])


def grows(server: Server) -> bool:
    """Whether flights come in within a minute."""
    before = flights(server, {"all": True})
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if flights(server, {"all": True}) > before:
            return True
        time.sleep(0.5)
    return False


def watches_itself(server: Server) -> bool:
    """Whether the server's own figures arrive within half a minute."""
    query = {"stream": "server", "measures": ["process_memory", "event_rate"], "window": {"last": "5m"}}
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        memory, rate = server.call("POST", "/query", {"query": query})[1]["rows"][0]
        if memory is not None and memory > 50_000_000 and rate > 0:
            return True
        time.sleep(0.5)
    return False


def test_the_demo_loads_replays_and_goes_on(tmp_path: Path) -> None:
    data, zone = tmp_path / "demo", zone_in_daytime()
    with demo(data, "--timezone", zone) as server:
        assert flights(server, {"all": True}) > 336_776
        assert flights(server, {"last": "7d"}) == pytest.approx(336_776, rel=0.02)
        assert grows(server)
        status, answer = server.call("GET", "/dashboards")
        assert (status, sorted(item["id"] for item in answer["items"])) == (200, ["departures", "this-server"])
        assert watches_itself(server)
        loaded = flights(server, {"all": True})
    with demo(data) as server:
        again = flights(server, {"all": True})
        assert loaded <= again < loaded + 5_000, "nothing twice, nothing lost"
        assert server.call("GET", "/dashboards/departures")[1]["timezone"] == zone
    other = subprocess.run(
        [sys.executable, "-m", "nowboard", "demo", "--data", str(data), "--speed", "3"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert other.returncode == 2
    assert "was started with speed 52" in other.stderr


def test_a_zone_that_is_none_is_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "nowboard", "demo", "--data", str(tmp_path), "--timezone", "Mars/Olympus"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "no time zone called 'Mars/Olympus'" in done.stderr
