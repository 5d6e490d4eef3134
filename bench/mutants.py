"""`python -m bench.mutants`: change the modules that decide who may do what, and count what the tests notice of it.

Which modules and tests these are stands in `pyproject.toml` under `[tool.mutmut]`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

ROOT: Final = Path(__file__).parent.parent
MADE: Final = ROOT / "mutants"
LOG: Final = ROOT / "bench" / "results" / "mutants.log"
LEAST: Final = 0.9
_LINE: Final = re.compile(r"^\s+(\S+): ([a-z ]+)$", re.MULTILINE)


def results() -> dict[str, str]:
    """What became of every mutant, by name: `killed`, `survived`, `no tests`, `timeout` …"""
    # what an earlier run found would stay, although other tests than those of then may run now
    shutil.rmtree(MADE, ignore_errors=True)
    LOG.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "mutmut"]
    with LOG.open("w") as log:
        subprocess.run([*command, "run"], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, check=True)
    done = subprocess.run([*command, "results", "--all", "true"], cwd=ROOT, capture_output=True, text=True, check=True)
    return dict(_LINE.findall(done.stdout))


def share(counts: Counter[str]) -> float:
    """How many of the mutants were killed. One that only ran out of time, or that no test reaches, was not."""
    return counts["killed"] / counts.total()


def show(found: dict[str, str]) -> Counter[str]:
    """Print the counts of every module and the names of those that were not killed; returns the counts of all."""
    modules: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, outcome in found.items():
        modules[name.rpartition(".")[0]][outcome] += 1
    table = Table(title="Mutants", title_justify="left")
    table.add_column("module")
    for heading in ("mutants", "killed", "share"):
        table.add_column(heading, justify="right")
    total: Counter[str] = Counter()
    for module, counts in sorted(modules.items()):
        table.add_row(module, str(counts.total()), str(counts["killed"]), f"{share(counts):.1%}")
        total += counts
    table.add_row("all", str(total.total()), str(total["killed"]), f"{share(total):.1%}")
    console = Console(width=None if sys.stdout.isatty() else 120)
    for name, outcome in sorted(found.items()):
        if outcome != "killed":
            console.print(f"{outcome}: {name}", highlight=False)
    console.print(table)
    return total


def main() -> int:
    """1 when too many live, or when the tests fail before anything is changed."""
    try:
        total = show(results())
    except subprocess.CalledProcessError as error:
        print(f"{error}; see {LOG.relative_to(ROOT)}", file=sys.stderr)
        return 1
    if share(total) < LEAST:
        print(f"fewer than {LEAST:.0%} were killed; `mutmut show NAME` shows a change", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
