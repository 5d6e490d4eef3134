"""What holds on every engine alike: no lost update, plain failures, addresses without secrets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from nowboard.errors import BadRequest, Unavailable
from nowboard.records.connections import shown
from nowboard.records.database import Records, RecordsLimits
from nowboard.records.organisations import (
    OrganisationRow,
    add_organisation,
    change_organisation,
    get_organisation,
)
from tests.postgres import Postgres


def count_up(connection: Connection) -> None:
    row = get_organisation(connection, "main")
    assert row is not None
    change_organisation(connection, "main", {"created_at": row.created_at + 1})


def test_what_was_read_is_still_true_when_it_is_written(target: Path | str) -> None:
    servers = [Records(target) for _ in range(2)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: servers[number % 2].call(count_up), range(60)))
    row = servers[0].call(get_organisation, "main")
    for server in servers:
        server.close()
    assert row is not None
    assert row.created_at == 60


def test_what_exists_is_not_made_twice(target: Path | str) -> None:
    records = Records(target)

    def make(_: int) -> bool:
        def unless_there(connection: Connection) -> bool:
            if get_organisation(connection, "acme") is not None:
                return False
            add_organisation(connection, OrganisationRow("acme", "Acme", {}, 1))
            return True

        return records.call(unless_there)

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(make, range(12)))
    records.close()
    assert made.count(True) == 1


def test_a_second_row_of_the_same_key_is_a_mistake_of_ours(records: Records) -> None:
    with pytest.raises(IntegrityError):
        records.call(add_organisation, OrganisationRow("main", "Again", {}, 1))


def test_a_value_that_does_not_fit_is_refused_without_words_of_the_database(postgres: Postgres) -> None:
    name = postgres.create()
    records = Records(postgres.url(name))
    for bad in ("x" * 201, "nul\0"):
        with pytest.raises(BadRequest) as refused:
            records.call(add_organisation, OrganisationRow("acme", bad, {}, 1))
        assert refused.value.code == "bad_value"
        assert "character varying" not in refused.value.message
    assert records.call(get_organisation, "acme") is None
    records.close()
    postgres.drop(name)


def test_a_server_that_went_away_comes_back(postgres: Postgres) -> None:
    name = postgres.create()
    records = Records(postgres.url(name))
    postgres.drop(name)
    with pytest.raises(Unavailable) as gone:
        records.call(get_organisation, "main")
    assert gone.value.retry_after is not None
    assert name not in gone.value.message
    records.close()


def test_a_connection_that_was_cut_is_replaced(postgres: Postgres) -> None:
    name = postgres.create()
    records = Records(postgres.url(name))
    records.call(get_organisation, "main")
    with postgres.connect("postgres") as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
    assert records.call(get_organisation, "main") is not None
    records.close()
    postgres.drop(name)


def test_a_lock_that_is_held_too_long_is_no_hang(postgres: Postgres) -> None:
    name = postgres.create()
    records = Records(postgres.url(name), limits=RecordsLimits(busy_timeout=100))
    with postgres.connect(name) as other, other.transaction():
        other.execute("LOCK TABLE organisations IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(Unavailable):
            records.call(get_organisation, "main")
    assert records.call(get_organisation, "main") is not None
    records.close()
    postgres.drop(name)


def test_no_other_engine_is_opened(tmp_path: Path) -> None:
    for url in ("mysql://host/db", f"sqlite:///{tmp_path}/other.db", "not a url"):
        with pytest.raises(BadRequest) as refused:
            Records(url)
        assert refused.value.code == "bad_records_url"


def test_a_password_is_not_shown() -> None:
    assert shown("postgresql://me:canary@db/board") == "postgresql://me:***@db/board"


def test_transactions_on_postgres_are_serializable(postgres: Postgres) -> None:
    name = postgres.create()
    records = Records(postgres.url(name))
    level = records.call(lambda connection: connection.execute(text("SHOW transaction_isolation")).scalar())
    records.close()
    postgres.drop(name)
    assert level == "serializable"
