"""`python -m bench [name …]`: run benchmarks and print their tables; all of them without names."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from bench import history, latency, memory, query
from bench.fanout import run as fanout
from bench.ingest import run as ingest
from bench.table import Report, show

BENCHES: dict[str, Callable[[], Report]] = {
    "ingest": ingest.run,
    "fanout": fanout.run,
    "latency": latency.run,
    "query": query.run,
    "history": history.run,
    "memory": memory.run,
}
RESULTS = Path(__file__).parent / "results"


def main(names: list[str]) -> int:
    """Run what is asked for; unknown names are an error."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    console = Console(width=None if sys.stdout.isatty() else 120)
    RESULTS.mkdir(exist_ok=True)
    for name in names or BENCHES:
        report = BENCHES[name]()
        show(report, console)
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        (RESULTS / f"{name}-{stamp}.json").write_text(json.dumps(asdict(report), indent=1))
    return 0


raise SystemExit(main(sys.argv[1:]))
