"""Several connections that post NDJSON bodies back to back, in a process of its own."""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from dataclasses import dataclass

from bench.ingest.workload import BATCH, bodies

CONNECTIONS = 4
CLAIM = b'"accepted":' + str(BATCH).encode()


@dataclass
class Count:
    """What one connection has had acknowledged."""

    events: int = 0


def post(port: int, token: str, stop: float, seed: int, count: Count) -> None:
    """Post until `stop` (a `time.monotonic` value); every answer must accept the whole batch."""
    prepared = bodies(8, int(time.time() * 1000) - 60_000 + seed)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    turn = 0
    while time.monotonic() < stop:
        connection.request("POST", "/api/v1/streams/orders/events", prepared[turn % 8], headers)
        response = connection.getresponse()
        body = response.read()
        if response.status == 503 or response.status == 429:
            time.sleep(float(response.headers.get("Retry-After", "0.05")))
            continue
        if response.status != 200 or CLAIM not in body:
            raise RuntimeError(f"{response.status}: {body[:300]!r}")
        count.events += BATCH
        turn += 1


def main(port: int, token: str, seconds: float) -> None:
    """Print the acknowledged events and the time it took."""
    counts = [Count() for _ in range(CONNECTIONS)]
    start = time.monotonic()
    threads = [
        threading.Thread(target=post, args=(port, token, start + seconds, index, count))
        for index, count in enumerate(counts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.monotonic() - start
    sys.stdout.write(json.dumps({"events": sum(count.events for count in counts), "seconds": spent}))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
