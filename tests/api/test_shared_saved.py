"""Widgets of saved queries on shared pages: under locked windows, filters and parameters, and where they change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from nowboard.testing import make_app, serving, started
from tests.api.boards import match
from tests.api.live import SocketClient
from tests.sharing import API, BOARD, COUNT, World, make_world, widget

CURRENT = f"{API}/shares/current"
SHARES = f"{API}/dashboards/sales/shares"
EARLY = {"from": "2001-01-01", "to": "2001-02-01"}
QUERIES: list[dict[str, Any]] = [
    {
        "id": "paged",
        "title": "On the page's time range",
        "query": {"stream": "orders", "measures": [COUNT], "where": "total >= :least"},
        "parameters": [{"name": "least", "type": "float", "default": 0, "allowed": [0, 12, 12.5]}],
    },
    {
        "id": "ever",
        "title": "With a window of its own, and a comparison",
        "query": {
            "stream": "orders", "measures": [COUNT], "window": {"last": "30d"}, "compare": {"shift": "30d"},
            "timezone": "Asia/Tokyo",
        },
    },
    {
        "id": "statement",
        "title": "In SQL",
        "query": {"sql": "select count(*) as orders from orders where shop = :shop"},
        "parameters": [{"name": "shop", "default": "oslo", "allowed": {
            "query": {"stream": "orders", "measures": ["count(*)"], "by": ["shop"]}, "column": "shop"
        }}],
    },
]  # fmt: skip
SAVED_BOARD = {
    **BOARD,
    "widgets": [
        widget("paged", 0, query={"saved": "paged"}),
        widget("fixed", 4, query={"saved": "paged", "parameters": {"least": 12}}),
        widget("ever", 8, query={"saved": "ever"}, parts={"trend": {"saved": "ever"}}),
        {**widget("statement", 0, query={"saved": "statement"}), "layouts": {"lg": {"x": 0, "y": 3, "w": 4, "h": 3}}},
    ],
}
TIMED = ["paged", "fixed", "ever"]


async def fill(world: World) -> None:
    owner = world.by("owner")
    for query in QUERIES:
        made = await owner.post(f"{API}/queries", json=query)
        assert made.status_code == 201, made.text
    await world.publish(SAVED_BOARD)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with started(make_app()) as app:
        made = await make_world(app)
        await fill(made)
        yield made
        await made.close()


async def ask(client: httpx.AsyncClient, name: str, **members: Any) -> httpx.Response:
    return await client.post(f"{API}/query", json={"dashboard": "sales", "widget": name, **members})


async def rows(client: httpx.AsyncClient, name: str, **members: Any) -> list[list[Any]]:
    answer = await ask(client, name, **members)
    assert answer.status_code == 200, answer.text
    found: list[list[Any]] = answer.json()["rows"]
    return found


async def shown(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    """What the page reads of each widget."""
    document = (await client.get(CURRENT)).json()["dashboard"]
    return {each["id"]: each for each in document["widgets"]}


async def test_without_a_lock_they_are_as_members_see_them(world: World) -> None:
    guest = await world.guest()
    member = world.by("member")
    for name in (*TIMED, "statement"):
        assert await rows(guest, name) == await rows(member, name)
    assert [await rows(guest, name) for name in (*TIMED, "statement")] == [[[4]], [[2]], [[4, 0]], [[2]]]
    widgets = await shown(guest)
    assert {name: each["query"] for name, each in widgets.items()} == {
        "paged": {"timed": True}, "fixed": {"timed": True}, "ever": {"timed": True, "window": {"last": "30d"}},
        "statement": {},
    }  # fmt: skip


async def test_a_locked_window_holds_for_them_and_leaves_out_sql(world: World) -> None:
    guest = await world.guest(widgets=TIMED, window=EARLY)
    for name in ("paged", "fixed", "ever"):
        assert await rows(guest, name) == [[0]], "without the comparison, and with the locked window alone"
    assert await rows(guest, "ever", part="trend") == [[0]]
    for members in ({"window": {"all": True}}, {"timezone": "Asia/Tokyo"}):
        refused = await ask(guest, "ever", **members)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "locked")
    widgets = await shown(guest)
    assert {name: each["query"] for name, each in widgets.items()} == {name: {"timed": True} for name in TIMED}
    assert widgets["ever"]["parts"] == {"trend": {"timed": True}}

    recent = await world.guest(widgets=TIMED, window={"last": "1h"})
    assert [await rows(recent, name) for name in TIMED] == [[[4]], [[2]], [[4]]]
    answer = await world.by("owner").post(SHARES, json={"kind": "link", "limits": {"window": EARLY}})
    assert (answer.status_code, answer.json()["error"]["detail"]["part"]) == (400, "window")
    assert "'statement' asks SQL" in answer.json()["error"]["message"]


async def test_one_that_becomes_sql_is_left_out_from_then_on(world: World) -> None:
    guest = await world.guest(widgets=TIMED, window={"last": "1h"})
    assert set(await shown(guest)) == set(TIMED)
    owner = world.by("owner")
    read = await owner.get(f"{API}/queries/ever")
    sql = {"id": "ever", "title": "Now SQL", "query": {"sql": "select count(*) as orders from orders"}}
    changed = await owner.put(f"{API}/queries/ever", json=sql, headers=match(read))
    assert changed.status_code == 200, changed.text
    assert set(await shown(guest)) == {"paged", "fixed"}
    assert (await ask(guest, "ever")).status_code == 404
    assert await rows(await world.guest(), "ever") == [[4]]


async def test_filters_that_are_locked_hold_for_them(world: World) -> None:
    guest = await world.guest(widgets=TIMED, filters={"shop": ["oslo"]}, window={"last": "1h"})
    assert [await rows(guest, name) for name in TIMED] == [[[2]], [[1]], [[2]]]
    assert await rows(guest, "paged", filters={"channel": ["till"]}) == [[0]]
    refused = await ask(guest, "paged", filters={"shop": ["bergen"]})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "locked")


async def test_a_locked_parameter_counts_before_what_the_widget_sets(world: World) -> None:
    guest = await world.guest(parameters={"least": 12.5})
    assert [await rows(guest, name) for name in ("paged", "fixed")] == [[[1]], [[1]]]
    for least in (0, 12):
        refused = await ask(guest, "paged", params={"least": least})
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "locked")
    both = await world.guest(parameters={"least": 12.5, "shop": "bergen"})
    assert await rows(both, "statement") == [[2]]
    for parameters in ({"nothing": 1}, {"least": None}):
        answer = await world.by("owner").post(SHARES, json={"kind": "link", "limits": {"parameters": parameters}})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_limits"), answer.text


async def test_a_value_that_is_not_allowed_tells_a_guest_nothing_of_those_that_are(world: World) -> None:
    guest = await world.guest(parameters={"shop": "mars"}, filters={"shop": ["oslo"]})
    refused = await ask(guest, "statement")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_parameter")
    assert "bergen" not in refused.text
    fixed = await world.guest(parameters={"least": 11})
    refused = await ask(fixed, "paged")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_parameter")
    assert "12" not in str({**refused.json()["error"], "request_id": ""})  # which is any digits


async def test_open_pages_of_guests_follow_them_within_the_lock() -> None:
    async with serving(make_app()) as served:
        world = await make_world(served.app)
        await fill(world)
        secret = (await world.share(limits={"widgets": TIMED, "window": {"last": "1h"}}))["secret"]
        headers = {"authorization": f"Bearer {secret}"}
        async with connect(
            f"ws://127.0.0.1:{served.port}/api/v1/live", additional_headers=headers, proxy=None
        ) as socket:
            client = SocketClient(socket)
            await client.say(type="subscribe", id="1", dashboard="sales")
            await client.until([[4]], "ever")
            now = served.app.clock.now() // 1000
            events = [{"at": now - age, "shop": "oslo", "channel": "web", "total": 1.0} for age in (1_000, 7_200_000)]
            assert (await world.by("home").post(f"{API}/streams/orders/events", json=events)).status_code == 200
            await client.until([[5]], "ever")
            owner = world.by("owner")
            read = await owner.get(f"{API}/queries/ever")
            lonely = {**QUERIES[1], "query": {**QUERIES[1]["query"], "where": "total < 5", "window": {"last": "7d"}}}
            assert (await owner.put(f"{API}/queries/ever", json=lonely, headers=match(read))).status_code == 200
            await client.until([[1]], "ever")
        await world.close()
