"""A server of its own for a measurement: in a process, on a free port, in a folder that is thrown away."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from typing import IO, Final

from nowboard.access.tokens import issue_token
from nowboard.clock import SystemClock
from nowboard.errors import Unavailable
from nowboard.records.database import Records

_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 15.0
_PORT: Final = re.compile(r"listens on port (\d+)")


@dataclass(frozen=True)
class Trial:
    """Where the server is, and an admin's token for it."""

    port: int
    token: str

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def trial_server(data: Path) -> Iterator[Trial]:
    """A server with the default settings, for the length of a block. Raises `Unavailable` when it does not start."""
    records = Records(data / "records.db")
    try:
        token = records.call(issue_token, name="bench", role="admin", now=SystemClock().now()).secret
    finally:
        records.close()
    command = [sys.executable, "-m", "nowboard", "serve", "--data", str(data), "--port", "0", "--no-self-metrics"]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("NOWBOARD_")}
    process = subprocess.Popen(  # noqa: S603 - our own module and values
        command, env=plain, cwd=data, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        if process.stdout is None:
            raise AssertionError("the process has no output")
        yield Trial(_port(process.stdout), token)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _port(output: IO[str]) -> int:
    """The port that the server tells of; its output is read to the end, so that it never waits for a reader."""
    found: Queue[int | None] = Queue()
    lines: list[str] = []

    def read() -> None:
        with output:
            for line in output:
                told = _PORT.search(line)
                if told:
                    found.put(int(told[1]))
                elif len(lines) < 100:
                    lines.append(line)
        found.put(None)

    threading.Thread(target=read, name="nowboard-trial", daemon=True).start()
    try:
        port = found.get(timeout=_START_SECONDS)
    except Empty:
        port = None
    if port is None:
        raise Unavailable(f"The server did not start: {''.join(lines[-5:]).strip() or 'it says nothing'}")
    return port
