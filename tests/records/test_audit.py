"""The audit chain: nobody changes it, concurrent writers extend it, and every tampering is found."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from nowboard.access.audit import audit, prune_audit
from nowboard.clock import DAY
from nowboard.model.principals import SYSTEM
from nowboard.records.audit import AuditFilter, search_audit
from nowboard.records.chain import ChainReport, verify_chain
from nowboard.records.database import Records

ROWS = 12


def note(records: Records, count: int = ROWS, start: int = 0) -> None:
    for number in range(start, start + count):
        records.call(
            audit, SYSTEM, f"thing.do{number % 3}", "thing", f"t{number}", now=number * DAY, detail={"n": number}
        )


def test_a_chain_is_what_was_written(records: Records) -> None:
    assert records.call(verify_chain).entries == 0
    note(records)
    report = records.call(verify_chain)
    assert (report.entries, report.number, report.broken) == (ROWS, ROWS, None)
    assert records.call(verify_chain, (ROWS, report.hash)).broken is None
    assert records.call(verify_chain, (ROWS, "00" * 32)).broken == ROWS
    assert records.call(verify_chain, (ROWS + 1, "00" * 32)).broken == ROWS + 1


def test_writers_at_once_make_one_chain(target: Path | str) -> None:
    servers = [Records(target) for _ in range(2)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: servers[n % 2].call(audit, SYSTEM, "a.b", "a", str(n), now=n), range(40)))
    report = servers[0].call(verify_chain)
    objects = {row.object for row in servers[0].call(search_audit, AuditFilter(), 100)}
    for server in servers:
        server.close()
    assert (report.entries, report.broken) == (40, None)
    assert objects == {str(n) for n in range(40)}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET outcome = 'done'",
        "UPDATE audit SET name = 'x' WHERE number = 3",
        "DELETE FROM audit WHERE number = 3",
        "DELETE FROM audit",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET number = number - 1",
        "UPDATE audit_head SET pruned = number",
    ],
)
def test_entries_are_neither_changed_nor_removed(records: Records, statement: str) -> None:
    note(records)
    with pytest.raises(DBAPIError, match="append-only"):
        records.call(lambda connection: connection.execute(text(statement)).rowcount)
    assert records.call(verify_chain).entries == ROWS


def test_retention_leaves_a_chain_that_can_be_verified(records: Records) -> None:
    note(records)
    assert records.call(prune_audit, 5 * DAY, 20 * DAY) == 5
    assert records.call(prune_audit, 5 * DAY, 20 * DAY) == 0
    report = records.call(verify_chain)
    assert (report.entries, report.number, report.pruned, report.broken) == (ROWS - 5 + 1, ROWS + 1, 5, None)
    assert records.call(prune_audit, 100 * DAY, 100 * DAY) == ROWS - 5
    note(records, 2, 30)
    report = records.call(verify_chain)
    assert (report.pruned, report.broken) == (ROWS, None)


def test_search(records: Records) -> None:
    note(records)

    def numbers(**wanted: object) -> list[int]:
        found = records.call(search_audit, AuditFilter(**wanted), 4)  # type: ignore[arg-type]  # any of the members
        return [row.number for row in found]

    assert numbers() == [12, 11, 10, 9]
    assert numbers(before=9) == [8, 7, 6, 5]
    assert numbers(action="thing.do1") == [11, 8, 5, 2]
    assert numbers(action="thing.") == [12, 11, 10, 9]
    assert numbers(action="thin_.") == []
    assert numbers(since=2 * DAY, until=4 * DAY) == [4, 3]
    assert numbers(object="t3") == [4]
    assert numbers(outcome="refused") == []
    assert numbers(principal="system", organisation="main") == [12, 11, 10, 9]
    assert numbers(organisation="other") == []


# ----------------------------------------------------------------------------------------------------------- tampering

Spoil = Callable[[sqlite3.Connection], object]
COLUMNS = (
    "number at organisation principal_kind principal name action object_kind object outcome detail address request_id"
    " previous hash"
).split()


def spoiled(path: Path, spoil: Spoil) -> ChainReport:
    """The report after somebody with the file in hand has removed the triggers and changed something."""
    connection = sqlite3.connect(path)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    spoil(connection)
    connection.commit()
    connection.close()
    records = Records(path)
    try:
        return records.call(verify_chain)
    finally:
        records.close()


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a database with a chain."""
    path = tmp_path_factory.mktemp("chain") / "records.db"
    records = Records(path)
    note(records)
    records.close()
    return path.read_bytes()


