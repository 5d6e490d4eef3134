"""A PostgreSQL server for the pages that need one: `python -m tests.docs.database` prints its address, then the folder
of its programs, and runs until it is told to stop."""

from __future__ import annotations

import signal
import sys
from types import FrameType

from tests.postgres import running


def stop(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    with running() as server:
        sys.stdout.write(f"{server.conninfo(server.create())}\n{server.programs}\n")
        sys.stdout.flush()
        signal.pause()
