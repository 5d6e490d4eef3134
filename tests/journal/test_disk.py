"""A full disk: nothing is acknowledged that is not durable, reads go on, and room is noticed without a restart."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from nowboard.clock import ManualClock
from nowboard.journal.commit import Commit, Memory
from nowboard.journal.limits import JournalLimits
from nowboard.journal.requests import SeenRequests
from nowboard.journal.schema import open_writer
from nowboard.journal.seen import SeenIds
from nowboard.journal.sqlite import SqliteJournal
from nowboard.journal.state import Schemas, load_facts, load_state
from nowboard.model.events import Events, Record
from tests.conformance import samples
from tests.conformance.samples import START
from tests.journal.disk import fill_and_recover

ROOT = Path(__file__).parent.parent.parent
MEBIBYTE = 1024 * 1024


@pytest.mark.parametrize("limit", [400_000, 1_500_000])
def test_a_limit_on_file_size(tmp_path: Path, limit: int) -> None:
    assert limited(tmp_path, limit) >= 20


def test_a_full_disk(tmp_path: Path) -> None:
    """On a real small disk where the system lets us have one, else under another limit."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk], capture_output=True)
    if mounted.returncode != 0:
        assert limited(tmp_path, 800_000) >= 20
        return
    ballast = disk / "ballast"
    ballast.write_bytes(b"\0" * (3 * MEBIBYTE))
    try:
        assert asyncio.run(fill_and_recover(disk / "journal.db", ballast.unlink)) >= 40
    finally:
        subprocess.run(["umount", disk], check=True)


async def test_what_became_durable_though_it_was_refused_is_handed_over_late(tmp_path: Path) -> None:
    """As after an fsync that failed though the data had reached the disk: the file is ahead of what we knew."""
    path, limits = tmp_path / "journal.db", JournalLimits()
    journal = SqliteJournal(path, clock=ManualClock(START))
    heard: list[Record] = []
    journal.subscribe(heard.extend)
    await journal.append(samples.events(1, ids=["a"]))
    connection = open_writer(path, limits)
    memory = Memory(
        connection, Schemas(connection), SeenIds(connection, limits), SeenRequests(connection), load_facts(connection),
        load_state(connection),
    )  # fmt: skip
    refused = samples.events(2, start=1, ids=["b", "c"], key="k")
    commit = Commit(memory, limits, START)
    connection.execute("BEGIN IMMEDIATE")
    commit.expect([refused])
    commit.append(refused)
    commit.write()
    connection.execute("COMMIT")
    connection.close()
    journal._writer.problem = "an fsync failed"
    retried = await journal.append(refused)
    other = await journal.append(samples.events(2, start=3, ids=["c", "d"]))
    assert (retried.accepted, retried.offset) == (2, 2)
    assert (other.accepted, other.offset) == (1, 3)
    contents = [record.content for record in heard if isinstance(record.content, Events)]
    assert [each.batch.num_rows for each in contents] == [1, 2, 1]
    assert [record.seq for record in heard] == [1, 2, 4]
    journal.close()


def limited(tmp_path: Path, limit: int) -> int:
    command = [sys.executable, "-m", "tests.journal.disk", str(tmp_path / "journal.db"), str(limit)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)
