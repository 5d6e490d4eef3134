"""The records database: migrations, transactions, and each repository."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Inspector, inspect, text

from nowboard.records.database import Records, versions
from nowboard.records.migrate import main as migrate_target
from nowboard.records.migrate import migrations
from nowboard.records.secrets import server_secret
from nowboard.records.sessions import (
    SessionRow,
    add_link,
    add_session,
    find_session,
    revoke_session,
    use_link,
)
from nowboard.records.tables import HEAD, METADATA
from nowboard.records.tokens import TokenRow, add_token, find_token, get_token, list_tokens, revoke_token, touch_token

DIGEST = b"d" * 32


def test_migrations_make_the_tables_that_the_code_uses(target: Path | str) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))

    migrate_target(target)
    records = Records(target)
    assert records.call(differences) == []
    records.close()


def test_a_new_file_is_like_one_that_was_migrated(tmp_path: Path) -> None:
    def whole(connection: Connection) -> dict[str, Any]:
        found = inspect(connection)
        tables = sorted(found.get_table_names())
        triggers = text("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        return {
            "tables": {name: described(found, name) for name in tables},
            "triggers": [tuple(row) for row in connection.execute(triggers)],
            "rows": {name: rows_of(connection, name) for name in tables},
        }

    migrate_target(tmp_path / "old.db")
    old, new = Records(tmp_path / "old.db"), Records(tmp_path / "new.db")
    assert new.call(whole) == old.call(whole)
    for records in (old, new):
        records.close()


def rows_of(connection: Connection, table: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()]


def described(found: Inspector, table: str) -> dict[str, Any]:
    """What a table is made of, with the types as the database names them."""
    columns = [{**column, "type": str(column["type"])} for column in found.get_columns(table)]
    parts: list[list[Any]] = [
        columns,
        found.get_foreign_keys(table),
        found.get_unique_constraints(table),
        found.get_check_constraints(table),
        found.get_indexes(table),
    ]
    names = ("columns", "foreign", "unique", "checks", "indexes")
    sorted_parts = [sorted(part, key=str) for part in parts]
    return {**dict(zip(names, sorted_parts, strict=True)), "key": found.get_pk_constraint(table)["constrained_columns"]}


def test_the_newest_migration_is_the_one_the_code_expects() -> None:
    assert ScriptDirectory.from_config(migrations()).get_current_head() == HEAD


def test_opening_again_keeps_everything(target: Path | str) -> None:
    found = set()
    for _ in range(2):
        records = Records(target)
        found.add(records.call(server_secret, "tickets", 1))
        records.close()
    assert len(found) == 1
    current, newest = versions(target)
    assert current == newest


def test_servers_that_start_together_migrate_once(target: Path | str) -> None:
    with ThreadPoolExecutor(3) as pool:
        opened = list(pool.map(lambda _: Records(target), range(3)))
    with ThreadPoolExecutor(3) as pool:
        secrets = set(pool.map(lambda records: records.call(server_secret, "masks", 1), opened))
    for records in opened:
        records.close()
    assert len(secrets) == 1
    assert versions(target) == (HEAD, HEAD)


async def test_a_failed_function_changes_nothing(records: Records) -> None:
    def half(connection: Connection) -> None:
        add_token(connection, TokenRow("t1", "x", "viewer", {}, 1), DIGEST)
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        await records.run(half)
    assert await records.run(list_tokens) == []


def test_tokens(records: Records) -> None:
    row = TokenRow("t1", "till", "ingest", {"everything": True}, created_at=5, expires_at=100)
    records.call(add_token, row, DIGEST)
    assert records.call(find_token, DIGEST) == row
    assert records.call(find_token, b"x" * 32) is None
    assert row.usable(99)
    assert not row.usable(100)
    records.call(touch_token, "t1", 50)
    assert records.call(revoke_token, "t1", 60)
    assert not records.call(revoke_token, "t1", 61)
    found = records.call(get_token, "t1")
    assert found is not None
    assert (found.last_used_at, found.revoked_at, found.usable(70)) == (50, 60, False)


def test_sessions_and_links(records: Records) -> None:
    row = SessionRow("s1", {"id": "owner"}, created_at=1, expires_at=100)
    records.call(add_session, row, DIGEST)
    assert records.call(find_session, DIGEST) == row
    assert records.call(revoke_session, "s1", 50)
    found = records.call(find_session, DIGEST)
    assert found is not None
    assert not found.usable(51)
    records.call(add_link, DIGEST, {"id": "owner"}, 10, 20)
    assert records.call(use_link, DIGEST, 20) is None, "over"
    assert records.call(use_link, DIGEST, 19) == {"id": "owner"}
    assert records.call(use_link, DIGEST, 19) is None, "used up"


def test_a_link_works_once_however_many_try(target: Path | str) -> None:
    records = Records(target)
    records.call(add_link, DIGEST, {"id": "owner"}, 10, 20)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: records.call(use_link, DIGEST, 15), range(40)))
    records.close()
    assert sum(answer is not None for answer in answers) == 1


def test_the_file_is_nobody_elses_c16(tmp_path: Path) -> None:
    """C16: the server's secrets are random, 256 bits long, and in a file that only its account reads."""
    path = tmp_path / "records.db"
    Records(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    records = Records(path)
    first = records.call(server_secret, "masks", 1)
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}
    records.close()
    other = Records(None)
    assert len(first) == 32
    assert other.call(server_secret, "masks", 1) != first
    other.close()


def test_secrets_are_made_once(records: Records) -> None:
    first = records.call(server_secret, "tickets", 1)
    assert len(first) == 32
    assert records.call(server_secret, "tickets", 2) == first
    assert records.call(server_secret, "other", 2) != first
