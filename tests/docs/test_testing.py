"""docs/reference/testing.md names the modules that mutants are made of, and its figures add up."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from bench.mutants import LEAST

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| `([\w/]+\.py)` \| [^|]+ \| ([\d,]+) \| ([\d,]+) \|", re.MULTILINE)
ALL = re.compile(r"^\| all \|[^|]*\| ([\d,]+) \| ([\d,]+) \| ([\d.]+) % \|", re.MULTILINE)
PAGE = (ROOT / "docs/reference/testing.md").read_text()
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]


def number(text: str) -> int:
    return int(text.replace(",", ""))


def test_the_page_names_every_module_and_no_other() -> None:
    named = [f"src/nowboard/{name}" for name, _, _ in ROW.findall(PAGE)]
    assert sorted(named) == sorted(CONFIG["only_mutate"])
    paths = [*CONFIG["only_mutate"], *CONFIG["pytest_add_cli_args_test_selection"]]
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_figures_add_up() -> None:
    rows = [(number(made), number(killed)) for _, made, killed in ROW.findall(PAGE)]
    assert all(0 < killed <= made for made, killed in rows)
    ((made, killed, share),) = ALL.findall(PAGE)
    total, dead = sum(row[0] for row in rows), sum(row[1] for row in rows)
    assert (number(made), number(killed)) == (total, dead)
    assert f"{dead / total:.1%}" == f"{share}%"
    assert dead / total >= LEAST
