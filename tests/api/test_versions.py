"""Publish, look back, compare, roll back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.api.boards import API, BOARD, CHANNELS, REVENUE, STREAM, change, make_board, match, refusal

SALES = f"{API}/dashboards/sales"
AsRole = Callable[[str], Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def client(admin: httpx.AsyncClient) -> httpx.AsyncClient:
    assert (await admin.post(f"{API}/streams", json=STREAM)).status_code == 201
    await make_board(admin)
    return admin


async def test_each_publication_is_a_version(client: httpx.AsyncClient) -> None:
    same = await client.post(f"{SALES}/publish", json={"note": "nothing new"})
    assert (same.status_code, same.json()["number"]) == (200, 1), "what is published already stays the version it is"
    draft = await change(client, "sales", {**BOARD, "title": "Second"})
    stale = await client.post(f"{SALES}/publish", json={}, headers={"if-match": '"older"'})
    assert refusal(stale) == (412, "precondition_failed")
    second = await client.post(f"{SALES}/publish", json={"note": "better"}, headers=match(draft))
    body = second.json()
    assert body.pop("created_at") > 1_700_000_000_000
    assert body.pop("created_by")
    assert body == {"number": 2, "note": "better", "restores": None, "current": True}
    items = (await client.get(f"{SALES}/versions")).json()["items"]
    assert [(each["number"], each["current"]) for each in items] == [(2, True), (1, False)]
    page = (await client.get(f"{SALES}/versions", params={"limit": 1})).json()
    rest = (await client.get(f"{SALES}/versions", params={"limit": 1, "after": page["next"]})).json()
    assert [each["number"] for each in (*page["items"], *rest["items"])] == [2, 1]
    assert (await client.get(f"{SALES}/versions/1")).json()["title"] == "Sales"
    assert refusal(await client.get(f"{SALES}/versions/3")) == (404, "unknown_version")
    assert refusal(await client.get(f"{SALES}/versions/one")) == (400, "bad_request")


async def test_versions_and_the_draft_are_compared_by_widget(client: httpx.AsyncClient) -> None:
    income = {**REVENUE, "title": "Income", "layouts": {"lg": {"x": 0, "y": 4, "w": 4, "h": 4}}}
    filters = [{"field": "channel", "stream": "orders", "label": "Channel"}]
    await change(
        client, "sales", {**BOARD, "title": "Second", "filters": filters, "widgets": [CHANNELS, income]}, publish=True
    )
    diff = (await client.get(f"{SALES}/versions/1/diff/2")).json()
    assert diff["same"] is False
    assert diff["members"] == [{"path": "title", "before": "Sales", "after": "Second"}]
    assert [each["field"] for each in diff["filters"]["added"]] == ["channel"]
    assert [each["id"] for each in diff["widgets"]["added"]] == ["channels"]
    (changed,) = diff["widgets"]["changed"]
    assert changed["id"] == "revenue"
    assert changed["members"] == [
        {"path": "title", "before": "Revenue", "after": "Income"},
        {"path": "layouts.lg.y", "before": 0, "after": 4},
    ]
    back = (await client.get(f"{SALES}/versions/2/diff/1")).json()
    assert [each["id"] for each in back["widgets"]["removed"]] == ["channels"]
    assert (await client.get(f"{SALES}/versions/2/diff/draft")).json()["same"] is True


async def test_rolling_back_is_a_new_version(client: httpx.AsyncClient) -> None:
    second = await change(client, "sales", {**BOARD, "title": "Second"}, publish=True)
    assert refusal(await client.post(f"{SALES}/versions/1/restore")) == (428, "precondition_required")
    current = await client.post(f"{SALES}/versions/2/restore", headers=match(second))
    assert refusal(current) == (409, "already_published")
    third = await client.post(f"{SALES}/versions/1/restore", headers=match(second))
    assert (third.status_code, third.json()["number"], third.json()["restores"]) == (200, 3, 1)
    assert (await client.get(SALES)).json()["title"] == "Sales"
    draft = await client.get(SALES, params={"draft": True})
    assert (draft.json()["title"], draft.headers["etag"]) == ("Sales", third.headers["etag"])
    assert (await client.get(f"{SALES}/versions/2")).json()["title"] == "Second", "what was stays"
    late = await client.post(f"{SALES}/versions/2/restore", headers=match(second))
    assert refusal(late) == (412, "precondition_failed")


async def test_only_editors_look_back(client: httpx.AsyncClient, as_role: AsRole) -> None:
    viewer = await as_role("viewer")
    for path in ("/versions", "/versions/1", "/versions/1/diff/draft"):
        assert refusal(await viewer.get(f"{SALES}{path}")) == (403, "forbidden")
    assert refusal(await viewer.post(f"{SALES}/publish", json={})) == (403, "forbidden")
    assert refusal(await viewer.post(f"{SALES}/versions/1/restore")) == (403, "forbidden")
