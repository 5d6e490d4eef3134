"""The real server in memory, and clients that speak to it over ASGI."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from nowboard.app import App
from nowboard.testing import make_app, make_token, started

Connect = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def app() -> AsyncIterator[App]:
    async with started(make_app(docs="everyone")) as running:
        yield running


@pytest.fixture
async def connect(app: App) -> AsyncIterator[Connect]:
    """Make a client; with a token when one is given."""
    clients: list[httpx.AsyncClient] = []

    def make(token: str | None = None, client: str = "127.0.0.1", **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app.api, client=(client, 50_000), raise_app_exceptions=False)
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        made = httpx.AsyncClient(transport=transport, base_url="http://board.test", headers=headers)
        clients.append(made)
        return made

    yield make
    for each in clients:
        await each.aclose()


@pytest.fixture
async def admin(app: App, connect: Connect) -> httpx.AsyncClient:
    """A client that may do everything."""
    return connect(await make_token(app))


@pytest.fixture
def anonymous(connect: Connect) -> httpx.AsyncClient:
    """A client that shows no credential."""
    return connect()


@pytest.fixture
def as_role(app: App, connect: Connect) -> Callable[[str], Awaitable[httpx.AsyncClient]]:
    """Make a client of a role."""

    async def make(role: str) -> httpx.AsyncClient:
        return connect(await make_token(app, role))

    return make
