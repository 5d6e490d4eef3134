"""Signing in and out, tickets, origins, revocation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest

from nowboard.access.tokens import withdraw_token
from nowboard.app import App
from nowboard.model.scopes import Predicate, Scope
from nowboard.testing import make_app, make_token, started
from nowboard.web.gate import COOKIE

SESSIONS = "/api/v1/sessions"
OWN = {"origin": "http://board.test"}


async def signed_in(app: App, connect: Callable[..., httpx.AsyncClient]) -> httpx.AsyncClient:
    client = connect()
    answer = await client.post(SESSIONS, json={"link": await app.sign_in_code()}, headers=OWN)
    assert answer.status_code == 201
    return client


async def test_a_link_signs_in_once(app: App, connect: Callable[..., httpx.AsyncClient]) -> None:
    code = await app.sign_in_code()
    client = connect()
    answer = await client.post(SESSIONS, json={"link": code})
    assert answer.status_code == 201
    assert answer.json()["role"] == "admin"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    me = (await client.get(f"{SESSIONS}/current")).json()
    assert (me["kind"], me["id"], me["name"]) == ("user", "owner", "Owner")
    assert "admin" in me["permissions"]
    again = await connect().post(SESSIONS, json={"link": code})
    assert (again.status_code, again.json()["error"]["code"]) == (401, "bad_link")


async def test_the_cookie_is_secure_over_https() -> None:
    app = make_app(public_url="https://board.example.org")
    async with started(app):
        transport = httpx.ASGITransport(app.api)
        async with httpx.AsyncClient(transport=transport, base_url="http://board.test") as client:
            answer = await client.post(SESSIONS, json={"link": await app.sign_in_code()})
    assert "Secure" in answer.headers["set-cookie"]


async def test_signing_in_again_ends_the_former_session(app: App, connect: Callable[..., httpx.AsyncClient]) -> None:
    client = await signed_in(app, connect)
    former = client.cookies[COOKIE]
    await client.post(SESSIONS, json={"link": await app.sign_in_code()}, headers=OWN)
    assert client.cookies[COOKIE] != former
    answer = await connect(cookie=f"{COOKIE}={former}").get(f"{SESSIONS}/current")
    assert answer.status_code == 401


async def test_a_token_signs_in_with_its_own_rights(app: App, connect: Callable[..., httpx.AsyncClient]) -> None:
    token = await make_token(app, "viewer", Scope(streams={"orders": Predicate("true")}))
    client = connect()
    answer = await client.post(SESSIONS, json={"token": token})
    assert (answer.status_code, answer.json()["role"]) == (201, "viewer")
    assert (await client.get("/api/v1/streams")).status_code == 200
    assert (await client.put("/api/v1/dashboards/x", json={}, headers=OWN)).status_code == 403


async def test_signing_out_ends_the_session(app: App, connect: Callable[..., httpx.AsyncClient]) -> None:
    client = await signed_in(app, connect)
    cookie = client.cookies[COOKIE]
    assert (await client.delete(f"{SESSIONS}/current", headers=OWN)).status_code == 204
    assert COOKIE not in client.cookies
    assert (await connect(cookie=f"{COOKIE}={cookie}").get(f"{SESSIONS}/current")).status_code == 401


@pytest.mark.parametrize("body", [{}, {"link": "a", "token": "b"}, {"password": "x"}, {"link": 5}, []])
async def test_bodies_that_do_not_sign_in(anonymous: httpx.AsyncClient, body: object) -> None:
    answer = await anonymous.post(SESSIONS, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_body")


async def test_a_ticket_needs_a_credential(admin: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    assert (await anonymous.post(f"{SESSIONS}/tickets")).status_code == 401
    answer = await admin.post(f"{SESSIONS}/tickets")
    assert answer.status_code == 201
    assert answer.json()["expires_in"] == 30.0


MUTATING = [
    ("POST", "/api/v1/streams"),
    ("PUT", "/api/v1/streams/orders"),
    ("POST", "/api/v1/streams/orders/events"),
    ("PUT", "/api/v1/tables/t"),
    ("PUT", "/api/v1/metrics/m"),
    ("POST", "/api/v1/query"),
    ("PUT", "/api/v1/dashboards/d"),
    ("DELETE", "/api/v1/dashboards/d"),
    ("DELETE", "/api/v1/sessions/current"),
    ("POST", "/api/v1/sessions/tickets"),
    ("DELETE", "/api/v1/sessions"),
    ("POST", "/api/v1/setup"),
    ("POST", "/api/v1/users"),
    ("PATCH", "/api/v1/users/u"),
    ("DELETE", "/api/v1/users/u"),
    ("POST", "/api/v1/users/u/link"),
    ("POST", "/api/v1/tokens"),
    ("DELETE", "/api/v1/tokens/t"),
]


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://board.test.evil.example"])
async def test_a_foreign_page_cannot_use_the_cookie(
    app: App, connect: Callable[..., httpx.AsyncClient], origin: str | None
) -> None:
    client = await signed_in(app, connect)
    headers = {} if origin is None else {"origin": origin}
    for method, path in MUTATING:
        answer = await client.request(method, path, json={}, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "bad_origin"), (method, path)
    assert (await client.get(f"{SESSIONS}/current", headers=headers)).status_code == 200


async def test_mutating_routes_are_all_listed(app: App) -> None:
    """The list above covers every mutating route of the API, so a new one cannot be forgotten."""
    document = (
        await httpx.AsyncClient(transport=httpx.ASGITransport(app.api), base_url="http://board.test").get(
            "/api/v1/openapi.json"
        )
    ).json()
    found = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method != "get" and operation.get("security") != []
    }
    shapes = {(method, path.count("/"), path.split("/")[3]) for method, path in MUTATING}
    assert {(method, path.count("/"), path.split("/")[3]) for method, path in found} == shapes


async def test_a_foreign_page_cannot_sign_somebody_in(app: App, anonymous: httpx.AsyncClient) -> None:
    code = await app.sign_in_code()
    answer = await anonymous.post(SESSIONS, json={"link": code}, headers={"origin": "http://evil.example"})
    assert answer.status_code == 403
    assert (await anonymous.post(SESSIONS, json={"link": code})).status_code == 201


async def test_a_revoked_token_is_refused_within_a_second(app: App, connect: Callable[..., httpx.AsyncClient]) -> None:
    token = await make_token(app, name="gone")
    client = connect(token)
    assert (await client.get(f"{SESSIONS}/current")).status_code == 200
    await app.records.run(withdraw_token, "gone", app.clock.now())
    await asyncio.sleep(1.0)
    answer = await client.get(f"{SESSIONS}/current")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "bad_token")
    assert answer.headers["www-authenticate"] == "Bearer"
