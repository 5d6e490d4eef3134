"""Guests on live connections: only their dashboard, only what is not locked, and no longer than their share."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from nowboard.testing import Served, make_app, serving
from tests.api.live import SocketClient, close_code
from tests.api.test_embedding import sign
from tests.sharing import API, COUNT, World, make_world

SHARES = f"{API}/dashboards/sales/shares"


@dataclass
class Site:
    """A served app with the world in it."""

    served: Served
    world: World

    def socket(self, secret: str | None = None, ticket: str | None = None) -> connect:
        """A WebSocket as a client with a token opens it, or as a browser with a ticket."""
        headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        query = "" if ticket is None else f"?ticket={ticket}"
        address = f"ws://127.0.0.1:{self.served.port}{API}/live{query}"
        return connect(address, additional_headers=headers, compression=None, proxy=None)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving(make_app()) as served:
        world = await make_world(served.app)
        yield Site(served, world)
        await world.close()


async def subscribed(socket: ClientConnection, **members: Any) -> dict[str, Any]:
    """The answer to a subscription: `subscribed` or `error`."""
    await socket.send(json.dumps({"type": "subscribe", "id": "1", **members}))
    async with asyncio.timeout(5):
        while True:
            data = json.loads(await socket.recv())
            for message in data if isinstance(data, list) else [data]:
                if message["type"] in ("subscribed", "error"):
                    found: dict[str, Any] = message
                    return found


async def test_a_guest_watches_its_widgets(site: Site) -> None:
    made = await site.world.share(limits={"widgets": ["count"], "filters": {"shop": ["oslo"]}})
    async with site.socket(made["secret"]) as socket:
        client = SocketClient(socket)
        await client.say(type="subscribe", id="1", dashboard="sales")
        await client.until([[2]], "count")
        assert set(client.channels) == {"count"}
        event = {"at": int(time.time() * 1000), "shop": "oslo", "channel": "web", "total": 1.0}
        home = site.world.by("home")
        assert (await home.post(f"{API}/streams/orders/events", json=[event, {**event, "shop": "bergen"}])).is_success
        await client.until([[3]], "count")


async def test_what_a_guest_cannot_subscribe_to(site: Site) -> None:
    made = await site.world.share(
        limits={"widgets": ["count"], "window": {"last": "1h"}, "filters": {"shop": ["oslo"]}}
    )
    refusals: list[tuple[dict[str, Any], str]] = [
        ({"query": {"stream": "orders", "measures": [COUNT]}}, "guest"),
        ({"query": {"sql": "select 1"}}, "guest"),
        ({"dashboard": "other"}, "unknown_dashboard"),
        ({"dashboard": "sales", "widget": "ever"}, "unknown_widget"),
        ({"dashboard": "sales", "window": {"all": True}}, "locked"),
        ({"dashboard": "sales", "filters": {"shop": ["bergen"]}}, "locked"),
        ({"dashboard": "sales", "parameters": {"shop": "bergen"}}, "locked"),
        ({"dashboard": "sales", "timezone": "Asia/Tokyo"}, "locked"),
    ]
    async with site.socket(made["secret"]) as socket:
        for request, code in refusals:
            answer = await subscribed(socket, **request)
            assert (answer["type"], answer.get("code")) == ("error", code), request
        assert (await subscribed(socket, dashboard="sales"))["type"] == "subscribed"
        await socket.send(json.dumps({"type": "update", "id": "1", "filters": {"shop": []}}))
        client = SocketClient(socket)
        assert (await client.hear("error"))["code"] == "locked"


async def test_a_revoked_link_ends_its_socket(site: Site) -> None:
    made, other = await site.world.share(), await site.world.share()
    async with site.socket(made["secret"]) as socket, site.socket(other["secret"]) as bystander:
        assert (await subscribed(socket, dashboard="sales"))["type"] == "subscribed"
        ticket = (await site.world.client(made["secret"]).post(f"{API}/sessions/tickets")).json()["ticket"]
        assert (await site.world.by("owner").delete(f"{SHARES}/{made['id']}")).status_code == 204
        async with asyncio.timeout(5):
            assert await close_code(socket) == 4403
        assert (await subscribed(bystander, dashboard="sales"))["type"] == "subscribed"
    async with site.socket(ticket=ticket) as late:
        assert await close_code(late) == 4401, "a ticket does not outlive what it was asked for with"


async def test_sockets_of_guests_end_with_the_makers_rights(site: Site) -> None:
    made = await site.world.share()
    async with site.socket(made["secret"]) as socket:
        assert (await subscribed(socket, dashboard="sales"))["type"] == "subscribed"
        await site.world.change_person("owner", role="viewer")
        async with asyncio.timeout(5):
            assert await close_code(socket) == 1012
    async with site.socket(made["secret"]) as socket:
        assert await close_code(socket) == 4401


async def test_guests_go_on_when_the_maker_signs_out(site: Site) -> None:
    made = await site.world.share()
    async with site.socket(made["secret"]) as socket:
        assert (await subscribed(socket, dashboard="sales"))["type"] == "subscribed"
        await site.world.app.revocations.look()
        hub = site.world.app.hub
        assert hub.revoke("tok_owner", 1012, "a session ended", guests=False) == 0
        assert hub.revoke("tok_owner", 4401, "the password changed") == 0
        assert hub.revoke("tok_owner", 1012, "rights changed") == 1


async def test_a_revoked_key_ends_the_sockets_of_its_tokens(site: Site) -> None:
    key = await site.world.embed_key()
    async with site.socket(sign(key)) as socket:
        assert (await subscribed(socket, dashboard="sales"))["type"] == "subscribed"
        assert (await site.world.by("admin").delete(f"{API}/embed-keys/{key['id']}")).status_code == 204
        async with asyncio.timeout(5):
            assert await close_code(socket) == 4403


async def test_a_socket_ends_with_its_token(site: Site) -> None:
    token = sign(await site.world.embed_key(), exp=time.time() + 2)
    async with site.socket(token) as socket:
        assert (await subscribed(socket, dashboard="sales"))["type"] == "subscribed"
        async with asyncio.timeout(7):
            assert await close_code(socket) == 4401


async def test_the_socket_of_a_user_ends_with_a_share_that_expires(site: Site) -> None:
    soon = int((time.time() + 2) * 1000)
    await site.world.share(kind="user", subject="usr_member", expires_at=soon)
    await site.world.share(kind="role", subject="viewer", expires_at=soon)
    async with site.socket(site.world.tokens["member"]) as socket:
        assert (await subscribed(socket, dashboard="sales"))["type"] == "subscribed"
        async with asyncio.timeout(7):
            assert await close_code(socket) == 1012


@pytest.mark.parametrize("way", ["sse", "poll"])
async def test_other_transports_hold_guests_as_well(site: Site, way: str) -> None:
    made = await site.world.share(limits={"widgets": ["count"]})
    url = f"{site.served.url}{API}/live/{way}"
    query = {"dashboard": "sales", "widget": "ever", "id": "1"}
    headers = {"Authorization": f"Bearer {made['secret']}"}
    async with (
        httpx.AsyncClient(trust_env=False) as client,
        client.stream("GET", url, params=query, headers=headers) as answer,
    ):
        assert answer.status_code == 200
        text = ""
        async with asyncio.timeout(5):
            async for piece in answer.aiter_text():
                text += piece
                if "unknown_widget" in text or way == "poll":
                    break
    if way == "poll":
        session = json.loads(text)[0]["session"]
        async with httpx.AsyncClient(trust_env=False) as client:
            poll = await client.get(url, params={"session": session}, headers=headers)
            text += poll.text
    assert "unknown_widget" in text
    assert "snapshot" not in text


async def test_two_tokens_of_one_subject_cannot_share_a_session(site: Site) -> None:
    key = await site.world.embed_key()
    wide, narrow = sign(key), sign(key, widgets=["count"])
    async with httpx.AsyncClient(trust_env=False, base_url=f"{site.served.url}{API}") as client:
        opened = await client.get("/live/poll", headers={"Authorization": f"Bearer {wide}"})
        session = opened.json()[0]["session"]
        path, body = f"/live/{session}", {"type": "ping"}
        assert (await client.post(path, json=body, headers={"Authorization": f"Bearer {narrow}"})).status_code == 404
        assert (await client.post(path, json=body, headers={"Authorization": f"Bearer {wide}"})).status_code == 204
