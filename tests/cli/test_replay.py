"""`nowboard replay` and `nowboard bench` against real servers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serving import Server, create_token, free_port, start, stop

TIMES = ["2013-01-01T00:00:00Z", "2013-01-01T00:00:30Z", "2013-01-01T00:01:00Z", "2013-01-01T00:01:00Z"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("data")
    running = start(data, free_port(), create_token(data))
    yield running
    stop(running)


def command(*arguments: str | Path, server: Server | None = None) -> tuple[list[str], dict[str, str]]:
    given = {} if server is None else {"NOWBOARD_URL": server.url, "NOWBOARD_TOKEN": server.token}
    plain = {name: value for name, value in os.environ.items() if not name.startswith("NOWBOARD_")}
    return [sys.executable, "-m", "nowboard", *map(str, arguments)], {**plain, **given}


def nowboard(*arguments: str | Path, server: Server | None = None) -> subprocess.CompletedProcess[str]:
    called, environment = command(*arguments, server=server)
    return subprocess.run(called, capture_output=True, text=True, timeout=110, env=environment)


def rows(server: Server, sql: str) -> list[list[Any]]:
    status, body = server.call("POST", "/query", {"query": {"sql": sql}})
    assert status == 200, body
    found: list[list[Any]] = body["rows"]
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "old.ndjson"
    path.write_text("".join(json.dumps({"at": at, "n": n, "event_id": "same"}) + "\n" for n, at in enumerate(TIMES)))
    return path


def test_a_file_happens_again_now_and_faster(server: Server, file: Path) -> None:
    began = time.time() * 1000
    done = nowboard("replay", file, "--stream", "live", "--time", "at", "--speed", "60", server=server)
    ended = time.time() * 1000
    assert (done.returncode, done.stdout) == (0, "live: 4 events sent\n"), done.stderr
    found = rows(server, "select at, n from live order by at, n")
    assert [row[1] for row in found] == [0, 1, 2, 3]
    assert began <= found[0][0] <= found[-1][0] <= ended
    first = found[0][0]
    assert [row[0] - first for row in found] == [0, 500, 1000, 1000], "a minute takes a second"

    again = nowboard("replay", "--from", "live", "--stream", "live", "--speed", "1000", server=server)
    assert (again.returncode, again.stdout) == (0, "live: 4 events sent\n"), again.stderr
    found = rows(server, "select at, n from live order by at, n")
    assert [row[1] for row in found] == [0, 1, 2, 3] * 2
    assert [round(row[0] - found[4][0]) for row in found[4:]] == [0, 0, 1, 1]


def test_a_loop_goes_on_until_it_is_stopped(server: Server, file: Path) -> None:
    called, environment = command(
        "replay", file, "--stream", "looped", "--time", "at", "--speed", "6000", "--loop", server=server
    )
    process = subprocess.Popen(called, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        deadline = time.monotonic() + 60
        while True:
            status, body = server.call("POST", "/query", {"query": {"sql": "select count(*) from looped"}})
            if status == 200 and body["rows"][0][0] >= 12:
                break
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_what_cannot_be_replayed(server: Server, file: Path) -> None:
    for arguments, said in (
        ((file, "--stream", "new"), "--time COLUMN"),
        (("--stream", "new"), "Give a file, or a stored stream"),
        ((file, "--stream", "new", "--time", "wrong"), "no row has a time in 'wrong'"),
        (("--from", "nothing", "--stream", "new", "--time", "at"), "There is no stream 'nothing'"),
    ):
        done = nowboard("replay", *arguments, server=server)
        assert (done.returncode, done.stdout) == (2, ""), arguments
        assert said in done.stderr
    assert server.call("GET", "/streams/new")[0] == 404


def test_bench_measures_a_server_of_its_own(tmp_path: Path) -> None:
    done = nowboard("bench", "--seconds", "0.5", "--folder", tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert {"ingest_rate", "event_p50", "query_p50", "cached_p50", "push_p50", "push_p95"} <= figures.keys()
    assert all(figure["value"] > 0 for figure in figures.values())
    assert list(tmp_path.iterdir()) == []
