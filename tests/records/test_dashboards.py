"""Dashboards, their drafts and versions, saved queries and templates as rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.runtime.migration import MigrationContext

from nowboard.records.connections import open_engine
from nowboard.records.dashboards import (
    DRAFTS_KEPT,
    DashboardRow,
    add_dashboard,
    change_dashboard,
    change_draft,
    dashboards_naming,
    delete_dashboard,
    get_dashboard,
    get_draft,
    get_heads,
    list_dashboards,
    new_etag,
    summary_of,
    trashed_before,
)
from nowboard.records.database import Records
from nowboard.records.migrate import migrations
from nowboard.records.shares import ShareRow, add_share, list_shares
from nowboard.records.versions import add_version, get_version, list_versions, published_versions, version_of_draft

SALES: dict[str, Any] = {"id": "sales", "title": "Sales", "tags": ["a"], "widgets": [{"id": "one"}]}


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records(tmp_path / "records.db")
    yield opened
    opened.close()


def row_of(document: dict[str, Any], organisation: str = "main") -> DashboardRow:
    return DashboardRow(
        organisation=organisation,
        id=document["id"],
        document=document,
        title=document["title"],
        summary=summary_of(document),
        visibility="organisation",
        version=1,
        etag=new_etag(),
        owner="me",
        created_at=1,
        updated_at=1,
        updated_by="me",
    )


def test_a_draft_changes_and_what_it_was_is_kept_for_a_while(records: Records) -> None:
    first = row_of(SALES)
    records.call(add_dashboard, first)
    assert records.call(get_dashboard, "sales") == first
    assert records.call(change_draft, first, dict(SALES), by="you", now=2) == first, "an equal document is no change"
    second = records.call(change_draft, first, {**SALES, "title": "Sales!"}, by="you", now=3)
    assert (second.version, second.owner, second.updated_at, second.title) == (2, "me", 3, "Sales!")
    assert second.etag != first.etag
    assert records.call(get_dashboard, "sales") == second
    assert records.call(get_draft, "main", "sales", first.etag) == SALES
    assert records.call(get_draft, "main", "sales", second.etag) is None
    row = second
    for number in range(DRAFTS_KEPT):
        row = records.call(change_draft, row, {**SALES, "title": f"Sales {number}"}, by="me", now=4 + number)
    assert records.call(get_draft, "main", "sales", first.etag) is None
    assert records.call(get_draft, "main", "sales", second.etag) is not None


def test_versions_are_numbered_and_never_change(records: Records) -> None:
    records.call(add_dashboard, row_of(SALES))
    row = records.call(get_dashboard, "sales")
    assert row is not None
    assert records.call(published_versions, "main") == []
    shown, one = records.call(add_version, row, by="me", now=2, note="the first")
    assert (one.number, one.etag, shown.published, shown.published_etag) == (1, row.etag, 1, row.etag)
    changed = records.call(change_draft, shown, {**SALES, "title": "New"}, by="me", now=3)
    assert [version.document for version in records.call(published_versions, "main")] == [SALES]
    shown, two = records.call(add_version, changed, by="you", now=4, restores=1)
    assert (two.number, two.restores, shown.published) == (2, 1, 2)
    assert [version.number for version in records.call(list_versions, "main", "sales")] == [2, 1]
    old = records.call(get_version, "main", "sales", 1)
    assert old is not None
    assert (old.document, old.note) == (SALES, "the first")
    assert records.call(get_version, "other", "sales", 1) is None
    assert records.call(version_of_draft, "main", "sales", row.etag) == old
    published = records.call(published_versions, "main")
    assert [version.number for version in published] == [2]


def test_organisations_may_use_one_id(records: Records) -> None:
    records.call(add_dashboard, row_of(SALES))
    records.call(add_dashboard, row_of({**SALES, "title": "Theirs"}, "other"))
    assert [head.title for head in records.call(list_dashboards, "other")] == ["Theirs"]
    assert records.call(delete_dashboard, "sales", "other")
    assert not records.call(delete_dashboard, "sales", "other")
    assert [head.title for head in records.call(get_heads, "main", ["sales", "none"])] == ["Sales"]


def test_what_is_removed_for_good_leaves_nothing_to_another_of_its_id(records: Records) -> None:
    row = row_of(SALES)
    records.call(add_dashboard, row)
    shown, _ = records.call(add_version, row, by="me", now=2)
    records.call(change_draft, shown, {**SALES, "title": "New"}, by="me", now=3)
    records.call(add_share, ShareRow("s1", "main", "sales", "role", "viewer", "view", {}, 4, "me"))
    assert records.call(delete_dashboard, "sales")
    assert records.call(list_versions, "main", "sales") == []
    assert records.call(list_shares, "main", "sales") == []
    assert records.call(get_draft, "main", "sales", row.etag) is None
    records.call(add_dashboard, row_of(SALES))
    again = records.call(get_dashboard, "sales")
    assert again is not None
    assert records.call(add_version, again, by="me", now=5)[1].number == 1


def test_the_trash(records: Records) -> None:
    records.call(add_dashboard, row_of(SALES))
    row = records.call(get_dashboard, "sales")
    assert row is not None
    records.call(change_dashboard, row, {"deleted_at": 10})
    assert records.call(list_dashboards) == []
    assert [head.id for head in records.call(list_dashboards, trash=True)] == ["sales"]
    assert records.call(trashed_before, 10) == []
    assert [head.id for head in records.call(trashed_before, 11)] == ["sales"]


def test_documents_that_name_a_word_are_found_in_drafts_and_published_versions(records: Records) -> None:
    using = {**SALES, "widgets": [{"id": "one", "query": {"saved": "top-vendors"}}]}
    row = row_of(using)
    records.call(add_dashboard, row)
    records.call(add_dashboard, row_of({**SALES, "id": "other"}))
    assert [each.id for each in records.call(dashboards_naming, "main", "top-vendors")] == ["sales"]
    shown, _ = records.call(add_version, row, by="me", now=2)
    records.call(change_draft, shown, SALES, by="me", now=3)
    assert [each.id for each in records.call(dashboards_naming, "main", "top-vendors")] == ["sales"], "published only"
    assert records.call(dashboards_naming, "main", "top") == []
    assert records.call(dashboards_naming, "other", "top-vendors") == []


def test_concurrent_changes_each_get_a_version(tmp_path: Path) -> None:
    records = Records(tmp_path / "records.db")
    records.call(add_dashboard, row_of(SALES))

    def put(number: int) -> int:
        def change(connection: Any) -> int:
            row = get_dashboard(connection, "sales")
            assert row is not None
            return change_draft(connection, row, {**SALES, "title": str(number)}, by="me", now=number).version

        return records.call(change)

    with ThreadPoolExecutor(8) as pool:
        found = sorted(pool.map(put, range(40)))
    records.close()
    assert found == list(range(2, 42))


def test_dashboards_of_the_first_schema_are_published_when_moved_over_and_can_go_back(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    _to(path, "0001")
    old = (json.dumps({**SALES, "description": "All of them"}), "Sales", json.dumps(["a"]))
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO dashboards VALUES ('sales', ?, ?, ?, 3, 'e3', 'me', 7)", old)
    connection.close()
    records = Records(path)
    row = records.call(get_dashboard, "sales")
    assert row is not None
    assert (row.title, row.version, row.etag, row.owner, row.updated_at) == ("Sales", 3, "e3", "me", 7)
    assert (row.published, row.published_etag, row.visibility) == (1, "e3", "organisation")
    assert row.summary == row.published_summary
    assert row.summary == {"title": "Sales", "description": "All of them", "tags": ["a"], "widgets": 1}
    assert [version.document["id"] for version in records.call(published_versions, "main")] == ["sales"]
    records.close()
    _to(path, "0001")
    with sqlite3.connect(path) as connection:
        kept = connection.execute("SELECT document, title, tags, version, etag, owner, updated_at FROM dashboards")
        assert kept.fetchall() == [(*old, 3, "e3", "me", 7)]
    connection.close()


def _to(path: Path, revision: str) -> None:
    """Bring the schema at `path` to a revision, up or down."""
    engine = open_engine(path)
    with engine.connect() as connection:
        config = migrations()
        config.attributes["connection"] = connection
        found = MigrationContext.configure(connection).get_current_revision()
        (command.upgrade if found is None else command.downgrade)(config, revision)
        connection.commit()
    engine.dispose()
