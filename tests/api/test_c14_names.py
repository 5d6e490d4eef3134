"""C14: names of everything that people name, with each byte there is: taken as they are or refused, and never more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from nowboard.testing import make_app, make_token, started
from tests.api.boards import API, STREAM

BYTES = range(256)
COUNT = {"stream": "orders", "measures": ["count(*)"], "window": {"all": True}}
PLACE = {"lg": {"x": 0, "y": 0, "w": 4, "h": 4}}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """An administrator who may ask as often as it takes."""
    async with started(make_app(requests_admin=0)) as app:
        headers = {"authorization": f"Bearer {await make_token(app)}"}
        transport = httpx.ASGITransport(app.api)
        async with httpx.AsyncClient(transport=transport, base_url="http://board.test", headers=headers) as made:
            assert (await made.post(f"{API}/streams", json=STREAM)).status_code == 201
            yield made


def names() -> list[str]:
    """Each byte among quotes and brackets of every dialect, and among letters."""
    return [f"a{chr(byte)}\"]`'b" for byte in BYTES] + [f"a{chr(byte)}b" for byte in BYTES]


async def taken(client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any]) -> bool:
    answer = await client.request(method, f"{API}{path}", json=body)
    assert answer.status_code in (200, 201, 400), (path, body, answer.text)
    return answer.is_success


@pytest.mark.timeout(120)
async def test_c14_streams_fields_and_tables(client: httpx.AsyncClient) -> None:
    fields = []
    for number, name in enumerate(names()):
        stream = {"name": f"s{number}", "time": "at", "fields": {"at": "timestamp", name: "string"}}
        if await taken(client, "POST", "/streams", stream):
            fields.append(name)
            event = {"at": "2026-03-01T12:00:00Z", name: "x"}
            sent = await client.post(f"{API}/streams/s{number}/events", json=event)
            assert sent.json()["accepted"] == 1, sent.text
            quoted = '"' + name.replace('"', '""') + '"'
            query = {"stream": f"s{number}", "measures": ["count(*)"], "by": [{"name": "it", "sql": quoted}]}
            found = await client.post(f"{API}/query", json={"query": {**query, "window": {"all": True}}})
            assert found.json()["rows"] == [["x", 1]], found.text
        assert await taken(client, "POST", "/streams", {**stream, "name": name, "fields": STREAM["fields"]}) is (
            name.isidentifier() and name.isascii() and name.islower()
        )
        await taken(client, "POST", "/query", {"query": {"sql": 'select 1 from "' + name.replace('"', '""') + '"'}})
    assert "aab" in fields
    assert not [name for name in fields if '"' in name or "'" in name]
    assert (await client.post(f"{API}/query", json={"query": COUNT})).json()["rows"] == [[0]], "nothing was done to it"


@pytest.mark.timeout(120)
async def test_c14_widgets_and_their_columns(client: httpx.AsyncClient) -> None:
    titles = 0
    for number, name in enumerate(names()):
        query = {**COUNT, "measures": [{"name": name, "sql": "count(*)"}]}
        widget = {"id": "w", "kind": "table", "title": name, "query": query, "layouts": PLACE}
        board = {"id": f"b{number}", "title": "Board", "widgets": [widget]}
        if await taken(client, "PUT", f"/dashboards/b{number}?publish=true", board):
            titles += 1
            read = (await client.get(f"{API}/dashboards/b{number}")).json()["widgets"][0]
            assert (read["title"], read["query"]["measures"][0]["name"]) == (name, name)
            asked = await client.post(f"{API}/query", json={"dashboard": f"b{number}", "widget": "w"})
            assert [column["name"] for column in asked.json()["columns"]] == [name], asked.text
            assert asked.json()["rows"] == [[0]]
        await taken(
            client, "PUT", f"/dashboards/c{number}", {**board, "id": f"c{number}", "widgets": [{**widget, "id": name}]}
        )
    assert titles > len(BYTES)
