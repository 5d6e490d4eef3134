"""C10, C11, C17: no file of the server is a data source, no text is a template, no setting turns a check off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from nowboard.cli.serve import WEAK, warn
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


@pytest.mark.parametrize(
    ("name", "weak", "fine"),
    [
        ("trusted_proxies", "127.0.0.1, *", "127.0.0.1"),
        ("allowed_origins", ("http://shop.example.org",), ("https://shop.example.org", "http://localhost:3000")),
        ("public_url", "http://board.example.org", "https://board.example.org"),
        ("metrics", "everyone", "signed_in"),
    ],
)
async def test_c17_what_gives_protection_away_is_shown(
    capsys: pytest.CaptureFixture[str], name: str, weak: Any, fine: Any
) -> None:
    """C17: the server warns of it when it starts, and its health names it."""
    for value, shown in ((weak, [name]), (fine, [])):
        app = make_app(**{name: value})
        warn(app.settings)
        assert (f"warning: NOWBOARD_{name.upper()} " in capsys.readouterr().err) is bool(shown)
        async with started(app):
            transport = httpx.ASGITransport(app.api)
            async with httpx.AsyncClient(transport=transport, base_url="http://board.test") as client:
                assert (await client.get("/health/ready")).json()["insecure"] == shown


async def test_c17_warnings_cover_every_weakness() -> None:
    weak: dict[str, Any] = {
        "trusted_proxies": "*",
        "allowed_origins": ("http://a.example",),
        "public_url": "http://a.example",
    }
    assert set(Settings(**weak, metrics="everyone").insecure) == set(WEAK)
