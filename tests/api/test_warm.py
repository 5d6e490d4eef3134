"""Published widgets that are kept warm, refresh intervals, and last results over a restart, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from nowboard.app import App
from nowboard.model.scopes import EVERYTHING, Predicate, Scope
from nowboard.testing import make_app, make_token, serving
from tests.api.boards import API, STREAM, change, make_board
from tests.api.live import SocketClient

SQL = {"sql": "select channel, count(*) as n from orders group by channel order by channel"}
COUNT = {"stream": "orders", "measures": ["count(*)"], "window": {"all": True}}


def widget(name: str, query: object, y: int = 0, **members: Any) -> dict[str, Any]:
    place = {"x": 0, "y": y, "w": 6, "h": 4}
    return {"id": name, "kind": "table", "query": query, "layouts": {"lg": place}, **members}


def board(*widgets: dict[str, Any], name: str = "shop") -> dict[str, Any]:
    return {"id": name, "title": "Shop", "widgets": list(widgets)}


class Site:
    """A served app, an administrator's client, and sockets."""

    def __init__(self, app: App, url: str, client: httpx.AsyncClient, stack: AsyncExitStack) -> None:
        self.app, self.url, self.client = app, url, client
        self._stack = stack

    async def post(self, *channels: str) -> int:
        events = [{"at": 1_772_359_200_000, "channel": each, "total": 1} for each in channels]
        answer = await self.client.post(f"{API}/streams/orders/events", json=events)
        assert answer.json()["accepted"] == len(channels), answer.text
        return int(answer.json()["offset"])

    async def socket(self, role: str = "viewer", scope: Scope = EVERYTHING) -> SocketClient:
        token = await make_token(self.app, role, scope)
        address = self.url.replace("http", "ws") + f"{API}/live"
        headers = {"Authorization": f"Bearer {token}"}
        opening = connect(address, additional_headers=headers, compression=None, proxy=None)
        return SocketClient(await self._stack.enter_async_context(opening))

    async def figure(self, name: str) -> float:
        text = (await self.client.get("/metrics")).text
        return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} "))


@asynccontextmanager
async def site(data: Path | None = None, **settings: Any) -> AsyncIterator[Site]:
    async with serving(make_app(data=data, **settings)) as served, AsyncExitStack() as stack:
        token = {"Authorization": f"Bearer {await make_token(served.app)}"}
        client = await stack.enter_async_context(
            httpx.AsyncClient(base_url=served.url, headers=token, trust_env=False, timeout=30)
        )
        if "orders" not in served.app.engine.catalog.streams:
            assert (await client.post(f"{API}/streams", json=STREAM)).status_code == 201
        yield Site(served.app, served.url, client, stack)


async def eventually(condition: Callable[[], Awaitable[bool]] | Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while True:
            found = condition()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.02)


async def warm(app: App, count: int) -> None:
    await eventually(lambda: app.warmer.figures.warm == count)


async def first(client: SocketClient, name: str = "one") -> dict[str, Any]:
    """Subscribe and take the first snapshot of a widget."""
    await client.say(type="subscribe", id="1", dashboard="shop", widget=name)
    return await client.hear("snapshot")


async def test_the_first_frame_after_a_restart_is_the_last_one_before_it_and_then_the_fresh_one(tmp_path: Path) -> None:
    async with site(tmp_path) as before:
        await make_board(before.client, board(widget("one", SQL)))
        await before.post("web")
        snapshot = await first(await before.socket())
        assert (snapshot["mode"], snapshot["rows"]) == ("requery", [["web", 1]])
        offset = snapshot["offset"]
        await before.post("app")
    async with site(tmp_path) as after:
        client = await after.socket()
        snapshot = await first(client)
        assert (snapshot["mode"], snapshot["rows"], snapshot["offset"]) == ("stale", [["web", 1]], offset)
        fresh = await client.hear("snapshot")
        assert (fresh["mode"], fresh["rows"]) == ("requery", [["app", 1], ["web", 1]])
        assert await after.figure("nowboard_kept_frames") == 1
        assert await after.figure("nowboard_kept_frames_bytes") > 0


