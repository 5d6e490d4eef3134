"""A stream and a dashboard over it, for tests of documents."""

from __future__ import annotations

from typing import Any

import httpx

API = "/api/v1"
STREAM = {"name": "orders", "time": "at", "fields": {"at": "timestamp", "channel": "string", "total": "float"}}
REVENUE: dict[str, Any] = {
    "id": "revenue",
    "kind": "kpi",
    "title": "Revenue",
    "query": {"stream": "orders", "measures": [{"name": "revenue", "sql": "sum(total)"}]},
    "layouts": {"lg": {"x": 0, "y": 0, "w": 4, "h": 4}},
}
CHANNELS: dict[str, Any] = {
    "id": "channels",
    "kind": "table",
    "title": "Channels",
    "query": {"stream": "orders", "measures": [{"name": "revenue", "sql": "sum(total)"}], "by": ["channel"]},
    "layouts": {"lg": {"x": 4, "y": 0, "w": 8, "h": 4}},
}
BOARD: dict[str, Any] = {"id": "sales", "title": "Sales", "tags": ["shop"], "widgets": [REVENUE]}


def match(answer: httpx.Response) -> dict[str, str]:
    """The header that says what a change was made from."""
    return {"if-match": answer.headers["etag"]}


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a failure."""
    return answer.status_code, answer.json()["error"]["code"]


async def make_board(client: httpx.AsyncClient, document: dict[str, Any] = BOARD, **query: Any) -> httpx.Response:
    """Create a dashboard; published unless the query says otherwise."""
    made = await client.post(f"{API}/dashboards", json=document, params={"publish": True, **query})
    assert made.status_code == 201, made.text
    return made


async def change(client: httpx.AsyncClient, name: str, document: dict[str, Any], **query: Any) -> httpx.Response:
    """Replace the newest draft."""
    read = await client.get(f"{API}/dashboards/{name}", params={"draft": True})
    changed = await client.put(f"{API}/dashboards/{name}", json=document, params=query, headers=match(read))
    assert changed.status_code == 200, changed.text
    return changed
