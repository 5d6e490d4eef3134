"""What Nowboard's ingest stands beside."""

from __future__ import annotations

import os
import time
from pathlib import Path

import msgspec

from bench.ingest.workload import bodies

START = 1_700_000_000_000


def decode_and_sync(folder: Path, seconds: float) -> float:
    """The limit: decode NDJSON with msgspec, append the bytes to a file, fdatasync; events per second."""
    prepared = bodies(8, START)
    decoder = msgspec.json.Decoder()
    events, turn, start = 0, 0, time.monotonic()
    with (folder / "log").open("wb", buffering=0) as log:
        while time.monotonic() - start < seconds:
            body = prepared[turn % 8]
            events += len(decoder.decode_lines(body))
            log.write(body)
            os.fdatasync(log.fileno())
            turn += 1
    return events / (time.monotonic() - start)