async def test_who_sees_other_rows_gets_nothing_of_what_was_kept(tmp_path: Path) -> None:
    async with site(tmp_path) as before:
        await make_board(before.client, board(widget("one", SQL)))
        await before.post("web", "app")
        assert (await first(await before.socket()))["rows"] == [["app", 1], ["web", 1]]
    async with site(tmp_path) as after:
        scope = Scope(streams={"orders": Predicate("channel = 'app'")})
        snapshot = await first(await after.socket(scope=scope))
        assert (snapshot["mode"], snapshot["rows"]) == ("requery", [["app", 1]])


def remove(folder: Path, *patterns: str) -> None:
    for pattern in patterns:
        for path in folder.glob(pattern):
            path.unlink()


async def test_a_store_that_begins_anew_shows_no_result_of_the_old_one(tmp_path: Path) -> None:
    async with site(tmp_path) as before:
        await make_board(before.client, board(widget("one", SQL)))
        await before.post("web")
        assert (await first(await before.socket()))["rows"] == [["web", 1]]
    remove(tmp_path, "journal.db*", "store.duckdb*")
    async with site(tmp_path) as after:
        snapshot = await first(await after.socket())
        assert (snapshot["mode"], snapshot["rows"]) == ("requery", [])


async def test_a_warm_widget_is_up_to_date_with_nobody_looking_and_its_first_viewer_asks_the_store_nothing() -> None:
    async with site() as running:
        warm_one, cold = widget("one", COUNT, warm=True), widget("two", {**COUNT, "by": ["channel"]}, 4)
        await make_board(running.client, board(warm_one, cold))
        await warm(running.app, 1)
        assert await running.figure("nowboard_warm_queries") == 1
        await running.post("web", "app")
        asked = running.app.engine.status().store_queries
        client = await running.socket()
        assert (await first(client))["mode"] == "live"
        await client.until([[2]], "one")
        assert running.app.engine.status().store_queries == asked
        await first(await running.socket(), "two")
        assert running.app.engine.status().store_queries == asked + 1, "the cold one is loaded when somebody comes"


async def test_warm_sql_is_run_again_with_nobody_looking() -> None:
    async with site() as running:
        await make_board(running.client, board(widget("one", SQL, warm=True, refresh="1s")))
        await warm(running.app, 1)
        before = running.app.engine.status().store_queries
        await running.post("web")
        await eventually(lambda: running.app.engine.status().store_queries > before)
        assert running.app.engine.status().watchers == 1

        async def shown() -> bool:
            snapshot = await first(await running.socket())
            return (snapshot["mode"], snapshot["rows"]) == ("requery", [["web", 1]])

        await eventually(shown)  # the run was counted when it began


async def test_what_is_warm_follows_what_is_published() -> None:
    async with site() as running:
        await make_board(running.client, board(widget("one", COUNT, warm=True)), publish=False)
        await running.app.warmer.look()
        assert running.app.warmer.figures.warm == 0, "a draft is nobody's to see"
        assert (await running.client.post(f"{API}/dashboards/shop/publish", json={})).status_code in (200, 201)
        await warm(running.app, 1)
        two = board(widget("one", COUNT, warm=True), widget("two", {**COUNT, "by": ["channel"]}, 4, warm=True))
        await put(running, two)
        await warm(running.app, 2)
        await put(running, board(widget("one", COUNT)))
        await warm(running.app, 0)
        await put(running, two)
        await warm(running.app, 2)
        assert (await running.client.delete(f"{API}/dashboards/shop")).status_code in (200, 204)
        await warm(running.app, 0)
        await eventually(lambda: running.app.engine.status().watchers == 0)


async def put(running: Site, document: dict[str, Any]) -> None:
    await change(running.client, document["id"], document, publish=True)


async def test_one_failing_widget_and_a_limit_leave_the_others_warm() -> None:
    async with site(warm_queries=2) as running:
        late = widget("late", {"sql": "select count(*) as n from nothing"}, warm=True)
        await running.post("web")
        await make_board(running.client, board(late, widget("one", COUNT, 4, warm=True)))
        await eventually(lambda: running.app.warmer.figures.failed == 1 and running.app.warmer.figures.warm == 1)
        await make_board(
            running.client,
            board(*(widget(f"w{n}", {**COUNT, "limit": n + 1}, 4 * n, warm=True) for n in range(3)), name="more"),
        )
        await eventually(lambda: running.app.warmer.figures.over_limit == 3)
        assert running.app.warmer.figures.warm <= 2


