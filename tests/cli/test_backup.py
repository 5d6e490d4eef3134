"""Backup beside a server that takes events, and restore: what was acknowledged before is there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import threading
from pathlib import Path
from typing import Any

import pytest
import zstandard

from nowboard.access.audit import audit
from nowboard.access.drafts import access_creation
from nowboard.cli.archive import MANIFEST, unpack
from nowboard.clock import SystemClock
from nowboard.errors import BadRequest
from nowboard.journal.sqlite import SqliteJournal
from nowboard.model.principals import SYSTEM
from nowboard.records.chain import verify_chain
from nowboard.records.dashboards import get_dashboard
from nowboard.records.database import Records
from nowboard.records.secrets import server_secret
from nowboard.records.sessions import SessionRow, add_session, find_session
from tests.postgres import Postgres
from tests.serving import free_port, serving, start, stop

COUNT = {"query": {"stream": "orders", "measures": ["count(*)"], "window": {"all": True}}}


def run(*arguments: str, code: int = 0, **environment: str) -> str:
    command = [sys.executable, "-m", "nowboard", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, env={**os.environ, **environment})
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def manifest_of(path: Path) -> dict[str, Any]:
    with (
        path.open("rb") as raw,
        zstandard.ZstdDecompressor().stream_reader(raw) as packed,
        tarfile.open(fileobj=packed, mode="r|") as tar,
    ):
        member = tar.next()
        assert member is not None
        assert member.name == MANIFEST
        content = tar.extractfile(member)
        assert content is not None
        found: dict[str, Any] = json.loads(content.read())
        return found


@pytest.mark.slow
def test_backup_during_ingest(tmp_path: Path) -> None:
    data, out, other = tmp_path / "data", tmp_path / "board.tar.zst", tmp_path / "other"
    with serving(data) as server:
        stopping = threading.Event()
        acked: list[int] = []

        def produce() -> None:
            number = 0
            while not stopping.is_set():
                rows = [{"at": "2026-03-01T12:00:00Z", "n": number + each} for each in range(20)]
                status, answer = server.call("POST", "/streams/orders/events", rows)
                assert status == 200
                acked.append(answer["offset"])
                number += 20

        producer = threading.Thread(target=produce)
        producer.start()
        while len(acked) < 20:
            stopping.wait(0.01)
        before = len(acked)
        run("backup", "--data", str(data), "--out", str(out))
        during = len(acked)
        stopping.set()
        producer.join()
        epoch = server.call("POST", "/query", COUNT)[1]["epoch"]
    assert during > before, "events went on being acknowledged"
    manifest = manifest_of(out)
    assert manifest["epoch"] == epoch
    assert acked[before - 1] <= manifest["offset"] <= acked[-1]
    assert manifest["events"] >= 20 * before
    assert out.stat().st_mode & 0o077 == 0

    assert f"{manifest['events']} events" in run("restore", str(out), "--data", str(other))
    assert sorted(path.name for path in other.iterdir() if path.suffix in (".db", ".jsonl")) == [
        "journal.db",
        "records.db",
    ]
    restored = start(other, free_port(), server.token)
    try:
        answer = restored.call("POST", "/query", COUNT)[1]
        assert answer["rows"] == [[20 * sum(offset <= manifest["offset"] for offset in acked)]]
        assert answer["offset"] == manifest["offset"]
        assert answer["epoch"] != epoch
        assert restored.call("POST", "/streams/orders/events", [{"at": "2026-03-01T12:00:00Z", "n": 1}])[0] == 200
    finally:
        stop(restored)
    assert "up to offset" in run("backup", "--data", str(other), "--out", str(tmp_path / "again.tar.zst"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a bit of everything, and its backup beside it."""
    folder = tmp_path_factory.mktemp("made")
    data = folder / "data"
    data.mkdir()
    SqliteJournal(data / "journal.db", clock=SystemClock()).close()
    fill(Records(data / "records.db"))
    run("backup", "--data", str(data), "--out", str(folder / "b.tar.zst"))
    return folder


@pytest.fixture
def small(made: Path, tmp_path: Path) -> Path:
    """A copy of that."""
    return Path(shutil.copytree(made, tmp_path / "small"))


