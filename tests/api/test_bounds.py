"""C45: everything that comes from outside has a bound: at the bound it passes, one more is refused by name."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from nowboard.dashboards.validate import MAX_VALUES
from nowboard.model.bounds import FIELDS, NAME, TEXT, TITLE, VALUE, VALUES
from nowboard.query.literals import MAX_LIST
from nowboard.query.syntax import MAX_TEXT as SQL
from nowboard.testing import make_app, make_token, serving
from nowboard.web.options import WebOptions

AT = "2026-03-01T12:00:00Z"
STREAM: dict[str, Any] = {"name": "sales", "time": "at", "fields": {"at": "timestamp", "n": "integer", "c": "string"}}
QUERY: dict[str, Any] = {"stream": "sales", "measures": ["count(*)"], "window": {"all": True}}
BOARD: dict[str, Any] = {"id": "board", "title": "Board", "widgets": []}


def measures(count: int) -> list[dict[str, str]]:
    return [{"name": f"m{number}", "sql": "count(*)"} for number in range(count)]


def fields(count: int) -> dict[str, str]:
    return {"at": "timestamp", **{f"f{number}": "integer" for number in range(count - 1)}}


def widgets(count: int, title: str = "") -> list[dict[str, Any]]:
    made = []
    for number in range(count):
        place = {"x": 0, "y": 2 * number, "w": 3, "h": 2}
        made.append(
            {"id": f"w{number}", "kind": "text", "title": title, "options": {"markdown": "x"}, "layouts": {"lg": place}}
        )
    return made


@pytest.fixture
async def client(admin: httpx.AsyncClient) -> httpx.AsyncClient:
    assert (await admin.post("/api/v1/streams", json=STREAM)).status_code == 201
    await admin.post("/api/v1/streams/sales/events", json=[{"at": AT, "n": 1, "c": "x"}])
    return admin


QUERIES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("measures", {"measures": measures(100)}, {"measures": measures(101)}),
    ("by", {"by": [{"name": f"b{n}", "sql": "c"} for n in range(32)]}, {"by": [f"b{n}" for n in range(33)]}),
    ("order", {"measures": measures(32), "order": [f"m{n}" for n in range(32)]}, {"order": ["n"] * 33}),
    ("where", {"where": f"c <> '{'x' * (SQL - 7)}'"}, {"where": f"c <> '{'x' * (SQL - 6)}'"}),
    ("timezone", {"timezone": "Europe/Oslo"}, {"timezone": "x" * (NAME + 1)}),
    ("window", {"window": {"last": "1h"}}, {"window": {"last": "1" * (NAME + 1)}}),
    ("label", {"measures": [{"name": "n", "sql": "count(*)", "label": "x" * TITLE}]},
     {"measures": [{"name": "n", "sql": "count(*)", "label": "x" * (TITLE + 1)}]}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "most", "more"), QUERIES, ids=[row[0] for row in QUERIES])
async def test_queries(client: httpx.AsyncClient, name: str, most: dict[str, Any], more: dict[str, Any]) -> None:
    passed = await client.post("/api/v1/query", json={"query": {**QUERY, **most}})
    assert passed.status_code == 200, passed.text
    refused = await client.post("/api/v1/query", json={"query": {**QUERY, **more}})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_query")


async def test_lists_of_values(client: httpx.AsyncClient) -> None:
    for count, status in ((MAX_LIST, 200), (MAX_LIST + 1, 400)):
        body = {"query": QUERY, "filters": {"c": [str(number) for number in range(count)]}}
        assert (await client.post("/api/v1/query", json=body)).status_code == status, count
    many = {f"p{number}": 1 for number in range(101)}
    assert (await client.post("/api/v1/query", json={"query": QUERY, "filters": many})).status_code == 400
    assert (await client.post("/api/v1/query", json={"query": QUERY, "params": many})).status_code == 400


BOARDS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("title", {"title": "x" * TITLE}, {"title": "x" * (TITLE + 1)}),
    ("description", {"description": "x" * TEXT}, {"description": "x" * (TEXT + 1)}),
    ("tags", {"tags": [f"t{n}" for n in range(32)]}, {"tags": [f"t{n}" for n in range(33)]}),
    ("tag", {"tags": ["x" * NAME]}, {"tags": ["x" * (NAME + 1)]}),
    ("id", {"id": "b" * 63}, {"id": "b" * 64}),
    ("widget title", {"widgets": widgets(1, title="x" * TITLE)}, {"widgets": widgets(1, title="x" * (TITLE + 1))}),
    ("widgets", {"widgets": widgets(100)}, {"widgets": widgets(101)}),
    ("filters", {"filters": []}, {"filters": [{"field": "c", "stream": "sales"}] * 33}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "most", "more"), BOARDS, ids=[row[0] for row in BOARDS])
async def test_dashboards(client: httpx.AsyncClient, name: str, most: dict[str, Any], more: dict[str, Any]) -> None:
    document = {**BOARD, **most}
    passed = await client.put(f"/api/v1/dashboards/{document['id']}", json=document)
    assert passed.status_code in (200, 201), passed.text
    document = {**BOARD, "id": "other", **more}
    refused = await client.put(f"/api/v1/dashboards/{document['id']}", json=document)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_document")


def free(kind: str = "bar", **written: Any) -> dict[str, Any]:
    """A document with one widget of which parts are written freely."""
    query = {"query": QUERY} if kind != "text" else {}
    place = {"lg": {"x": 0, "y": 0, "w": 3, "h": 2}}
    return {"widgets": [{"id": "w", "kind": kind, "layouts": place, **query, **written}]}


def choice(values: list[str]) -> dict[str, Any]:
    return {"filters": [{"field": "c", "stream": "sales", "default": values}]}


def leading(count: int) -> dict[str, Any]:
    return free(clicks={"dashboard": "other", "filters": {"c": ["x"] * count}})


def statement(length: int) -> dict[str, Any]:
    return free(query={"sql": "select '" + "x" * (length - len("select ''")) + "'"})


FREE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("filter values", choice(["x"] * MAX_VALUES), choice(["x"] * (MAX_VALUES + 1))),
    ("filter value", choice(["x" * VALUE]), choice(["x" * (VALUE + 1)])),
    ("sql", statement(SQL), statement(SQL + 1)),
    ("markdown", free("text", options={"markdown": "x" * SQL}), free("text", options={"markdown": "x" * (SQL + 1)})),
    ("option", free("line", options={"compare": "x" * 100}), free("line", options={"compare": "x" * (SQL + 1)})),
    ("columns", free("table", options={"columns": [{"name": "count"}] * MAX_VALUES}),
     free("table", options={"columns": [{"name": "count"}] * (MAX_VALUES + 1)})),
    ("clicks", leading(MAX_VALUES), leading(MAX_VALUES + 1)),
    ("parameters", free(query={"sql": "select 1", "parameters": [{"name": "p", "type": "float"}]}),
     free(query={"saved": "s", "parameters": {f"p{n}": 1 for n in range(101)}})),
    ("a name", {}, free("line", options={"x" * (NAME + 1): 1})),
]  # fmt: skip


@pytest.mark.parametrize(("name", "most", "more"), FREE, ids=[row[0] for row in FREE])
async def test_what_is_written_freely(
    client: httpx.AsyncClient, name: str, most: dict[str, Any], more: dict[str, Any]
) -> None:
    passed = await client.put("/api/v1/dashboards/board", json={**BOARD, **most})
    assert passed.status_code in (200, 201), passed.text[:500]
    refused = await client.put("/api/v1/dashboards/other", json={**BOARD, "id": "other", **more})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_document"), refused.text[:500]
    assert len(refused.content) < 10_000


SAVED: dict[str, Any] = {"id": "saved", "title": "Saved", "query": {"stream": "sales", "measures": ["count(*)"]}}


def parameter(**members: Any) -> dict[str, Any]:
    return {"parameters": [{"name": "p", **members}]}


LIBRARY: list[tuple[str, str, dict[str, Any], dict[str, Any], str]] = [
    ("queries", "id", {"id": "q" * 63}, {"id": "q" * 64}, "bad_document"),
    ("queries", "title", {"title": "x" * TITLE}, {"title": "x" * (TITLE + 1)}, "bad_document"),
    ("queries", "description", {"description": "x" * TEXT}, {"description": "x" * (TEXT + 1)}, "bad_document"),
    ("queries", "tags", {"tags": ["t"] * 32}, {"tags": ["t"] * 33}, "bad_document"),
    ("queries", "tag", {"tags": ["x" * NAME]}, {"tags": ["x" * (NAME + 1)]}, "bad_document"),
    ("queries", "parameters", {"parameters": [{"name": f"p{n}"} for n in range(50)]},
     {"parameters": [{"name": f"p{n}"} for n in range(51)]}, "bad_document"),
    ("queries", "label", parameter(label="x" * TITLE), parameter(label="x" * (TITLE + 1)), "bad_document"),
    ("queries", "default", parameter(default="x" * VALUE), parameter(default="x" * (VALUE + 1)), "bad_document"),
    ("queries", "list", parameter(type="string[]", default=["x"] * MAX_LIST),
     parameter(type="string[]", default=["x"] * (MAX_LIST + 1)), "bad_document"),
    ("queries", "allowed", parameter(allowed=["x"] * VALUES), parameter(allowed=["x"] * (VALUES + 1)), "bad_document"),
    ("queries", "sql", {"query": {"sql": "select 1 as n -- " + "x" * (SQL - 17)}},
     {"query": {"sql": "select 1 as n -- " + "x" * (SQL - 16)}}, "bad_query"),
    ("templates", "id", {"id": "t" * 63}, {"id": "t" * 64}, "bad_document"),
    ("templates", "title", {"title": "x" * TITLE}, {"title": "x" * (TITLE + 1)}, "bad_body"),
    ("templates", "description", {"description": "x" * 2_000}, {"description": "x" * 2_001}, "bad_body"),
    ("templates", "kind", {}, {"kind": "x" * 5_000}, "bad_document"),
    ("templates", "document", {}, {"document": {"widgets": widgets(101)}}, "bad_document"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "most", "more", "code"), LIBRARY, ids=[f"{r[0]} {r[1]}" for r in LIBRARY])
async def test_saved_queries_and_templates(
    client: httpx.AsyncClient, kind: str, name: str, most: dict[str, Any], more: dict[str, Any], code: str
) -> None:
    whole = SAVED if kind == "queries" else {"id": "made", "title": "Made", "document": BOARD}
    passed = await client.post(f"/api/v1/{kind}", json={**whole, **most})
    assert passed.status_code == 201, passed.text[:500]
    refused = await client.post(f"/api/v1/{kind}", json={**whole, "id": "other", **more})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, code), refused.text[:500]
    assert len(refused.content) < 10_000


STREAMS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("fields", {"fields": fields(FIELDS)}, {"fields": fields(FIELDS + 1)}),
    ("description", {"description": "x" * TEXT}, {"description": "x" * (TEXT + 1)}),
    ("joins", {}, {"joins": {f"j{n}": {"table": "t", "on": {"a": "c"}} for n in range(33)}}),
    ("pii", {"fields": {"at": "timestamp", "a": {"type": "string", "pii": "email"}}},
     {"fields": {"at": "timestamp", "a": {"type": "string", "pii": "x" * (NAME + 1)}}}),
    ("name", {"name": "s" * 63}, {"name": "s" * 64}),
    ("retention", {"retention": "36500d"}, {"retention": "36501d"}),
    ("no retention", {"retention": "1s"}, {"retention": "0s"}),
    ("a number as retention", {"retention": 1}, {"retention": 10**30}),
    ("less than nothing", {"future_limit": "1d"}, {"future_limit": -1}),
    ("dedup_window", {"dedup_window": "36500d"}, {"dedup_window": "9" * 5_000 + "d"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "most", "more"), STREAMS, ids=[row[0] for row in STREAMS])
async def test_streams(admin: httpx.AsyncClient, name: str, most: dict[str, Any], more: dict[str, Any]) -> None:
    passed = await admin.post("/api/v1/streams", json={**STREAM, **most})
    assert passed.status_code == 201, passed.text
    refused = await admin.post("/api/v1/streams", json={**STREAM, "name": "other", **more})
    assert refused.status_code == 400


async def test_metrics(client: httpx.AsyncClient) -> None:
    for path, body in (
        ("/api/v1/metrics/a", {"stream": "sales", "sql": f"count(*) -- {'x' * SQL}"}),
        ("/api/v1/metrics/a", {"stream": "sales", "sql": "count(*)", "label": "x" * (TITLE + 1)}),
        ("/api/v1/metrics/a", {"stream": "sales", "sql": "count(*)", "unit": "x" * (NAME + 1)}),
        ("/api/v1/metrics/a", {"stream": "sales", "sql": "count(*)", "decimals": 21}),
        ("/api/v1/metrics/a", {"stream": "sales", "sql": "count(*)", "decimals": 10**30}),
        ("/api/v1/metrics/" + "a" * 64, {"stream": "sales", "sql": "count(*)"}),
    ):
        assert (await client.put(path, json=body)).status_code == 400, body
    assert (await client.put("/api/v1/metrics/a", json={"stream": "sales", "sql": "count(*)"})).status_code in (
        200,
        201,
    )


async def test_tables(admin: httpx.AsyncClient) -> None:
    body = {"key": "k", "fields": {"k": "string", **{f"f{n}": "string" for n in range(FIELDS)}}, "rows": []}
    assert (await admin.put("/api/v1/tables/t", json=body)).status_code == 400
    body["fields"] = {"k": "string"}
    assert (await admin.put("/api/v1/tables/t", json={**body, "key": ["k"] * 33})).status_code == 400
    assert (await admin.put("/api/v1/tables/t", json=body)).status_code in (200, 201)


JSON = {"content-type": "application/json"}


async def test_bodies(admin: httpx.AsyncClient) -> None:
    limit = WebOptions().json_bytes
    for size, status in ((limit, 400), (limit + 1, 413)):
        answer = await admin.post("/api/v1/query", content=b"[" + b" " * (size - 2) + b"]", headers=JSON)
        assert answer.status_code == status
    deep = b'{"query": ' + b"[" * 5_000 + b"]" * 5_000 + b"}"
    assert (await admin.post("/api/v1/query", content=deep, headers=JSON)).status_code == 400


async def test_frames_and_subscriptions_of_sockets() -> None:
    async with serving(
        make_app(viewers_per_principal=2, subscriptions_per_viewer=3, subscriptions_per_principal=4)
    ) as served:
        headers = {"authorization": f"Bearer {await make_token(served.app)}"}
        url = served.url.replace("http", "ws") + "/api/v1/live"

        async def told(socket: Any, message: dict[str, Any]) -> dict[str, Any]:
            await socket.send(json.dumps(message))
            while True:
                received = json.loads(await socket.recv())
                for found in received if isinstance(received, list) else [received]:
                    if found["type"] in ("error", "subscribed"):
                        answer: dict[str, Any] = found
                        return answer

        async with connect(url, additional_headers=headers, proxy=None) as socket:
            long = await told(socket, {"type": "subscribe", "id": "x" * (NAME + 1), "query": QUERY})
            assert (long["type"], long["code"]) == ("error", "bad_message")
            many = {f"c{number}": ["e", 1] for number in range(257)}
            assert (await told(socket, {"type": "subscribe", "id": "a", "query": QUERY, "resume": many}))[
                "type"
            ] == "error"
            async with httpx.AsyncClient(base_url=served.url, headers=headers, trust_env=False) as client:
                await client.post("/api/v1/streams", json=STREAM)
            for number in range(3):
                answer = await told(socket, {"type": "subscribe", "id": f"s{number}", "query": QUERY})
                assert answer["type"] == "subscribed", answer
            refused = await told(socket, {"type": "subscribe", "id": "s3", "query": QUERY})
            assert (refused["code"], refused["detail"]) == ("limit_exceeded", {"limit": 3, "window": 0})
            second = await connect(url, additional_headers=headers, proxy=None)
            assert (await told(second, {"type": "subscribe", "id": "s0", "query": QUERY}))["type"] == "subscribed"
            refused = await told(second, {"type": "subscribe", "id": "s1", "query": QUERY})
            assert (refused["code"], refused["detail"]) == ("limit_exceeded", {"limit": 4, "window": 0})
            # what is given up, in any session, is free again
            await socket.send(json.dumps({"type": "unsubscribe", "id": "s2"}))
            assert (await told(socket, {"type": "subscribe", "id": "s2", "query": QUERY}))["type"] == "subscribed"
            third = await connect(url, additional_headers=headers, proxy=None)
            await third.wait_closed()
            assert third.close_code == 4429
            await second.close()
            await socket.send("x" * (64 * 1024 + 1))
            await socket.wait_closed()
            assert socket.close_code == 1009