async def test_definitions_that_change_what_is_asked_move_the_watch_along() -> None:
    async with site() as running:
        metric = {"stream": "orders", "sql": "sum(total)"}
        assert (await running.client.put(f"{API}/metrics/revenue", json=metric)).status_code == 200
        asked = {"stream": "orders", "measures": ["revenue"], "window": {"all": True}}
        await make_board(running.client, board(widget("one", asked, warm=True)))
        await warm(running.app, 1)
        await running.post("web")
        again = {**metric, "sql": "sum(total) * 100"}
        assert (await running.client.put(f"{API}/metrics/revenue", json=again)).status_code == 200
        await running.app.warmer.look()
        before = running.app.engine.status().store_queries
        snapshot = await first(await running.socket())
        assert snapshot["rows"] == [[100.0]]
        assert running.app.engine.status().store_queries == before


async def test_rows_that_depend_on_the_viewer_are_not_warmed_and_counted() -> None:
    async with site() as running:
        scope = {"streams": {"orders": {"sql": "channel = :channel"}}}
        made = await running.client.put(f"{API}/roles/viewer", json={"scope": scope})
        assert made.status_code in (200, 201), made.text
        await make_board(running.client, board(widget("one", COUNT, warm=True)))
        await eventually(lambda: running.app.warmer.figures.unscoped == 1)
        assert running.app.warmer.figures.warm == 0
        assert await running.figure("nowboard_warm_unscoped") == 1


async def test_the_interval_holds_re_runs_back_while_the_stream_moves_and_a_refresh_lifts_it() -> None:
    async with site() as running:
        sql, live = widget("one", SQL), widget("two", {**COUNT, "by": ["channel"]}, 4)
        await make_board(running.client, board(sql, live))
        client = await running.socket()
        await client.say(type="subscribe", id="1", dashboard="shop")
        await client.until([], "one")
        await client.until([], "two")
        asked = running.app.engine.status().store_queries
        for n in range(1, 6):
            await running.post("web")
            await client.until([["web", n]], "two")
        assert client.rows("one") == []
        assert running.app.engine.status().store_queries == asked
        await client.say(type="refresh", id="1")
        await client.until([["web", 5]], "one")
        assert running.app.engine.status().store_queries == asked + 1


@pytest.mark.parametrize(
    ("members", "path", "message"),
    [
        ({"query": SQL, "refresh": "soon"}, "refresh", "is not a duration"),
        ({"query": SQL, "refresh": "500ms"}, "refresh", "from 1s to 7d"),
        ({"query": SQL, "refresh": "1y"}, "refresh", "from 1s to 7d"),
        ({"query": COUNT, "refresh": "30s"}, "refresh", "kept up to date with every event"),
        ({"kind": "text", "refresh": "30s"}, "refresh", "no query to run again"),
        ({"kind": "text", "warm": True}, "warm", "nothing to keep up to date"),
    ],
)
async def test_a_pace_that_means_nothing_is_refused(members: dict[str, Any], path: str, message: str) -> None:
    async with site() as running:
        options = {"options": {"markdown": "Hi"}} if members.get("kind") == "text" else {}
        given = {**widget("one", None), **members, **options}
        one = {name: value for name, value in given.items() if value is not None}
        answer = await running.client.post(f"{API}/dashboards", json=board(one))
        assert answer.status_code in (400, 422), answer.text
        assert message in answer.text
        assert path in answer.text


@pytest.mark.parametrize("refresh", ["1s", "5m", "7d"])
async def test_an_interval_is_kept_in_the_document(refresh: str) -> None:
    async with site() as running:
        busiest = {"stream": "orders", "measures": [{"name": "busiest", "sql": "mode(channel)"}]}
        await make_board(running.client, board(widget("one", busiest, refresh=refresh, warm=True)))
        stored = (await running.client.get(f"{API}/dashboards/shop")).json()
        one = (stored.get("document") or stored)["widgets"][0]
        assert (one["refresh"], one["warm"]) == (refresh, True)
