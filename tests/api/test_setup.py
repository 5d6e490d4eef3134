"""The first administrator: once, by the owner, and then never again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from nowboard.app import App
from nowboard.testing import make_app, make_token, started
from nowboard.web.gate import COOKIE
from tests.api.people import API, OWN, PASSWORD, SESSIONS, error_of, set_up, sign_in

Connect = Callable[..., httpx.AsyncClient]
BODY = {"email": "Ada@Example.org", "name": "Ada", "password": PASSWORD}


async def test_the_owner_makes_the_first_administrator(app: App, connect: Connect) -> None:
    browser = connect(**OWN)
    assert (await browser.get(f"{SESSIONS}/methods")).json() == {"password": False, "setup": True, "providers": []}
    assert (await browser.get(f"{API}/setup")).json() == {"needed": True}
    await browser.post(SESSIONS, json={"link": await app.sign_in_code()})
    owner_cookie = browser.cookies[COOKIE]
    answer = await browser.post(f"{API}/setup", json=BODY)
    assert answer.status_code == 201
    assert (answer.json()["role"], answer.json()["name"], answer.json()["organisation"]) == ("admin", "Ada", "main")
    assert browser.cookies[COOKIE] != owner_cookie
    assert (await browser.get(f"{SESSIONS}/current")).json()["id"] == answer.json()["id"]
    assert (await browser.get(f"{SESSIONS}/methods")).json() == {"password": True, "setup": False, "providers": []}
    other = connect()
    assert (await sign_in(other, "ada@example.org")).status_code == 201


async def test_only_the_owner_may(app: App, connect: Connect) -> None:
    assert error_of(await connect().post(f"{API}/setup", json=BODY)) == (401, "unauthenticated")
    token = await make_token(app, "admin")
    assert error_of(await connect(token).post(f"{API}/setup", json=BODY)) == (403, "forbidden")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"email": "no address"}, "bad_email"),
        ({"name": ""}, "bad_name"),
        ({"password": "short"}, "weak_password"),
        ({"password": "ada@example.org"}, "weak_password"),
        ({"role": "admin"}, "bad_body"),
    ],
)
async def test_a_setup_that_is_refused_can_be_tried_again(
    app: App, connect: Connect, change: dict[str, str], code: str
) -> None:
    browser = connect(**OWN)
    await browser.post(SESSIONS, json={"link": await app.sign_in_code()})
    assert error_of(await browser.post(f"{API}/setup", json={**BODY, **change})) == (400, code)
    assert (await browser.post(f"{API}/setup", json=BODY)).status_code == 201


async def test_afterwards_there_is_nothing_here_c31(tmp_path: Path) -> None:
    """C31: no route, no owner's session, no owner's link, neither made before nor after; across restarts."""
    app = make_app(data=tmp_path)
    transport = httpx.ASGITransport(app.api)
    async with started(app), httpx.AsyncClient(transport=transport, base_url="http://board.test") as browser:
        unused = await app.sign_in_code()
        second = await browser.post(SESSIONS, json={"link": await app.sign_in_code()}, headers=OWN)
        owner = {"cookie": f"{COOKIE}={second.cookies[COOKIE]}", **OWN}
        browser.cookies.clear()
        await browser.post(SESSIONS, json={"link": await app.sign_in_code()}, headers=OWN)
        assert (await browser.post(f"{API}/setup", json=BODY, headers=OWN)).status_code == 201
    for _ in range(2):
        app = make_app(data=tmp_path)
        transport = httpx.ASGITransport(app.api)
        async with started(app), httpx.AsyncClient(transport=transport, base_url="http://board.test") as client:
            assert not await app.needs_setup()
            for method in ("GET", "POST"):
                answer = await client.request(method, f"{API}/setup", json=BODY, headers=owner)
                assert error_of(answer) == (404, "no_such_route")
            assert (await client.get(f"{SESSIONS}/current", headers=owner)).status_code == 401
            for code in (unused, await app.sign_in_code()):
                assert error_of(await client.post(SESSIONS, json={"link": code})) == (401, "bad_link")


async def test_two_at_once_make_one_administrator(app: App, connect: Connect) -> None:
    browsers = [connect(**OWN) for _ in range(5)]
    for browser in browsers:
        await browser.post(SESSIONS, json={"link": await app.sign_in_code()})
    answers = await asyncio.gather(
        *(
            browser.post(f"{API}/setup", json={**BODY, "email": f"user{at}@example.org"})
            for at, browser in enumerate(browsers)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 404, 404, 404, 404]


async def test_the_last_administrator_stays(app: App, connect: Connect) -> None:
    """C31: the way in for the owner would open again without one."""
    browser = await set_up(app, connect)
    own = f"{API}/users/{(await browser.get(f'{SESSIONS}/current')).json()['id']}"
    for answer in (
        await browser.delete(own),
        await browser.patch(own, json={"disabled": True}),
        await browser.patch(own, json={"role": "viewer"}),
    ):
        assert error_of(answer) == (409, "last_administrator")
    second = {"email": "eve@example.org", "role": "admin"}
    assert (await browser.post(f"{API}/users", json=second)).status_code == 201
    assert (await browser.delete(own)).status_code == 204
    assert (await browser.get(f"{SESSIONS}/current")).status_code == 401
    assert not await app.needs_setup()
