"""C21: rights that change while somebody is connected: HTTP obeys within a second, open sockets end within five."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from nowboard.access.grants import Grant
from nowboard.access.revocation import EVERY
from nowboard.access.sessions import make_link
from nowboard.app import App
from nowboard.model.principals import PrincipalKind
from nowboard.records.changes import note_change
from nowboard.records.users import change_user
from nowboard.testing import Served, make_app, serving
from nowboard.web.gate import COOKIE
from tests.api.live import SocketClient, close_code
from tests.api.tenants import API, found_organisation, token_of, user_in
from tests.api.test_organisations import POSITIONS, SHIPS

HTTP_SECONDS = 1.0
SOCKET_SECONDS = 5.0
COUNT: dict[str, Any] = {"stream": "positions", "measures": ["count(*)"], "window": {"all": True}}


@dataclass
class Tenant:
    """A tenant's credentials, and how an administrator of the first organisation changes its rights."""

    served: Served
    admin: httpx.AsyncClient
    headers: dict[str, str]
    user: str

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=f"{self.served.url}{API}", headers=self.headers, trust_env=False)


@asynccontextmanager
async def tenant(kind: str) -> AsyncIterator[Tenant]:
    """A served organisation with a viewer of the role `mate`, who comes with a token or by a cookie."""
    app = make_app()
    async with serving(app) as served, AsyncExitStack() as stack:
        headers = {"Authorization": f"Bearer {await token_of(app, 'main')}"}
        admin = httpx.AsyncClient(base_url=f"{served.url}{API}", headers=headers, trust_env=False)
        await stack.enter_async_context(admin)
        (await admin.post("/streams", json=POSITIONS)).raise_for_status()
        events = [{"ts": "2026-01-01T00:00:00Z", "vessel": vessel} for vessel in ("aurora", "aurora", "borealis")]
        (await admin.post("/streams/positions/events", json=events)).raise_for_status()
        async with httpx.AsyncClient(base_url=served.url, headers=headers, trust_env=False) as outside:
            await found_organisation(outside, "aurora", SHIPS)
        own = httpx.AsyncClient(base_url=f"{served.url}{API}", trust_env=False)
        await stack.enter_async_context(own)
        own.headers["Authorization"] = f"Bearer {await token_of(app, 'aurora')}"
        mate = {"permissions": ["read", "query:sql"], "scope": {"streams": {"positions": {"sql": "vessel in (:mine)"}}}}
        if kind == "token":
            mate = {"permissions": ["read", "query:sql"]}
        (await own.put("/roles/mate", json=mate)).raise_for_status()
        user = await user_in(app, "aurora", "mats", "mate", mine=["aurora", "borealis"])
        credential = await _credential(app, kind, user, served)
        yield Tenant(served, admin, credential, user)


async def _credential(app: App, kind: str, user: str, served: Served) -> dict[str, str]:
    if kind == "token":
        return {"Authorization": f"Bearer {await token_of(app, 'aurora', 'mate')}"}
    grant = Grant(PrincipalKind.USER, user, "Mats", "mate", organisation="aurora")
    code = await app.records.run(make_link, grant, app.clock.now())
    async with httpx.AsyncClient(base_url=f"{served.url}{API}", trust_env=False) as client:
        answer = await client.post("/sessions", json={"link": code})
        assert answer.status_code == 201, answer.text
        return {"Cookie": f"{COOKIE}={client.cookies[COOKIE]}", "Origin": served.url}


async def close_organisation(of: Tenant) -> None:
    (await of.admin.patch("/organisations/aurora", json={"disabled": True})).raise_for_status()


async def rescope_organisation(of: Tenant) -> None:
    scope = {"streams": {"positions": {"sql": "vessel = 'nobody'"}}}
    (await of.admin.patch("/organisations/aurora", json={"scope": scope})).raise_for_status()


async def take_the_role_away(of: Tenant) -> None:
    token = await token_of(of.served.app, "aurora")
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=f"{of.served.url}{API}", headers=headers, trust_env=False) as own:
        (await own.put("/roles/mate", json={"permissions": ["ingest"]})).raise_for_status()


async def change_the_attributes(of: Tenant) -> None:
    """As whoever changes a user does: the change and its note in one transaction."""

    def change(connection: Any) -> None:
        change_user(connection, of.user, {"attributes": {"mine": ["nobody"]}})
        note_change(connection, of.user, 1012, "the attributes changed", now)

    now = of.served.app.clock.now()
    await of.served.app.records.run(change)


Change = Callable[[Tenant], Awaitable[None]]


@pytest.mark.parametrize(
    ("kind", "change", "status", "rows", "close"),
    [
        ("token", close_organisation, 401, None, 4403),
        ("cookie", close_organisation, 401, None, 4403),
        ("token", rescope_organisation, 200, 0, 1012),
        ("cookie", rescope_organisation, 200, 0, 1012),
        ("token", take_the_role_away, 403, None, 1012),
        ("cookie", take_the_role_away, 403, None, 1012),
        ("cookie", change_the_attributes, 200, 0, 1012),
    ],
)
async def test_a_change_takes_effect(kind: str, change: Change, status: int, rows: int | None, close: int) -> None:
    async with tenant(kind) as mats, mats.http() as http:
        url = f"{mats.served.url.replace('http', 'ws', 1)}{API}/live"
        async with connect(url, additional_headers=mats.headers, proxy=None) as socket:
            client = SocketClient(socket)
            await client.say(type="subscribe", id="q", query=COUNT)
            await client.hear("snapshot")
            assert client.rows() == [[2]]
            before = await http.post("/query", json={"query": COUNT})
            assert before.json()["rows"] == [[2]]
            changed = monotonic()
            await change(mats)
            await asyncio.sleep(HTTP_SECONDS - (monotonic() - changed))
            after = await http.post("/query", json={"query": COUNT})
            assert after.status_code == status, after.text
            if rows is not None:
                assert after.json()["rows"] == [[rows]]
            async with asyncio.timeout(SOCKET_SECONDS - (monotonic() - changed)):
                assert await close_code(socket) == close
        if rows is not None:
            async with connect(url, additional_headers=mats.headers, proxy=None) as socket:
                again = SocketClient(socket)
                await again.say(type="subscribe", id="q", query=COUNT)
                await again.hear("snapshot")
                assert again.rows() == [[rows]]


@pytest.mark.parametrize("kind", ["token", "cookie"])
async def test_a_ticket_does_not_outlive_the_rights_it_was_given_with(kind: str) -> None:
    async with tenant(kind) as mats, mats.http() as http:
        ticket = (await http.post("/sessions/tickets")).json()["ticket"]
        await rescope_organisation(mats)
        await asyncio.sleep(2 * EVERY)
        url = f"{mats.served.url.replace('http', 'ws', 1)}{API}/live?ticket={ticket}"
        async with connect(url, proxy=None) as socket:
            assert await close_code(socket) == 4401