def fill(records: Records) -> None:
    for number in range(3):
        records.call(audit, SYSTEM, "thing.do", "thing", f"t{number}", now=number, detail={"näme": "Ω"})
    records.call(access_creation, SYSTEM, {"id": "sales", "title": "Sales ☕"}, now=1, queries={})
    records.call(server_secret, "masks", 1)
    records.call(add_session, SessionRow("s1", {"id": "owner"}, created_at=1, expires_at=2**50), b"d" * 32)
    records.close()


def check(records: Records, secret: bytes) -> None:
    report = records.call(verify_chain)
    assert report.broken is None
    assert report.entries >= 3
    dashboard = records.call(get_dashboard, "sales")
    assert dashboard is not None
    assert dashboard.document["title"] == "Sales ☕"
    assert records.call(server_secret, "masks", 2) == secret
    assert records.call(find_session, b"d" * 32) is None, "sessions are of the moment"
    records.call(audit, SYSTEM, "thing.do", "thing", "later", now=9)
    assert records.call(verify_chain).broken is None
    records.close()


def secret_of(target: Path | str) -> bytes:
    records = Records(target)
    found = records.call(server_secret, "masks", 1)
    records.close()
    return found


def test_records_come_back_whole(small: Path) -> None:
    run("restore", str(small / "b.tar.zst"), "--data", str(small / "new"))
    check(Records(small / "new" / "records.db"), secret_of(small / "data" / "records.db"))
    assert "ok       audit" in run("doctor", "--data", str(small / "new"), "--audit")


@pytest.mark.slow
def test_records_move_between_engines(small: Path, postgres: Postgres) -> None:
    name = postgres.create()
    url = postgres.url(name)
    run("restore", str(small / "b.tar.zst"), "--data", str(small / "new"), NOWBOARD_RECORDS_URL=url)
    assert not (small / "new" / "records.db").exists()
    secret = secret_of(small / "data" / "records.db")
    check(Records(url), secret)
    again = run("restore", str(small / "b.tar.zst"), "--data", str(small / "x"), code=2, NOWBOARD_RECORDS_URL=url)
    assert "not empty" in again
    assert not (small / "x").exists()
    back = str(small / "back.tar.zst")
    run("backup", "--data", str(small / "new"), "--out", back, NOWBOARD_RECORDS_URL=url)
    run("restore", back, "--data", str(small / "file"))
    check(Records(small / "file" / "records.db"), secret)
    postgres.drop(name)


def test_nothing_is_overwritten(small: Path) -> None:
    backup, data = small / "b.tar.zst", small / "data"
    content = backup.read_bytes()
    assert "exists" in run("backup", "--data", str(data), "--out", str(backup), code=2)
    assert "not empty" in run("restore", str(backup), "--data", str(data), code=2)
    assert backup.read_bytes() == content
    assert "nothing to back up" in run("backup", "--data", str(small / "none"), "--out", str(small / "n"), code=2)
    assert sorted(path.name for path in small.iterdir()) == ["b.tar.zst", "data"]


def test_a_damaged_backup_is_refused_before_anything_is_touched(small: Path) -> None:
    backup, new = small / "b.tar.zst", small / "new"
    content = backup.read_bytes()
    folder = small / "unpacked"
    folder.mkdir()
    for place in range(4, len(content), len(content) // 40):
        backup.write_bytes(content[:place] + bytes([content[place] ^ 0x40]) + content[place + 1 :])
        with pytest.raises(BadRequest):
            unpack(backup, folder)
    for cut in (0, 3, len(content) // 2, len(content) - 600):
        backup.write_bytes(content[:cut])
        with pytest.raises(BadRequest):
            unpack(backup, folder)
    assert "backup" in run("restore", str(backup), "--data", str(new), code=2)
    assert not new.exists()
    assert not list(small.glob("*.restoring"))


def test_a_manifest_that_does_not_fit_is_refused(small: Path) -> None:
    backup = small / "b.tar.zst"
    with backup.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as packed:
        plain = packed.read()
    folder = small / "unpacked"
    folder.mkdir()
    digest = manifest_of(backup)["files"][0]["blake2b"].encode()
    for before, after in ((digest, b"0" * 64), (b"journal.db", b"../jour.db"), (b'"format": 1', b'"format": 2')):
        backup.write_bytes(zstandard.compress(plain.replace(before, after, 1)))
        with pytest.raises(BadRequest) as refused:
            unpack(backup, folder)
        assert refused.value.code == "bad_backup"
        assert sorted(path.name for path in small.iterdir()) == ["b.tar.zst", "data", "unpacked"]
