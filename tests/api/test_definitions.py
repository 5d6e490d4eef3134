"""Streams, tables and metrics over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from nowboard.app import App
from nowboard.model.scopes import Predicate, Scope
from nowboard.testing import make_token

ORDERS = {
    "name": "orders",
    "time": "at",
    "fields": {"at": "timestamp", "shop": "string", "total": {"type": "decimal", "description": "with VAT"}},
    "retention": "30d",
}
SHOPS = {
    "key": "id",
    "fields": {"id": "string", "city": "string"},
    "rows": [{"id": "a", "city": "Oslo"}, {"id": "b", "city": "Bergen"}],
}


async def test_a_declared_stream_is_kept_as_it_was_written(admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/api/v1/streams", json=ORDERS)
    assert answer.status_code == 201, answer.text
    found = (await admin.get("/api/v1/streams/orders")).json()
    assert {**found, "rows": 0, "newest": None} == {**ORDERS, "rows": 0, "newest": None}
    assert (await admin.get("/api/v1/streams")).json()["items"] == [answer.json()]
    again = await admin.post("/api/v1/streams", json=ORDERS)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "conflict")


async def test_fields_are_added_and_never_retyped(admin: httpx.AsyncClient) -> None:
    await admin.post("/api/v1/streams", json=ORDERS)
    await admin.post("/api/v1/streams/orders/events", json={"at": "2026-03-01", "total": "1.50", "grown": 1})
    wanted: dict[str, Any] = {"time": "at", "fields": {"at": "timestamp", "total": "decimal", "tip": "decimal"}}
    answer = await admin.put("/api/v1/streams/orders", json=wanted)
    assert answer.status_code == 200
    assert list(answer.json()["fields"]) == ["at", "shop", "total", "grown", "tip"]
    for changed in (
        {"fields": {"at": "timestamp", "total": "string"}},
        {"fields": {"tip": "timestamp"}, "time": "tip"},
    ):
        refused = await admin.put("/api/v1/streams/orders", json={**wanted, **changed})
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": "Bad Name"}, ""),
        ({"name": ""}, ""),
        ({"time": "nowhere"}, "time"),
        ({"time": "shop"}, "fields.shop"),
        ({"fields": {"at": "timestamp", "x": "number"}}, "fields"),
        ({"fields": {"at": "timestamp", "event_id": "string"}}, "fields.event_id"),
        ({"retention": "soon"}, "retention"),
        ({"mystery": 1}, ""),
    ],
)
async def test_streams_that_are_not_valid(admin: httpx.AsyncClient, change: dict[str, Any], path: str) -> None:
    answer = await admin.post("/api/v1/streams", json={**ORDERS, **change})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_document")
    assert path in str(answer.json()["error"]["detail"])


async def test_tables_are_replaced_whole(admin: httpx.AsyncClient) -> None:
    assert (await admin.put("/api/v1/tables/shops", json=SHOPS)).status_code == 200
    found = (await admin.get("/api/v1/tables/shops")).json()
    assert found == {"name": "shops", **SHOPS}
    await admin.put("/api/v1/tables/shops", json={**SHOPS, "rows": []})
    assert (await admin.get("/api/v1/tables/shops")).json()["rows"] == []
    assert [item["name"] for item in (await admin.get("/api/v1/tables")).json()["items"]] == ["shops"]


@pytest.mark.parametrize(
    "change",
    [
        {"rows": [{"id": "a"}, {"id": "a"}]},
        {"rows": [{"city": "Oslo"}]},
        {"rows": [{"id": 5}]},
        {"rows": [{"id": "a", "mystery": 1}]},
        {"key": "nowhere"},
        {"file": "/etc/passwd"},
    ],
)
async def test_tables_that_are_not_valid(admin: httpx.AsyncClient, change: dict[str, Any]) -> None:
    answer = await admin.put("/api/v1/tables/shops", json={**SHOPS, **change})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_document")
    assert (await admin.get("/api/v1/tables/shops")).status_code == 404


async def test_metrics_are_tried_before_they_are_kept(admin: httpx.AsyncClient) -> None:
    await admin.post("/api/v1/streams", json=ORDERS)
    metric = {"stream": "orders", "sql": "sum(total)", "unit": "EUR", "goal": {"value": 10}}
    answer = await admin.put("/api/v1/metrics/revenue", json=metric)
    assert answer.status_code == 200, answer.text
    items = (await admin.get("/api/v1/metrics")).json()["items"]
    assert [(item["name"], item["sql"]) for item in items] == [("revenue", "sum(total)")]
    for broken in ("sum(", "sum(nowhere)", "total", "sum(total); drop table x"):
        refused = await admin.put("/api/v1/metrics/broken", json={**metric, "sql": broken})
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_query"), broken
    missing = await admin.put("/api/v1/metrics/m", json={**metric, "stream": "nowhere"})
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "unknown_stream")


async def test_definitions_need_their_permission(
    as_role: Callable[[str], Awaitable[httpx.AsyncClient]],
) -> None:
    analyst = await as_role("analyst")
    for method, path in (("POST", "/streams"), ("PUT", "/streams/x"), ("PUT", "/tables/x"), ("PUT", "/metrics/x")):
        answer = await analyst.request(method, f"/api/v1{path}", json={})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


async def test_a_scope_hides_streams(
    app: App, admin: httpx.AsyncClient, connect: Callable[..., httpx.AsyncClient]
) -> None:
    await admin.post("/api/v1/streams", json=ORDERS)
    await admin.post("/api/v1/streams", json={**ORDERS, "name": "salaries"})
    await admin.post("/api/v1/streams/orders/events", json=[{"at": "2026-03-01", "shop": shop} for shop in "aab"])
    scope = Scope(streams={"orders": Predicate("shop = :shop")}, attributes={"shop": "a"})
    limited = connect(await make_token(app, "editor", scope))
    assert [item["name"] for item in (await limited.get("/api/v1/streams")).json()["items"]] == ["orders"]
    assert (await limited.get("/api/v1/streams/orders")).json()["rows"] == 2
    assert (await limited.get("/api/v1/streams/salaries")).status_code == 404
    assert (await limited.post("/api/v1/streams/salaries/events", json={"at": "2026-03-01"})).status_code == 403
