"""The cache of results over HTTP: figures, clear by pattern, load ahead; for administrators of the server only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from nowboard.app import App
from nowboard.model.scopes import Predicate, Scope
from nowboard.testing import make_token
from tests.api.conftest import Connect

FIELDS = {"at": "timestamp", "total": "float"}


def asking(stream: str) -> dict[str, object]:
    return {"query": {"stream": stream, "measures": ["sum(total)"], "window": {"all": True}}}


@pytest.fixture
async def client(admin: httpx.AsyncClient) -> httpx.AsyncClient:
    for name in ("orders", "visits"):
        made = await admin.post("/api/v1/streams", json={"name": name, "time": "at", "fields": FIELDS})
        assert made.status_code == 201, made.text
    for name in ("orders", "visits"):
        assert (await admin.post("/api/v1/query", json=asking(name))).status_code == 200
    return admin


async def test_figures_say_what_is_held_and_how_often_it_served(client: httpx.AsyncClient) -> None:
    before = (await client.get("/api/v1/cache")).json()
    assert [(share["name"], share["entries"]) for share in before["streams"]] == [("orders", 1), ("visits", 1)]
    assert before["entries"] == 2
    assert before["bytes"] == sum(share["bytes"] for share in before["streams"]) > 0
    assert (await client.post("/api/v1/query", json=asking("orders"))).json()["mode"] == "cached"
    after = (await client.get("/api/v1/cache")).json()
    assert (after["hits"], after["misses"]) == (before["hits"] + 1, before["misses"])


async def test_results_are_forgotten_by_pattern(client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/v1/cache/clear", json={"streams": "ord*"})).json() == {"cleared": 1}
    held = (await client.get("/api/v1/cache")).json()
    assert [share["name"] for share in held["streams"]] == ["visits"]
    assert (await client.post("/api/v1/query", json=asking("orders"))).json()["mode"] != "cached"
    assert (await client.post("/api/v1/cache/clear", json={})).json() == {"cleared": 2}
    emptied = (await client.get("/api/v1/cache")).json()
    assert (emptied["entries"], emptied["bytes"], emptied["streams"]) == (0, 0, [])


async def test_a_dashboard_is_loaded_ahead_and_a_broken_widget_is_named(client: httpx.AsyncClient) -> None:
    def widget(name: str, query: object, y: int) -> dict[str, object]:
        return {"id": name, "kind": "kpi", "query": query, "layouts": {"lg": {"x": 0, "y": y, "w": 4, "h": 4}}}

    good = {"stream": "orders", "measures": ["count(*)"], "window": {"all": True}}
    late = {"sql": "select 1 / 0 as x"}
    board = {"id": "b", "title": "B", "widgets": [widget("good", good, 0), widget("late", late, 4)]}
    put = await client.put("/api/v1/dashboards/b?publish=true", json=board)
    assert put.status_code == 200, put.text
    loaded = (await client.post("/api/v1/cache/preload", json={"dashboard": "b"})).json()
    assert loaded["loaded"] + len(loaded["failed"]) == 2
    assert (await client.post("/api/v1/query", json={"query": good})).json()["mode"] == "cached"
    unknown = await client.post("/api/v1/cache/preload", json={"dashboard": "nowhere"})
    assert unknown.status_code == 404


async def test_others_may_not(
    app: App, connect: Connect, as_role: Callable[[str], Awaitable[httpx.AsyncClient]], client: httpx.AsyncClient
) -> None:
    narrow = Scope(streams={"orders": Predicate("total > 1")})
    scoped = connect(await make_token(app, "admin", narrow))
    for other, code in ((await as_role("editor"), "forbidden"), (scoped, "operators_only")):
        for method, path, body in (("GET", "", None), ("POST", "/clear", {}), ("POST", "/preload", {"dashboard": "b"})):
            refused = await other.request(method, f"/api/v1/cache{path}", json=body)
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, code)
