"""Perspective beside Nowboard's ingest: `python -m bench.ingest.peer_perspective SECONDS` prints events per second."""

from __future__ import annotations

import sys
import time

import perspective

from bench.ingest.workload import BATCH, FIELDS, QUERIES, bodies

START = 1_700_000_000_000


def updates(seconds: float) -> float:
    """Perspective's `table.update` with as many grouped views as there are queries; events per second, in memory."""
    kinds = {"timestamp": "datetime", "string": "string", "integer": "integer", "float": "float"}
    client = perspective.Server().new_local_client()
    table = client.table({name: kinds[kind] for name, kind in FIELDS.items()})
    prepared = [body.decode() for body in bodies(8, START)]
    table.update(prepared[0], format="ndjson")  # 5.6 waits for ever when grouped views exist before the first row
    seen = [0]
    views = []
    aggregates = ("count", "sum", "avg", "max", "min")
    for index, query in enumerate(QUERIES):
        view = table.view(
            group_by=query["by"],
            columns=["total", "quantity"],
            aggregates={"total": aggregates[index % 5], "quantity": "sum"},
        )
        view.on_update(lambda *_: seen.__setitem__(0, seen[0] + 1))
        views.append(view)
    events, turn, start = 0, 0, time.monotonic()
    while time.monotonic() - start < seconds:
        table.update(prepared[turn % 8], format="ndjson")
        events += BATCH
        turn += 1
    if not seen[0]:
        raise RuntimeError("perspective's views did not update")
    return events / (time.monotonic() - start)


if __name__ == "__main__":
    print(updates(float(sys.argv[1])))
