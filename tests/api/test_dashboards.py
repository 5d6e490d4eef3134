"""Dashboards over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

STREAM = {"name": "orders", "time": "at", "fields": {"at": "timestamp", "total": "float"}}
BOARD = {
    "id": "sales",
    "title": "Sales",
    "tags": ["shop"],
    "widgets": [
        {
            "id": "revenue",
            "kind": "kpi",
            "title": "Revenue",
            "query": {"stream": "orders", "measures": [{"name": "revenue", "sql": "sum(total)"}]},
            "layouts": {"lg": {"x": 0, "y": 0, "w": 4, "h": 4}},
        }
    ],
}


@pytest.fixture
async def client(admin: httpx.AsyncClient) -> httpx.AsyncClient:
    assert (await admin.post("/api/v1/streams", json=STREAM)).status_code == 201
    return admin


async def test_publish_read_list_remove(client: httpx.AsyncClient) -> None:
    stored = await client.put("/api/v1/dashboards/sales", json=BOARD)
    assert stored.status_code == 200, stored.text
    read = await client.get("/api/v1/dashboards/sales")
    assert read.json() == stored.json()
    assert read.headers["etag"] == stored.headers["etag"]
    items = (await client.get("/api/v1/dashboards")).json()["items"]
    assert len(items) == 1
    updated = items[0].pop("updated_at")
    assert updated > 1_700_000_000_000
    assert items[0] == {"id": "sales", "title": "Sales", "description": None, "tags": ["shop"], "widgets": 1}
    assert (await client.delete("/api/v1/dashboards/sales")).status_code == 204
    assert (await client.get("/api/v1/dashboards/sales")).status_code == 404


async def test_if_match_protects_from_overwriting(client: httpx.AsyncClient) -> None:
    first = await client.put("/api/v1/dashboards/sales", json=BOARD)
    headers = {"if-match": first.headers["etag"]}
    second = await client.put("/api/v1/dashboards/sales", json={**BOARD, "title": "New"}, headers=headers)
    assert second.status_code == 200
    late = await client.put("/api/v1/dashboards/sales", json={**BOARD, "title": "Late"}, headers=headers)
    assert (late.status_code, late.json()["error"]["code"]) == (412, "precondition_failed")
    assert (await client.get("/api/v1/dashboards/sales")).json()["title"] == "New"


async def test_documents_that_are_not_valid_are_named(client: httpx.AsyncClient) -> None:
    widget = BOARD["widgets"][0]
    assert isinstance(widget, dict)
    bad = {**BOARD, "widgets": [{**widget, "query": {"stream": "nowhere", "measures": ["count(*)"]}}]}
    answer = await client.put("/api/v1/dashboards/sales", json=bad)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_document")
    assert "widgets[0]" in str(answer.json()["error"]["detail"])
    other = await client.put("/api/v1/dashboards/other", json=BOARD)
    assert (other.status_code, other.json()["error"]["code"]) == (400, "bad_body")


async def test_viewers_read_and_editors_write(
    client: httpx.AsyncClient, as_role: Callable[[str], Awaitable[httpx.AsyncClient]]
) -> None:
    viewer, editor, producer = await as_role("viewer"), await as_role("editor"), await as_role("ingest")
    assert (await editor.put("/api/v1/dashboards/sales", json=BOARD)).status_code == 200
    assert (await viewer.get("/api/v1/dashboards/sales")).status_code == 200
    assert (await viewer.put("/api/v1/dashboards/sales", json=BOARD)).status_code == 403
    assert (await viewer.delete("/api/v1/dashboards/sales")).status_code == 403
    assert (await producer.get("/api/v1/dashboards")).status_code == 403
