"""Rules of the repository itself: sizes, imports, lock files, architecture and changelog stay true."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from nowboard import __version__

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "nowboard"
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60


def tracked(*patterns: str) -> list[Path]:
    """Files that git knows or would add, so that a local build does not count."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_files_stay_small() -> None:
    records = "".join(path.read_text() for path in (ROOT / "docs" / "decisions").glob("*.md"))
    lengths = {path: len(path.read_text().splitlines()) for path in modules()}
    long = [str(p.relative_to(ROOT)) for p, n in lengths.items() if n > MAX_FILE_LINES and p.name not in records]
    assert long == []
    assert median(lengths.values()) < 150


def test_page_files_stay_small() -> None:
    files = [p for p in tracked("frontend/*.ts", "frontend/*.tsx") if "generated" not in p.parts]
    assert [str(p.relative_to(ROOT)) for p in files if len(p.read_text().splitlines()) > MAX_FILE_LINES] == []


def test_functions_stay_small_and_import_nothing() -> None:
    long, importing = [], []
    for path in modules():
        for function in functions(ast.parse(path.read_text())):
            where = f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
            if (function.end_lineno or 0) - function.lineno + 1 > MAX_FUNCTION_LINES:
                long.append(where)
            if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function)):
                importing.append(where)
    assert long == []
    assert importing == []


def test_architecture_names_every_room() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    rooms = [p.name for p in SOURCE.iterdir() if p.is_dir() and p.name != "__pycache__"]
    assert [room for room in rooms if f"`{room}/`" not in text] == []


def test_architecture_names_tests_that_exist() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)`", (ROOT / "ARCHITECTURE.md").read_text())
    assert len(named) >= 3
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_import_contracts_ignore_nothing() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for contract in config["tool"]["importlinter"]["contracts"]:
        assert "ignore_imports" not in contract


@pytest.mark.parametrize("name", ["runtime.lock", "dev.lock", "bench.lock"])
def test_python_locks_carry_versions_and_hashes_only(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text()
    assert "://" not in text
    pins = re.findall(r"^[A-Za-z0-9_.\-\[\],]+==", text, re.MULTILINE)
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    assert len(pins) == len(blocks) > 20
    assert all("--hash=sha256:" in block for block in blocks)


@pytest.mark.parametrize("name", ["frontend", "bench/peers"])
def test_page_lock_carries_versions_and_hashes_only(name: str) -> None:
    text = (ROOT / name / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert "://" not in text
    assert text.count('"integrity"') > 20


def test_no_machine_paths() -> None:
    pattern = re.compile(r"(?<![\w.])/(home|Users|root|farm|work)/\w")
    found = []
    for path in tracked():
        if path.suffix in {".png", ".woff2", ".lock", ".zip", ".parquet"} or path == Path(__file__):
            continue
        if pattern.search(path.read_text(errors="ignore")):
            found.append(str(path.relative_to(ROOT)))
    assert found == []


def test_changelog_knows_this_version() -> None:
    assert __version__ in (ROOT / "CHANGELOG.md").read_text()


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for path in tracked("*.md"):
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text()):
            if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)} -> {target}")
    assert broken == []


def test_make_bench_installs_the_peers_that_it_measures_beside() -> None:
    locks = ["bench/peers/package-lock.json", "requirements/bench.lock"]
    command = ["make", "-n", *(part for lock in locks for part in ("-W", lock)), "bench"]
    # not as a part of the run that may have started this test
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert "cd bench/peers" in said
    assert "-r requirements/bench.lock" in said