@pytest.fixture(params=[0, 4], ids=["whole", "pruned"])
def chained(request: pytest.FixtureRequest, chain: bytes, tmp_path: Path) -> tuple[Path, int]:
    """A database with a chain of which retention has removed the first so many."""
    path = tmp_path / "records.db"
    path.write_bytes(chain)
    records = Records(path)
    records.call(prune_audit, request.param * DAY, 20 * DAY)
    note(records, 3, 30)
    assert records.call(verify_chain).broken is None
    records.close()
    return path, request.param


@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_removed_entry_is_found(chained: tuple[Path, int], place: str) -> None:
    path, pruned = chained
    last = 15 + (1 if pruned else 0)
    number = {"first": pruned + 1, "middle": 8, "last": last}[place]
    assert spoiled(path, lambda c: c.execute("DELETE FROM audit WHERE number = ?", (number,))).broken == number


def test_a_removed_end_is_found(chained: tuple[Path, int]) -> None:
    path, _ = chained
    assert spoiled(path, lambda c: c.execute("DELETE FROM audit WHERE number > 9")).broken == 10


def test_a_removed_beginning_is_found(chained: tuple[Path, int]) -> None:
    path, _ = chained

    def remove(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE audit_head SET pruned = 6, pruned_hash = (SELECT hash FROM audit WHERE number = 6)")
        connection.execute("DELETE FROM audit WHERE number <= 6")

    assert spoiled(path, remove).broken == 6


def test_a_log_removed_with_its_head_is_found(chained: tuple[Path, int]) -> None:
    path, _ = chained
    report = spoiled(path, lambda c: c.executescript("DELETE FROM audit; DELETE FROM audit_head"))
    assert (report.broken, report.reason) == (1, "the head of the log is gone")


def test_a_removed_log_is_found(chained: tuple[Path, int]) -> None:
    path, pruned = chained
    assert spoiled(path, lambda c: c.execute("DELETE FROM audit")).broken == pruned + 1


@pytest.mark.parametrize("column", COLUMNS)
def test_any_changed_byte_of_an_entry_is_found(chain: bytes, tmp_path: Path, column: str) -> None:
    path = tmp_path / "records.db"
    path.write_bytes(chain)
    reader = sqlite3.connect(path)
    value = reader.execute(f"SELECT {column} FROM audit WHERE number = 7").fetchone()[0]
    reader.close()
    for changed in _changes(value):
        path.write_bytes(chain)
        report = spoiled(path, lambda c: c.execute(f"UPDATE audit SET {column} = ? WHERE number = 7", (changed,)))  # noqa: B023 - used at once
        assert report.broken in (7, 8), changed


def _changes(value: object) -> list[object]:
    if value is None:
        return ["x", ""]
    if isinstance(value, int):
        return [value ^ (1 << bit) for bit in (3, 20)]
    if isinstance(value, bytes):
        return [value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :] for at in range(len(value))]
    assert isinstance(value, str)
    changed = [value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :] for at in range(len(value))]
    return [*changed, value + "x"]


def test_a_swapped_pair_is_found(chained: tuple[Path, int]) -> None:
    path, _ = chained

    def swap(connection: sqlite3.Connection) -> None:
        for before, after in ((7, -1), (8, 7), (-1, 8)):
            connection.execute("UPDATE audit SET number = ? WHERE number = ?", (after, before))

    assert spoiled(path, swap).broken == 7


def test_an_added_entry_is_found(chained: tuple[Path, int]) -> None:
    path, pruned = chained
    names = ", ".join(COLUMNS)
    last = 15 + (1 if pruned else 0)

    def add(connection: sqlite3.Connection) -> None:
        values = names.replace("number", str(last + 1), 1)
        connection.execute(f"INSERT INTO audit ({names}) SELECT {values} FROM audit WHERE number = {last}")

    assert spoiled(path, add).broken == last + 1
