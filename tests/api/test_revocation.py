"""What changes about somebody reaches their requests within a second and their open sockets within five."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_socket
from websockets.typing import Origin

from nowboard.access.grants import grant_of_user
from nowboard.access.sessions import make_link
from nowboard.records.users import get_user
from nowboard.testing import Served, make_app, make_token, serving
from nowboard.web.gate import COOKIE
from tests.api.people import API, PASSWORD, SESSIONS, make_user

SOCKET_SECONDS, REQUEST_SECONDS = 5, 1


@asynccontextmanager
async def browsing(served: Served, token: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A client over the network, as the server's own page or with a token."""
    headers = {"origin": served.url} if token is None else {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=served.url, headers=headers) as client:
        yield client


async def live(served: Served, cookie: str | None = None, token: str | None = None) -> ClientConnection:
    """An open socket that has been welcomed."""
    headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {"Authorization": f"Bearer {token}"}
    socket = await open_socket(
        f"ws://127.0.0.1:{served.port}{API}/live", additional_headers=headers, origin=Origin(served.url)
    )
    assert json.loads(await socket.recv())["type"] == "welcome"
    return socket


Change = Callable[[httpx.AsyncClient, httpx.AsyncClient, str], Awaitable[httpx.Response]]


async def other_role(admin: httpx.AsyncClient, _: httpx.AsyncClient, user: str) -> httpx.Response:
    return await admin.patch(f"{API}/users/{user}", json={"role": "editor"})


async def other_attributes(admin: httpx.AsyncClient, _: httpx.AsyncClient, user: str) -> httpx.Response:
    return await admin.patch(f"{API}/users/{user}", json={"attributes": {"region": "west"}})


async def disabled(admin: httpx.AsyncClient, _: httpx.AsyncClient, user: str) -> httpx.Response:
    return await admin.patch(f"{API}/users/{user}", json={"disabled": True})


async def removed(admin: httpx.AsyncClient, _: httpx.AsyncClient, user: str) -> httpx.Response:
    return await admin.delete(f"{API}/users/{user}")


async def other_password(_: httpx.AsyncClient, own: httpx.AsyncClient, __: str) -> httpx.Response:
    return await own.post(f"{API}/users/current/password", json={"current": PASSWORD, "new": "seven wet umbrellas"})


async def everywhere(_: httpx.AsyncClient, own: httpx.AsyncClient, __: str) -> httpx.Response:
    return await own.delete(SESSIONS)


@pytest.mark.parametrize(
    ("change", "socket_code", "token_code", "status"),
    [
        (other_role, 4401, 1012, 401),
        (other_attributes, 1012, 1012, 200),
        (disabled, 4403, 4403, 401),
        (removed, 4403, 4403, 401),
        (other_password, 1012, 1012, 401),
        (everywhere, 1012, None, 401),
    ],
)
async def test_a_change_reaches_requests_and_sockets_c21(
    change: Change, socket_code: int, token_code: int | None, status: int
) -> None:
    """C21: the cookie stops within a second, the socket within five; those of the user's tokens come back anew."""
    async with (
        serving(make_app()) as served,
        browsing(served, await make_token(served.app)) as admin,
        browsing(served) as own,
    ):
        user = await make_user(admin, "bob@example.org", password=PASSWORD, attributes={"region": "north"})
        row = await served.app.records.run(get_user, user["id"])
        assert row is not None
        code = await served.app.records.run(make_link, grant_of_user(row), served.app.clock.now())
        assert (await own.post(SESSIONS, json={"link": code})).status_code == 201
        cookie = own.cookies[COOKIE]
        token = (await own.post(f"{API}/tokens", json={"name": "x"})).json()["secret"]
        socket, of_token = await live(served, cookie), await live(served, token=token)
        answer = await change(admin, own, user["id"])
        assert answer.is_success, answer.text
        async with asyncio.timeout(REQUEST_SECONDS):
            async with httpx.AsyncClient(base_url=served.url, cookies={COOKIE: cookie}) as former:
                assert (await former.get(f"{SESSIONS}/current")).status_code == status
        async with asyncio.timeout(SOCKET_SECONDS):
            await socket.wait_closed()
            if token_code is not None:
                await of_token.wait_closed()
        assert socket.close_code == socket_code
        assert of_token.close_code == token_code
        await of_token.close()


async def test_a_ticket_does_not_outlive_what_it_was_asked_with() -> None:
    """A socket opened with a ticket from before a change would never hear of the change."""
    async with serving(make_app()) as served, browsing(served, await make_token(served.app)) as admin:
        user = await make_user(admin, "bob@example.org")
        row = await served.app.records.run(get_user, user["id"])
        assert row is not None
        code = await served.app.records.run(make_link, grant_of_user(row), served.app.clock.now())
        async with browsing(served) as own:
            await own.post(SESSIONS, json={"link": code})
            ticket = (await own.post(f"{SESSIONS}/tickets")).json()["ticket"]
        await admin.patch(f"{API}/users/{user['id']}", json={"role": "editor"})
        socket = await open_socket(f"ws://127.0.0.1:{served.port}{API}/live?ticket={ticket}")
        async with asyncio.timeout(SOCKET_SECONDS):
            await socket.wait_closed()
        assert socket.close_code == 4401
