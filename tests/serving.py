"""Run the real `nowboard serve` in a process of its own, and speak HTTP to it as a producer would."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

START_SECONDS = 30
LINK = re.compile(r"http://\S+/sign-in#\S+")


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A running server: its port, an admin token, its process and what it has printed."""

    def __init__(self, port: int, token: str, process: subprocess.Popen[str]) -> None:
        self.port = port
        self.token = token
        self.process = process
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with suppress(ValueError):
            for line in self.process.stdout:
                self.lines.append(line)

    def kill(self) -> None:
        """End the process as a crash would, at once and without a chance to tidy up."""
        self.process.kill()
        self.process.wait(10)
        self._reader.join(10)
        if self.process.stdout is not None:
            self.process.stdout.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def call(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None, timeout: float = 30
    ) -> tuple[int, Any]:
        """One request under /api/v1; returns status and JSON body, error answers included."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data=data, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Content-Type", "application/json")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:
                return response.status, json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"null")

    def etag(self, path: str) -> str:
        """What `If-Match` takes to change what is at a path under /api/v1."""
        request = urllib.request.Request(f"{self.url}/api/v1{path}", headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=30) as response:
            return str(response.headers["ETag"])

    def sign_in_link(self) -> str:
        """The single-use link that the server printed."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            found = LINK.search("".join(self.lines))
            if found:
                return found[0]
            time.sleep(0.05)
        raise TimeoutError("no sign-in link was printed:\n" + "".join(self.lines))

    def ready(self) -> bool:
        """Whether the server says that it can serve."""
        with suppress(OSError), urllib.request.urlopen(f"{self.url}/health/ready", timeout=2) as response:
            return bool(response.status == 200)
        return False


def create_token(data: Path, role: str = "admin") -> str:
    """A token made by the command, as an operator would."""
    command = [
        sys.executable,
        "-m",
        "nowboard",
        "token",
        "create",
        "--data",
        str(data),
        "--name",
        "test",
        "--role",
        role,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1]


def start(
    data: Path, port: int, token: str, arguments: Sequence[str] = (), settings: Mapping[str, str] | None = None
) -> Server:
    """Start a server on `data`, with further environment variables, and wait until it is ready; the caller ends it."""
    command = [sys.executable, "-m", "nowboard", "serve", "--data", str(data), "--port", str(port), *arguments]
    # tests ask more often than any administrator
    env = {**os.environ, "NOWBOARD_REQUESTS_ADMIN": "0", **(settings or {})}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env)
    server = Server(port, token, process)
    deadline = time.monotonic() + START_SECONDS
    while not server.ready():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise RuntimeError(f"the server did not start:\n{''.join(server.lines)}")
        time.sleep(0.02)
    return server


def stop(server: Server, seconds: float = 15) -> int:
    """Ask the server to stop and wait; returns its exit code."""
    server.process.terminate()
    try:
        return server.process.wait(seconds)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait(5)
        raise
    finally:
        if server.process.stdout is not None:
            server.process.stdout.close()


@contextmanager
def serving(data: Path, arguments: Sequence[str] = (), settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server for the length of a block; `settings` are further environment variables."""
    server = start(data, free_port(), create_token(data), arguments, settings)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            stop(server)
