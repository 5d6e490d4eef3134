"""Accounts and browsers for tests: over HTTP, as people would make and use them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx

from nowboard.access.grants import grant_of_user
from nowboard.access.sessions import make_link
from nowboard.app import App
from nowboard.records.users import get_user

API = "/api/v1"
SESSIONS = f"{API}/sessions"
OWN = {"origin": "http://board.test"}
PASSWORD = "purple otter sings loudly"

Connect = Callable[..., httpx.AsyncClient]


@asynccontextmanager
async def connecting(app: App) -> AsyncIterator[Connect]:
    """As the fixture `connect`, for an app that a test makes itself."""
    clients: list[httpx.AsyncClient] = []

    def make(token: str | None = None, client: str = "127.0.0.1", **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app.api, client=(client, 50_000), raise_app_exceptions=False)
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://board.test", headers=headers))
        return clients[-1]

    try:
        yield make
    finally:
        for each in clients:
            await each.aclose()


async def set_up(app: App, connect: Connect, email: str = "ada@example.org") -> httpx.AsyncClient:
    """The browser of the first administrator, made with the owner's link."""
    browser = connect(**OWN)
    assert (await browser.post(SESSIONS, json={"link": await app.sign_in_code()})).status_code == 201
    answer = await browser.post(f"{API}/setup", json={"email": email, "name": "Ada", "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return browser


async def make_user(admin: httpx.AsyncClient, email: str, role: str = "viewer", **more: Any) -> dict[str, Any]:
    """A user as the API tells it."""
    answer = await admin.post(f"{API}/users", json={"email": email, "role": role, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def browser_of(app: App, connect: Connect, user_id: str, **headers: str) -> httpx.AsyncClient:
    """A browser that a user has signed in with, by a link from the console: as good as a password, and quicker."""
    user = await app.records.run(get_user, user_id)
    assert user is not None
    code = await app.records.run(make_link, grant_of_user(user), app.clock.now())
    browser = connect(**OWN, **headers)
    answer = await browser.post(SESSIONS, json={"link": code})
    assert answer.status_code == 201, answer.text
    return browser


async def sign_in(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    """Try to sign in with a password."""
    return await client.post(SESSIONS, json={"email": email, "password": password})


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a failure."""
    return answer.status_code, answer.json()["error"]["code"]
