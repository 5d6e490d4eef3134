"""`nowboard import` as a person uses it: into a stopped data folder and into a running server."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.serving import Server, create_token, free_port, serving, start, stop

ROWS = 12_000
GOOD = ROWS - 3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("data")
    running = start(data, free_port(), create_token(data))
    yield running
    stop(running)


def nowboard(*arguments: str | Path, server: Server | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nowboard", *map(str, arguments)]
    given = {} if server is None else {"NOWBOARD_URL": server.url, "NOWBOARD_TOKEN": server.token}
    plain = {name: value for name, value in os.environ.items() if not name.startswith("NOWBOARD_")}
    return subprocess.run(command, capture_output=True, text=True, timeout=110, env={**plain, **given})


def count(server: Server, stream: str) -> Any:
    query = {"stream": stream, "measures": ["count(*)", "sum(n)"], "window": {"all": True}}
    status, body = server.call("POST", "/query", {"query": query})
    assert status == 200, body
    return body["rows"][0]


def orders(path: Path) -> Path:
    """A CSV file with three rows that are not right, beyond the first chunk."""
    bad = {7_000: "2026-03-01T10:00:00Z,o7000,many", 7_001: "no time,o7001,1", 9_000: "one cell"}
    lines = [bad.get(n, f"2026-03-01T10:00:{n % 60:02d}Z,o{n},{n}") for n in range(ROWS)]
    path.write_text("At,Order ID,n\n" + "\n".join(lines) + "\n")
    return path


def test_a_csv_file_is_stored_once_whatever_is_wrong_with_some_rows(server: Server, tmp_path: Path) -> None:
    path, rejects = orders(tmp_path / "orders.csv"), tmp_path / "rejects.ndjson"
    expected = [GOOD, sum(range(ROWS)) - 7_000 - 7_001 - 9_000]
    done = nowboard("import", path, "--stream", "orders", "--rejects", rejects, server=server)
    assert (done.returncode, done.stdout) == (1, f"{path}: {GOOD:,} stored, 3 refused\n"), done.stderr
    assert f"{path}:7002: wrong_type: n: 'many' does not fit integer" in done.stderr
    named = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [(each["line"], each["code"]) for each in named] == [
        (7_002, "wrong_type"), (7_003, "bad_time"), (9_002, "malformed"),
    ]  # fmt: skip
    assert named[0]["row"] == {"At": "2026-03-01T10:00:00Z", "Order ID": "o7000", "n": "many"}
    assert count(server, "orders") == expected
    again = nowboard("import", path, "--stream", "orders", server=server)
    assert (again.returncode, again.stdout) == (1, f"{path}: 0 stored, {GOOD:,} stored before, 3 refused\n")
    assert count(server, "orders") == expected


def test_an_import_that_was_cut_off_goes_on(server: Server, tmp_path: Path) -> None:
    whole = orders(tmp_path / "whole.csv")
    packed = tmp_path / "cut.csv.gz"
    packed.write_bytes(gzip.compress(whole.read_bytes())[:-2_000])
    cut = nowboard("import", packed, "--stream", "resumed", server=server)
    assert cut.returncode == 2
    assert f"{packed} stopped after " in cut.stderr
    assert "Traceback" not in cut.stderr
    before = count(server, "resumed")[0]
    assert 0 < before < GOOD
    rest = nowboard("import", whole, "--stream", "resumed", server=server)
    assert rest.stdout == f"{whole}: {GOOD - before:,} stored, {before:,} stored before, 3 refused\n"
    assert count(server, "resumed")[0] == GOOD


def test_event_ids_hold_across_files(server: Server, tmp_path: Path) -> None:
    first, second = tmp_path / "a.ndjson", tmp_path / "b.parquet"
    first.write_text("".join(json.dumps({"at": "2026-03-01", "id": f"o{n}", "n": n}) + "\n" for n in range(100)))
    pq.write_table(
        pa.table({"at": ["2026-03-01"] * 100, "id": [f"o{n}" for n in range(50, 150)], "n": [1] * 100}), second
    )
    done = nowboard("import", first, second, "--stream", "once", "--event-id", "id", server=server)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"{first}: 100 stored",
        f"{second}: 50 stored, 50 with an id seen before",
        "together: 150 stored, 50 with an id seen before",
    ]
    assert count(server, "once") == [150, sum(range(100)) + 50]


def test_a_stopped_data_folder_takes_files_by_itself(tmp_path: Path) -> None:
    data, path = tmp_path / "data", orders(tmp_path / "orders.csv")
    done = nowboard("import", path, "--stream", "orders", "--data", data)
    assert (done.returncode, done.stdout) == (1, f"{path}: {GOOD:,} stored, 3 refused\n"), done.stderr
    again = nowboard("import", path, "--stream", "orders", "--data", data)
    assert again.stdout == f"{path}: 0 stored, {GOOD:,} stored before, 3 refused\n"
    with serving(data) as running:
        assert count(running, "orders")[0] == GOOD
        refused = nowboard("import", path, "--stream", "orders", "--data", data)
        assert (refused.returncode, refused.stderr.startswith("error: Another process uses")) == (2, True)


def test_trouble_is_told_in_words(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "orders.txt"
    path.write_text("at\n2026-03-01\n")

    def trouble(*arguments: str | Path, server: Server | None = server) -> str:
        done = nowboard("import", *arguments, "--stream", "trouble", server=server)
        assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (2, "", False), done.stderr
        return done.stderr

    assert "there is no such file" in trouble(tmp_path / "no.csv")
    assert "give one with --format" in trouble(path)
    assert "Give --data for a stopped server" in trouble(path, "--format", "csv", server=None)
    assert "does not answer" in trouble(path, "--format", "csv", "--url", f"http://127.0.0.1:{free_port()}")
    assert "unknown, over or revoked" in trouble(path, "--format", "csv", "--token", "nb_wrong")
    assert "one character" in trouble(path, "--format", "csv", "--delimiter", "ab")
    assert nowboard("import", path, "--format", "csv", "--stream", "plain", server=server).returncode == 0
