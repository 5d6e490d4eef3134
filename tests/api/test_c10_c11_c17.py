"""C10, C11, C17: no file of the server is a data source, no text is a template, no setting turns a check off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from nowboard.settings import Settings
from nowboard.testing import make_app, make_token, started

API = "/api/v1"
STREAM = {"name": "orders", "time": "at", "fields": {"at": "timestamp", "buyer": "string"}}
READING = [
    "ATTACH '{file}' AS own (TYPE sqlite)",
    "SELECT * FROM sqlite_scan('{file}', 'users')",
    "SELECT * FROM read_blob('{file}')",
    "SELECT * FROM '{file}'",
    "SELECT * FROM users",
    "SELECT * FROM api_tokens",
    "SELECT * FROM secrets",
]


async def test_c10_the_records_are_no_data_source(tmp_path: Path) -> None:
    """C10: neither SQL nor a table's definition reaches the server's own files."""
    app = make_app(data=tmp_path)
    async with started(app):
        headers = {"authorization": f"Bearer {await make_token(app)}"}
        transport = httpx.ASGITransport(app.api)
        async with httpx.AsyncClient(transport=transport, base_url="http://board.test", headers=headers) as client:
            file = app.settings.records_path
            assert file.stat().st_size > 0
            for sql in READING:
                answer = await client.post(f"{API}/query", json={"query": {"sql": sql.format(file=file)}})
                assert answer.status_code in (400, 403), sql
            table = {"key": "id", "fields": {"id": "string"}, "file": str(file)}
            assert (await client.put(f"{API}/tables/own", json=table)).status_code == 400


@pytest.mark.parametrize("text", ["{{ 7 * 7 }}", "{% set x = 49 %}", "${7 * 7}", "#{7 * 7}", "<%= 7 * 7 %>"])
async def test_c11_no_text_is_a_template(admin: httpx.AsyncClient, text: str) -> None:
    """C11: in SQL it is refused, as a title and as a value it stays what it is."""
    assert (await admin.post(f"{API}/streams", json=STREAM)).status_code == 201
    event = {"at": "2026-03-01T12:00:00Z", "buyer": text}
    assert (await admin.post(f"{API}/streams/orders/events", json=event)).json()["accepted"] == 1
    spliced = await admin.post(f"{API}/query", json={"query": {"sql": f"select {text} as x from orders"}})
    assert (spliced.status_code, spliced.json()["error"]["code"]) == (400, "bad_query")
    bound: dict[str, Any] = {
        "sql": "select buyer from orders where buyer = :who",
        "parameters": [{"name": "who", "type": "string"}],
    }
    found = await admin.post(f"{API}/query", json={"query": bound, "params": {"who": text}})
    assert found.json()["rows"] == [[text]], found.text
    board = {"id": "b", "title": text, "widgets": []}
    assert (await admin.post(f"{API}/dashboards", json=board)).json()["title"] == text


def test_c17_no_setting_is_a_switch() -> None:
    """C17: what turns a check off would be a yes or no, and there is none among the settings."""
    switches = [name for name, field in Settings.model_fields.items() if field.annotation is bool]
    assert switches == []
