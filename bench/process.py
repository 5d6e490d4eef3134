"""Start a server in a process of its own, wait until it listens, read its CPU time and memory, and end it by pid."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 30) -> None:
    """Wait until something accepts on `port`; fails when the process ends or time runs out."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listened on port {port} within {seconds} s")


@contextmanager
def running(command: Sequence[str], port: int, **environment: str) -> Iterator[psutil.Process]:
    """Run `command` until the block ends."""
    # what is measured is the server, not how often an administrator may ask
    env = {**os.environ, "NOWBOARD_REQUESTS_ADMIN": "0", **environment}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            wait_for(port, process)
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            try:
                process.communicate(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def cpu_seconds(process: psutil.Process) -> float:
    """User and system time the process has used so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


class Nowboard:
    """A real `nowboard serve` with an admin token."""

    def __init__(self, port: int, token: str, process: psutil.Process) -> None:
        self.port = port
        self.token = token
        self.process = process
        self.url = f"http://127.0.0.1:{port}"

    def call(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        """One JSON request under /api/v1; raises on an error status."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data=data, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Content-Type", "application/json")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.loads(response.read() or b"null")


@contextmanager
def nowboard(data: Path, *, role: str = "admin", arguments: Sequence[str] = ()) -> Iterator[Nowboard]:
    """Run `nowboard serve` on `data` with a token of `role`."""
    command = [sys.executable, "-m", "nowboard"]
    created = subprocess.run(
        [*command, "token", "create", "--data", str(data), "--name", "bench", "--role", role],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    token = created.stdout.split()[-1]
    port = free_port()
    serve = [*command, "serve", "--data", str(data), "--port", str(port), "--no-self-metrics", *arguments]
    with running(serve, port) as process:
        server = Nowboard(port, token, process)
        _wait_ready(server)
        yield server


def _wait_ready(server: Nowboard) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(f"{server.url}/health/ready", timeout=2) as response:
            if response.status == 200:
                return
        time.sleep(0.1)
    raise TimeoutError("the server was not ready within 60 s")
