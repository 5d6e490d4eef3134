"""Requests per principal and role, and the one shape of 429."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from nowboard.app import App
from nowboard.clock import SECOND, ManualClock
from nowboard.records.roles import RoleRow, put_role
from nowboard.testing import make_app, make_token, started

Connect = Callable[..., httpx.AsyncClient]
AsRole = Callable[[str], Awaitable[httpx.AsyncClient]]
WHO = "/api/v1/sessions/current"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def app(clock: ManualClock) -> AsyncIterator[App]:
    async with started(make_app(clock=clock)) as running:
        yield running


async def passed(client: httpx.AsyncClient, most: int = 2_000) -> int:
    """How many requests are answered before one is refused."""
    for number in range(most):
        answer = await client.get(WHO)
        if answer.status_code == 429:
            return number
        assert answer.status_code == 200
    return most


@pytest.mark.parametrize(
    ("role", "limit"), [("guest", 30), ("viewer", 300), ("analyst", 300), ("editor", 600), ("admin", 1200)]
)
async def test_each_role_has_its_limit(as_role: AsRole, role: str, limit: int) -> None:
    client = await as_role(role)
    assert await passed(client) == limit
    refused = await client.get(WHO)
    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error["detail"]) == (
        429,
        "limit_exceeded",
        {"limit": limit, "window": 60},
    )
    assert 1 <= int(refused.headers["retry-after"]) <= 120


async def test_waiting_as_long_as_it_says_is_enough(as_role: AsRole, clock: ManualClock) -> None:
    client = await as_role("guest")
    await passed(client)
    for _ in range(100):
        refused = await client.get(WHO)
        if refused.status_code == 200:
            continue
        clock.advance(int(refused.headers["retry-after"]) * SECOND)
        assert (await client.get(WHO)).status_code == 200


async def test_no_minute_has_more_than_the_limit_by_much(as_role: AsRole, clock: ManualClock) -> None:
    client = await as_role("guest")
    answered = []
    for second in range(600):
        for _ in range(3):
            if (await client.get(WHO)).status_code == 200:
                answered.append(second)
        clock.advance(SECOND)
    for start in range(540):
        assert sum(start <= second < start + 60 for second in answered) <= 45
    assert 270 <= len(answered) <= 331


async def test_principals_do_not_share_a_limit(as_role: AsRole) -> None:
    await passed(await as_role("guest"))
    assert (await (await as_role("guest")).get(WHO)).status_code == 200


async def test_guests_of_one_link_are_told_apart_by_their_address(app: App, connect: Connect) -> None:
    token = await make_token(app, "guest")
    assert await passed(connect(token, client="10.0.0.1")) == 30
    assert await passed(connect(token, client="10.0.0.2")) == 30
    viewer = await make_token(app, "viewer")
    await passed(connect(viewer, client="10.0.0.1"))
    assert (await connect(viewer, client="10.0.0.2").get(WHO)).status_code == 429


async def test_a_role_of_an_organisation_has_its_own(app: App, as_role: AsRole, clock: ManualClock) -> None:
    client = await as_role("viewer")
    await app.records.run(put_role, RoleRow("main", "viewer", None, {"everything": True}, 5, 1))
    assert await passed(client) == 5
    await app.records.run(put_role, RoleRow("main", "viewer", None, {"everything": True}, 8, 2))
    clock.advance(6 * SECOND)
    assert await passed(client) == 8, "counting begins anew with another limit"


async def test_health_and_events_are_not_counted(app: App, as_role: AsRole, clock: ManualClock) -> None:
    client = await as_role("editor")
    await passed(client)
    assert (await client.get("/health/ready")).status_code == 200
    assert (await client.get("/metrics")).status_code == 200
    posted = await client.post("/api/v1/streams/orders/events", json=[{"at": "2023-11-01", "n": 1}])
    assert posted.status_code == 200


async def test_strangers_are_told_to_sign_in(connect: Connect) -> None:
    client = connect()
    for _ in range(50):
        assert (await client.get(WHO)).status_code == 401


async def test_no_limit_is_possible(clock: ManualClock) -> None:
    async with started(make_app(clock=clock, requests_guest=0)) as app:
        transport = httpx.ASGITransport(app.api)
        headers = {"authorization": f"Bearer {await make_token(app, 'guest')}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://board.test", headers=headers) as client:
            assert await passed(client, 100) == 100
