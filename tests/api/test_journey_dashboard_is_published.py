"""The third journey of ARCHITECTURE.md: a dashboard is published, and everyone who has it open switches.

A draft is written and published over the API; viewers on every transport move on to the new version on the session
they have, with the filters they chose; a roll back, a saved query and another process on the same records do the same.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from nowboard.access.publishing import access_application
from nowboard.model.principals import SYSTEM
from nowboard.records.database import Records
from nowboard.testing import Served, make_app, make_token, serving
from tests.api.boards import API, BOARD, CHANNELS, STREAM, change, make_board, match
from tests.api.live import Client, SocketClient
from tests.api.test_dashboards import foreign_token

WEB = {"channel": ["web"]}
EVENTS = [{"channel": "web", "total": 5.0}, {"channel": "till", "total": 7.0}]


def board(title: str, *widgets: dict[str, Any]) -> dict[str, Any]:
    every = {"all": True}
    asking = [
        {**each, "query": {"window": every, **each["query"]}} if "stream" in each["query"] else each for each in widgets
    ]
    filters = [{"field": "channel", "stream": "orders", "label": "Channel"}]
    return {**BOARD, "title": title, "filters": filters, "widgets": asking}


FIRST = board("First", *BOARD["widgets"])
SECOND = board("Second", *BOARD["widgets"], CHANNELS)


class Site:
    """A server with a dashboard, and clients of its administrator."""

    def __init__(self, served: Served, token: str) -> None:
        self.served = served
        self.token = token
        self.headers = {"Authorization": f"Bearer {token}"}
        self.http = httpx.AsyncClient(base_url=served.url, headers=self.headers, trust_env=False, timeout=30)

    def socket(self, token: str | None = None) -> connect:
        headers = {"Authorization": f"Bearer {token or self.token}"}
        address = f"ws://127.0.0.1:{self.served.port}{API}/live"
        return connect(address, additional_headers=headers, compression=None, proxy=None)


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with serving(make_app(data=tmp_path)) as served:
        found = Site(served, await make_token(served.app))
        assert (await found.http.post(f"{API}/streams", json={**STREAM, "stamp": True})).status_code == 201
        assert (await found.http.post(f"{API}/streams/orders/events", json=EVENTS)).json()["accepted"] == 2
        await make_board(found.http, FIRST)
        yield found
        await found.http.aclose()


async def watching(socket: ClientConnection, **members: Any) -> SocketClient:
    """A viewer who filters by the channel `web`."""
    client = SocketClient(socket)
    await client.say(type="subscribe", id="s", dashboard="sales", filters=WEB, **members)
    await client.hear("subscribed")
    return client


async def test_a_viewer_switches_on_the_same_session_and_keeps_the_filters(site: Site) -> None:
    async with site.socket() as socket:
        viewer = await watching(socket)
        await viewer.until([[5.0]], "revenue")
        session, kept = viewer.of("welcome")[0]["session"], viewer.channels["revenue"]

        await change(site.http, "sales", SECOND)
        await viewer.say(type="ping")
        await viewer.hear("pong")
        assert len(viewer.of("subscribed")) == 1, "a draft is nothing to viewers"

        assert (await site.http.post(f"{API}/dashboards/sales/publish", json={})).json()["number"] == 2
        notice = await viewer.hear("notice")
        assert (notice["kind"], notice["data"]) == ("published", {"dashboard": "sales", "version": 2})
        await viewer.until([["web", 5.0]], "channels")
        assert viewer.of("subscribed")[-1]["version"] == 2
        assert viewer.channels["revenue"] == kept

        read = await site.http.get(f"{API}/dashboards/sales", params={"draft": True})
        rolled = await site.http.post(f"{API}/dashboards/sales/versions/1/restore", headers=match(read))
        assert rolled.json()["number"] == 3
        notice = await viewer.hear("notice")
        assert notice["data"] == {"dashboard": "sales", "version": 3}
        assert set(viewer.channels) == {"revenue"}, "removed widgets are gone"
        assert [each["session"] for each in viewer.of("welcome")] == [session]
        await site.http.post(f"{API}/streams/orders/events", json={"channel": "web", "total": 2.0})
        await viewer.until([[7.0]], "revenue")


@asynccontextmanager
async def by_events(site: Site) -> AsyncIterator[Callable[[], Any]]:
    """A viewer over server-sent events; gives what takes the next messages."""
    query = {"dashboard": "sales", "filters": json.dumps(WEB)}
    async with site.http.stream("GET", f"{API}/live/sse", params=query) as response:
        lines = response.aiter_lines()

        async def take() -> list[dict[str, Any]]:
            while True:
                line = await anext(lines)
                if line.startswith("data:"):
                    found: list[dict[str, Any]] = json.loads(line.removeprefix("data:"))
                    return found

        yield take


@asynccontextmanager
async def by_polls(site: Site) -> AsyncIterator[Callable[[], Any]]:
    """A viewer who polls."""
    query = {"dashboard": "sales", "filters": json.dumps(WEB)}
    messages: list[dict[str, Any]] = (await site.http.get(f"{API}/live/poll", params=query)).json()
    session = next(each["session"] for each in messages if each["type"] == "welcome")
    first = [messages]

    async def take() -> list[dict[str, Any]]:
        if first:
            return first.pop()
        found: list[dict[str, Any]] = (await site.http.get(f"{API}/live/poll", params={"session": session})).json()
        return found

    yield take


@pytest.mark.parametrize("transport", [by_events, by_polls])
async def test_viewers_on_the_other_transports_switch_too(site: Site, transport: Any) -> None:
    viewer = Client()
    async with asyncio.timeout(20), transport(site) as take:
        while "revenue" not in viewer.channels or viewer.channels["revenue"] not in viewer.held:
            viewer.take(await take())
        await change(site.http, "sales", SECOND, publish=True)
        while "channels" not in viewer.channels or viewer.channels["channels"] not in viewer.held:
            viewer.take(await take())
        while not viewer.of("notice"):
            viewer.take(await take())
    assert viewer.rows("channels") == [["web", 5.0]]
    assert viewer.of("notice")[-1]["data"] == {"dashboard": "sales", "version": 2}


async def test_editors_may_watch_the_draft(site: Site) -> None:
    async with site.socket() as socket:
        editor = await watching(socket, draft=True)
        await change(site.http, "sales", SECOND)
        notice = await editor.hear("notice")
        assert (notice["kind"], notice["data"]["dashboard"]) == ("draft", "sales")
        await editor.until([["web", 5.0]], "channels")
    viewing = await make_token(site.served.app, "viewer")
    async with site.socket(viewing) as socket:
        viewer = SocketClient(socket)
        await viewer.say(type="subscribe", id="s", dashboard="sales", draft=True)
        assert (await viewer.hear("error"))["code"] == "forbidden"


async def test_another_process_on_the_same_records_switches_viewers(site: Site, tmp_path: Path) -> None:
    async with site.socket() as socket:
        viewer = await watching(socket)
        others = Records(tmp_path / "records.db")
        now = site.served.app.clock.now()
        document = {**SECOND, "title": "Applied", "version": 1}
        await asyncio.to_thread(others.call, access_application, SYSTEM, document, now=now)
        others.close()
        notice = await viewer.hear("notice")
        assert notice["data"] == {"dashboard": "sales", "version": 2}
        await viewer.until([["web", 5.0]], "channels")


async def test_a_saved_query_that_changes_reaches_the_widgets_that_use_it(site: Site) -> None:
    query = {**CHANNELS["query"], "window": {"all": True}, "where": "total >= :least"}
    saved = {
        "id": "top",
        "title": "Top",
        "query": query,
        "parameters": [{"name": "least", "type": "float", "default": 0}],
    }
    made = await site.http.post(f"{API}/queries", json=saved)
    assert made.status_code == 201, made.text
    await change(site.http, "sales", board("Uses it", {**CHANNELS, "query": {"saved": "top"}}), publish=True)
    async with site.socket() as socket:
        viewer = SocketClient(socket)
        await viewer.say(type="subscribe", id="s", dashboard="sales")
        await viewer.until([["till", 7.0], ["web", 5.0]], "channels")
        stricter = {**saved, "query": {**query, "where": "total > 6 and total >= :least"}}
        changed = await site.http.put(f"{API}/queries/top", json=stricter, headers=match(made))
        assert changed.status_code == 200, changed.text
        await viewer.until([["till", 7.0]], "channels")
        assert viewer.of("notice") == [], "the dashboard is the same version"
        await viewer.say(type="subscribe", id="s", dashboard="sales", parameters={"least": 100})
        await viewer.until([], "channels")


async def test_who_may_not_see_it_any_more_is_let_go(site: Site) -> None:
    viewing = await make_token(site.served.app, "viewer")
    async with site.socket(viewing) as socket, site.socket() as own:
        viewer, owner = await watching(socket), await watching(own)
        await site.http.patch(f"{API}/dashboards/sales", json={"visibility": "private"})
        error = await viewer.hear("error")
        assert (error["id"], error["code"]) == ("s", "unknown_dashboard")
        await owner.hear("subscribed")
        await site.http.delete(f"{API}/dashboards/sales")
        assert (await owner.hear("error"))["code"] == "unknown_dashboard"


async def test_organisations_with_the_same_id_do_not_hear_of_each_other(site: Site) -> None:
    secret = await foreign_token(site.served.app)
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(base_url=site.served.url, headers=headers, trust_env=False) as theirs:
        await make_board(theirs, FIRST)
        async with site.socket() as socket, site.socket(secret) as other:
            mine, their = await watching(socket), await watching(other)
            await change(theirs, "sales", SECOND, publish=True)
            assert (await their.hear("notice"))["data"]["version"] == 2
            await mine.say(type="ping")
            await mine.hear("pong")
            assert (mine.of("notice"), len(mine.of("subscribed"))) == ([], 1)
