"""`init`, `apply`, `diff` and `export` against a real server, as a person uses them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import nowboard.packs
from tests.serving import Server, create_token, free_port, start, stop

PACKS = Path(nowboard.packs.__path__[0])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Server]:
    running = start(data, free_port(), create_token(data))
    yield running
    stop(running)


@pytest.fixture(scope="module")
def run(server: Server) -> Nowboard:
    return Nowboard(server)


class Nowboard:
    """The command, told where the server is."""

    def __init__(self, server: Server) -> None:
        self._environment = {"NOWBOARD_URL": f"http://127.0.0.1:{server.port}", "NOWBOARD_TOKEN": server.token}

    def __call__(self, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "nowboard", *map(str, arguments)]
        env = {**self._environment, **environment}
        return subprocess.run(command, capture_output=True, text=True, timeout=60, env=env)


def test_from_init_to_export_and_back(run: Nowboard, tmp_path: Path) -> None:
    mine, exported = tmp_path / "shop", tmp_path / "exported"
    made = run("init", mine)
    assert made.returncode == 0, made.stderr
    before = run("diff", mine)
    assert before.returncode == 1
    assert before.stdout.splitlines()[0] == "+ stream orders"
    applied = run("apply", mine)
    assert (applied.returncode, applied.stdout.splitlines()[-1]) == (0, "Shop: 7 changes")
    assert run("apply", mine).stdout == "Nothing to do.\n"
    assert (run("diff", mine).returncode, run("diff", mine).stdout) == (0, "No differences.\n")

    assert run("export", exported).returncode == 0
    assert run("diff", exported).stdout == "No differences.\n"
    assert (exported / "queries" / "revenue-by-channel.yaml").is_file()

    metrics = mine / "metrics.yaml"
    metrics.write_text(metrics.read_text().replace("value: 50", "value: 60"))
    changed = run("diff", mine)
    assert changed.returncode == 1
    assert changed.stdout == "~ metric average_order\n    goal.value: 50.0 -> 60.0\n"
    assert run("apply", mine).returncode == 0
    assert run("diff", mine).returncode == 0


@pytest.mark.parametrize("pack", ["flights", "server"])
def test_the_shipped_packs_apply_over_http(run: Nowboard, pack: str) -> None:
    applied = run("apply", PACKS / pack)
    assert applied.returncode == 0, applied.stderr
    again = run("diff", PACKS / pack)
    assert (again.returncode, again.stdout) == (0, "No differences.\n"), again.stdout + again.stderr


def test_prune_removes_dashboards_that_are_gone(run: Nowboard, tmp_path: Path) -> None:
    mine = tmp_path / "shop"
    run("init", mine)
    dashboard = mine / "dashboards" / "shop.yaml"
    (mine / "dashboards" / "old.yaml").write_text(dashboard.read_text().replace("id: shop\n", "id: old\n"))
    assert run("apply", mine).returncode == 0
    (mine / "dashboards" / "old.yaml").unlink()
    kept = run("apply", mine)
    assert "kept dashboard old" in kept.stdout
    removed = run("apply", mine, "--prune")
    assert "- dashboard old" in removed.stdout
    assert run("diff", mine).returncode == 0


def test_a_saved_query_that_would_break_a_widget_is_told_with_the_widget(run: Nowboard, tmp_path: Path) -> None:
    mine = tmp_path / "shop"
    run("init", mine)
    assert run("apply", mine).returncode == 0
    query, board = mine / "queries" / "revenue-by-channel.yaml", mine / "dashboards" / "shop.yaml"
    query.write_text(query.read_text().replace("name: channel,", "name: place,"))
    failed = run("apply", mine)
    assert failed.returncode == 2
    assert failed.stderr.startswith("error: dashboards/shop.yaml:"), "the pack's own dashboard does not fit"
    board.write_text(board.read_text().replace("x: channel,", "x: place,"))
    failed = run("apply", mine)
    assert failed.returncode == 2
    assert failed.stderr.splitlines()[1].startswith("  shop (published), widget channels: options.x:")
    assert "another id" in failed.stderr
    shown = run("diff", mine)
    assert (shown.returncode, "~ query revenue-by-channel" in shown.stdout) == (1, True)


def test_a_pack_that_is_not_right_is_told_with_file_and_line(run: Nowboard, tmp_path: Path) -> None:
    mine = tmp_path / "shop"
    run("init", mine)
    streams = mine / "streams.yaml"
    streams.write_text(streams.read_text().replace("retention:", "retantion:"))
    failed = run("apply", mine)
    assert failed.returncode == 2
    assert failed.stderr.startswith("error: streams.yaml:8: orders.retantion: There is no member 'retantion' here.")
    metrics = mine / "metrics.yaml"
    metrics.write_text(metrics.read_text().replace("stream: orders", "streem: orders", 1))
    failed = run("diff", mine)
    assert failed.returncode == 2
    assert [line.split(": ")[0] for line in failed.stderr.splitlines()] == [
        "error",
        "  streams.yaml:8",
        "  metrics.yaml:3",
    ]


def test_trouble_is_told_in_words(run: Nowboard, tmp_path: Path) -> None:
    mine = tmp_path / "shop"
    run("init", mine)
    assert "is not empty" in run("init", mine).stderr
    assert "is no pack" in run("apply", tmp_path).stderr
    assert "holds something that is no pack" in run("export", tmp_path).stderr
    assert "Give an API token" in run("diff", mine, NOWBOARD_TOKEN="").stderr
    refused = run("diff", mine, NOWBOARD_TOKEN="nb_wrong")
    assert (refused.returncode, refused.stderr.startswith("error: ")) == (2, True)
    away = run("diff", mine, NOWBOARD_URL=f"http://127.0.0.1:{free_port()}")
    assert (away.returncode, "does not answer" in away.stderr) == (2, True)
    assert "is not the address of a server" in run("diff", mine, NOWBOARD_URL="localhost").stderr
