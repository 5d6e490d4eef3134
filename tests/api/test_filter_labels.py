"""What the values of a filter are called: labels of a joined table, in the scope and under the masks of who asks."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from nowboard.app import App
from nowboard.model.scopes import EVERYTHING, Predicate, Scope
from tests.api.conftest import Connect
from tests.api.tenants import token_of

API = "/api/v1"
STREAM = {
    "name": "orders",
    "time": "at",
    "fields": {"at": "timestamp", "shop": "string", "note": "string"},
    "joins": {"place": {"table": "shops", "on": {"id": "shop"}}},
}
SHOPS = {
    "key": "id",
    "fields": {"id": "string", "city": {"type": "string", "pii": "place"}, "size": "integer"},
    "rows": [{"id": "a", "city": "Oslo", "size": 1}, {"id": "b", "city": "Bergen", "size": 2}],
}
BOARD: dict[str, Any] = {
    "id": "board",
    "title": "Board",
    "window": {"all": True},
    "filters": [
        {"field": "shop", "stream": "orders", "label_field": "place.city"},
        {"field": "note", "stream": "orders"},
    ],
    "widgets": [],
}
VALUES = f"{API}/dashboards/board/filters/shop/values"
ROWS = Predicate("true")


@pytest.fixture
async def board(admin: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client of an administrator, with a dashboard whose filter has labels and three orders in three shops."""
    assert (await admin.put(f"{API}/tables/shops", json=SHOPS)).status_code == 200
    answer = await admin.post(f"{API}/streams", json=STREAM)
    assert answer.status_code == 201, answer.text
    events = [{"at": "2026-03-01", "shop": shop, "note": "x"} for shop in ("a", "a", "a", "b", "b", "c")]
    assert (await admin.post(f"{API}/streams/orders/events", json=events)).status_code == 200
    answer = await admin.post(f"{API}/dashboards?publish=true", json=BOARD)
    assert answer.status_code == 201, answer.text
    return admin


async def offered(client: httpx.AsyncClient) -> list[tuple[Any, int, Any]]:
    answer = await client.get(VALUES)
    assert answer.status_code == 200, answer.text
    return [(each["value"], each["rows"], each.get("label")) for each in answer.json()["items"]]


async def test_values_come_with_their_labels(board: httpx.AsyncClient) -> None:
    assert await offered(board) == [("a", 3, "Oslo"), ("b", 2, "Bergen"), ("c", 1, None)]
    plain = (await board.get(VALUES.replace("/shop/", "/note/"))).json()["items"]
    assert plain == [{"value": "x", "rows": 6}]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (
            Scope(streams={"orders": Predicate("shop <> 'a'"), "shops": ROWS}),
            [("b", 2, "Bergen"), ("c", 1, None)],
        ),
        (
            Scope(streams={"orders": ROWS, "shops": Predicate("size = 1")}),
            [("a", 3, "Oslo"), ("b", 2, None), ("c", 1, None)],
        ),
        (Scope(streams={"orders": ROWS}), [("a", 3, None), ("b", 2, None), ("c", 1, None)]),
        (
            Scope(streams={"orders": ROWS, "shops": ROWS}, masks={"place": "hide"}),
            [("a", 3, None), ("b", 2, None), ("c", 1, None)],
        ),
        (
            Scope(everything=True, masks={"place": "partial"}),
            [("a", 3, "O***"), ("b", 2, "B***"), ("c", 1, None)],
        ),
    ],
    ids=["rows", "rows of the table", "no table", "hidden", "masked"],
)
async def test_scopes_and_masks_hold_for_labels(
    app: App, board: httpx.AsyncClient, connect: Connect, scope: Scope, expected: list[tuple[Any, int, Any]]
) -> None:
    assert await offered(connect(await token_of(app, "main", "viewer", scope))) == expected


async def test_who_sees_no_row_gets_no_label_either(app: App, board: httpx.AsyncClient, connect: Connect) -> None:
    client = connect(await token_of(app, "main", "viewer", Scope(streams={"shops": ROWS})))
    refused = await client.get(VALUES)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "no_scope")
    assert "Oslo" not in refused.text


async def test_a_share_shows_labels_and_not_where_they_come_from(board: httpx.AsyncClient, connect: Connect) -> None:
    made = (await board.post(f"{API}/dashboards/board/shares", json={"kind": "link"})).json()
    guest = connect(made["secret"])
    assert (await offered(guest))[0] == ("a", 3, "Oslo")
    document = (await guest.get(f"{API}/shares/current")).text
    assert "place.city" not in document


async def test_a_label_field_must_be_there_and_be_text(app: App, board: httpx.AsyncClient, connect: Connect) -> None:
    wrong = {"place.town": "no joined column", "place.size": "type string", "shops.city": "no field"}
    for field, message in wrong.items():
        filters = [{**BOARD["filters"][0], "label_field": field}]
        refused = await board.post(f"{API}/dashboards", json={**BOARD, "id": "other", "filters": filters})
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_document")
        (problem,) = refused.json()["error"]["detail"]["problems"]
        assert problem["path"] == "filters[0].label_field"
        assert message in problem["message"]
    blind = connect(await token_of(app, "main", "editor", Scope(streams={"orders": ROWS})))
    answer = await blind.post(f"{API}/dashboards", json={**BOARD, "id": "blind"})
    assert answer.status_code == 400, "an editor writes with what the editor may see"
    seeing = connect(await token_of(app, "main", "editor", EVERYTHING))
    assert (await seeing.post(f"{API}/dashboards", json={**BOARD, "id": "seen"})).status_code == 201
