"""Asking once over HTTP."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pyarrow as pa
import pytest

from nowboard.app import App
from nowboard.model.scopes import NOTHING, Predicate, Scope
from nowboard.testing import make_token

QUERY: dict[str, Any] = {
    "stream": "orders",
    "measures": [{"name": "n", "sql": "count(*)"}, {"name": "total", "sql": "sum(total)"}],
    "by": ["shop"],
    "window": {"all": True},
    "order": ["-total"],
}
ROWS = [
    {"at": "2026-03-01T10:00:00Z", "shop": "a", "total": 10.0},
    {"at": "2026-03-01T11:00:00Z", "shop": "b", "total": 25.0},
    {"at": "2026-03-01T12:00:00Z", "shop": "=1+1", "total": 1.5},
]


@pytest.fixture
async def client(admin: httpx.AsyncClient) -> httpx.AsyncClient:
    assert (await admin.post("/api/v1/streams/orders/events", json=ROWS)).status_code == 200
    return admin


async def ask(client: httpx.AsyncClient, query: dict[str, Any], **more: Any) -> httpx.Response:
    return await client.post("/api/v1/query", json={"query": query, **more})


async def test_a_frame_has_all_its_members(client: httpx.AsyncClient) -> None:
    frame = (await ask(client, QUERY)).json()
    assert [column["name"] for column in frame["columns"]] == ["shop", "n", "total"]
    assert frame["rows"] == [["b", 1, 25.0], ["a", 1, 10.0], ["=1+1", 1, 1.5]]
    assert (frame["key"], frame["order"][0]) == (["shop"], {"column": "total", "descending": True})
    assert frame["offset"] >= 2
    assert frame["elapsed_ms"] >= 0
    assert frame["approximate"] == []


async def test_an_acknowledged_event_is_in_the_next_answer(client: httpx.AsyncClient) -> None:
    for expected in range(2, 12):
        await client.post("/api/v1/streams/orders/events", json=ROWS[0])
        frame = (await ask(client, {**QUERY, "where": "shop = 'a'"})).json()
        assert frame["rows"][0][1] == expected


async def test_filters_and_parameters(client: httpx.AsyncClient) -> None:
    assert (await ask(client, QUERY, filters={"shop": ["a"]})).json()["rows"] == [["a", 1, 10.0]]
    sql = {
        "sql": "select shop from orders where total > :least order by 1",
        "parameters": [{"name": "least", "type": "float"}],
    }
    assert (await ask(client, sql, params={"least": 9})).json()["rows"] == [["a"], ["b"]]


async def test_csv_cannot_become_a_formula(client: httpx.AsyncClient) -> None:
    answer = await ask(client, QUERY, format="csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0] == ["shop", "n", "total"]
    assert rows[3][0] == "'=1+1"


async def test_arrow(client: httpx.AsyncClient) -> None:
    answer = await ask(client, {**QUERY, "by": [], "grain": "1h", "order": []}, format="arrow")
    table = pa.ipc.open_stream(answer.content).read_all()
    assert table.schema.field("time").type == pa.timestamp("us")
    assert table.column("total").to_pylist() == [10.0, 25.0, 1.5]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "bad_body"),
        ({"query": QUERY, "format": "xml"}, "bad_body"),
        ({"query": QUERY, "mystery": 1}, "bad_body"),
        ({"query": {"stream": "orders"}}, "bad_query"),
        ({"query": {**QUERY, "measures": ["sum(nowhere)"]}}, "bad_query"),
        ({"query": {**QUERY, "where": "1; select 2"}}, "bad_query"),
        ({"query": {"sql": "select * from read_csv('/etc/passwd')"}}, "bad_query"),
    ],
)
async def test_queries_that_are_refused(client: httpx.AsyncClient, body: dict[str, Any], code: str) -> None:
    answer = await client.post("/api/v1/query", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


async def test_scopes_and_permissions(
    app: App,
    client: httpx.AsyncClient,
    connect: Callable[..., httpx.AsyncClient],
    as_role: Callable[[str], Awaitable[httpx.AsyncClient]],
) -> None:
    limited = connect(await make_token(app, "analyst", Scope(streams={"orders": Predicate("shop = 'a'")})))
    assert (await ask(limited, QUERY)).json()["rows"] == [["a", 1, 10.0]]
    assert (await ask(limited, {"sql": "select count(*) as n from orders"})).json()["rows"] == [[1]]
    blind = connect(await make_token(app, "analyst", NOTHING))
    for query in (QUERY, {"sql": "select count(*) as n from orders"}):
        answer = await ask(blind, query)
        assert answer.status_code in (403, 404), answer.text
        assert "rows" not in answer.json()
    viewer = await as_role("viewer")
    assert (await ask(viewer, {"sql": "select 1 as x"})).status_code == 403
