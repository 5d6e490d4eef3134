"""C41: a cookie from a foreign, `null` or missing Origin opens nothing, whatever the live transport.

Clients that show a token or a ticket may leave Origin out.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from nowboard.testing import make_app, make_token, serving
from nowboard.web.gate import COOKIE

FOREIGN = [None, "null", "http://evil.example", "https://127.0.0.1.evil.example", "http://127.0.0.1"]
LIVE = "/api/v1/live"
POLLING = {"EIO": "4", "transport": "polling"}


@dataclass
class Site:
    """A served app: where it is, an administrator's cookie and token."""

    url: str
    cookie: str
    token: str

    @property
    def socket(self) -> str:
        return self.url.replace("http", "ws", 1)

    def headers(self, origin: str | None) -> dict[str, str]:
        """The cookie, sent along by a page of `origin`."""
        return {"Cookie": f"{COOKIE}={self.cookie}", **({} if origin is None else {"Origin": origin})}

    def client(self, origin: str | None) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, headers=self.headers(origin), trust_env=False, timeout=10)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving(make_app()) as served, httpx.AsyncClient(base_url=served.url, trust_env=False) as client:
        answer = await client.post("/api/v1/sessions", json={"link": await served.app.sign_in_code()})
        assert answer.status_code == 201
        yield Site(served.url, client.cookies[COOKIE], await make_token(served.app))


async def refusal(answer: httpx.Response) -> tuple[int, str]:
    await answer.aread()
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.parametrize("origin", FOREIGN)
async def test_c41_websocket(site: Site, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as raised:
        async with connect(f"{site.socket}{LIVE}", additional_headers=site.headers(origin), proxy=None):
            pass
    assert raised.value.response.status_code == 403


@pytest.mark.parametrize("origin", FOREIGN)
async def test_c41_events_and_polls(site: Site, origin: str | None) -> None:
    async with site.client(origin) as client:
        for path in ("sse", "poll"):
            async with client.stream("GET", f"{LIVE}/{path}") as answer:
                assert await refusal(answer) == (403, "bad_origin"), path
        assert await refusal(await client.post(f"{LIVE}/any", json={"type": "ping"})) == (403, "bad_origin")


@pytest.mark.parametrize("origin", FOREIGN)
async def test_c41_a_worthless_ticket_does_not_bring_the_cookie_in(site: Site, origin: str | None) -> None:
    async with site.client(origin) as client:
        answer = await client.get(f"{LIVE}/poll", params={"ticket": "nothing"})
        assert await refusal(answer) == (401, "bad_ticket")


@pytest.mark.parametrize("origin", FOREIGN)
async def test_c41_socketio_polling(site: Site, origin: str | None) -> None:
    async with site.client(origin) as client:
        opened = await client.get("/socket.io/", params=POLLING)
        if opened.status_code == 400:
            return
        assert origin is None, "only who does not say where it comes from gets as far as to be asked who it is"
        session = {**POLLING, "sid": json.loads(opened.text[1:])["sid"]}
        assert (await client.post("/socket.io/", params=session, content="40")).status_code == 200
        told = (await client.get("/socket.io/", params=session)).text
        assert told.startswith("44")
        assert "bad_origin" in told


@pytest.mark.parametrize("origin", [each for each in FOREIGN if each is not None])
async def test_c41_socketio_upgrade_from_a_foreign_page(site: Site, origin: str) -> None:
    address = f"{site.socket}/socket.io/?EIO=4&transport=websocket"
    with pytest.raises(InvalidStatus) as raised:
        async with connect(address, additional_headers=site.headers(origin), proxy=None):
            pass
    assert raised.value.response.status_code in (400, 403)


async def test_c41_socketio_upgrade_without_an_origin(site: Site) -> None:
    address = f"{site.socket}/socket.io/?EIO=4&transport=websocket"
    async with connect(address, additional_headers=site.headers(None), proxy=None) as socket:
        await socket.send("40")
        async with asyncio.timeout(5):
            while not (told := str(await socket.recv())).startswith("44"):
                pass
    assert "bad_origin" in told


async def test_c41_our_own_page_and_clients_with_a_token_come_in(site: Site) -> None:
    async with connect(f"{site.socket}{LIVE}", additional_headers=site.headers(site.url), proxy=None) as socket:
        assert "welcome" in str(await socket.recv())
    bearer = {"Authorization": f"Bearer {site.token}"}
    async with connect(f"{site.socket}{LIVE}", additional_headers=bearer, proxy=None) as socket:
        assert "welcome" in str(await socket.recv())
