"""Saved queries asked by their id: over `POST /query` and by `subscribe`, under the rules of widgets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from nowboard.app import App
from nowboard.model.scopes import EVERYTHING, Predicate, Scope
from nowboard.testing import make_app, make_token, serving, started
from tests.api.boards import API, STREAM, match, refusal
from tests.api.live import SocketClient
from tests.api.tenants import found_organisation, token_of
from tests.api.test_saved_queries import EVENTS, TOP

SQL = {
    "id": "big",
    "title": "Big orders",
    "query": {"sql": "select count(*) as n from orders where total > :least"},
    "parameters": [{"name": "least", "type": "float", "default": 6}],
}
TILL = Scope(streams={"orders": Predicate("channel = 'till'")})


async def fill(client: httpx.AsyncClient) -> None:
    assert (await client.post(f"{API}/streams", json=STREAM)).status_code == 201
    assert (await client.post(f"{API}/streams/orders/events", json=EVENTS)).json()["accepted"] == 3
    for document in (TOP, SQL):
        made = await client.post(f"{API}/queries", json=document)
        assert made.status_code == 201, made.text


def client_of(app: App, token: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app.api, raise_app_exceptions=False)
    return httpx.AsyncClient(
        transport=transport, base_url="http://board.test", headers={"authorization": f"Bearer {token}"}
    )


@asynccontextmanager
async def clients(*scopes: Scope) -> AsyncIterator[list[httpx.AsyncClient]]:
    """An administrator, and a viewer of each scope."""
    async with started(make_app()) as app:
        tokens = [await make_token(app), *[await make_token(app, "viewer", scope) for scope in scopes]]
        made = [client_of(app, token) for token in tokens]
        await fill(made[0])
        yield made
        for each in made:
            await each.aclose()


async def ask(client: httpx.AsyncClient, saved: str = "by-channel", **members: Any) -> httpx.Response:
    query = {"saved": saved, **members.pop("query", {})}
    return await client.post(f"{API}/query", json={"query": query, **members})


async def test_it_is_answered_with_typed_values_and_defaults_in_the_scope_of_who_asks() -> None:
    async with clients(EVERYTHING, TILL) as (admin, viewer, narrow):
        for client in (admin, viewer):
            answer = await ask(client, params={"channels": ["web", "till"]})
            assert answer.status_code == 200, answer.text
            assert answer.json()["rows"] == [["till", 7.0], ["web", 55.0]]
        assert (await ask(viewer, params={"channels": ["web"], "least": "10"})).json()["rows"] == [["web", 50.0]]
        assert (await ask(narrow, params={"channels": ["till"]})).json()["rows"] == [["till", 7.0]]
        assert refusal(await ask(narrow, params={"channels": ["web"]})) == (400, "bad_parameter")
        fixed = await ask(viewer, query={"parameters": {"least": 10}}, params={"channels": ["web"], "least": 0})
        assert fixed.json()["rows"] == [["web", 50.0]], "what the query sets counts, as in a widget"
        filtered = await ask(viewer, params={"channels": ["web", "till"]}, filters={"channel": ["till"]})
        assert filtered.json()["rows"] == [["till", 7.0]]
        window = {"from": "2025-01-02T00:00:00Z", "to": "2025-01-03T00:00:00Z"}
        timed = await ask(viewer, params={"channels": ["web"]}, window=window)
        assert timed.json()["rows"] == [["web", 50.0]]
        csv = await ask(viewer, params={"channels": ["web"]}, format="csv")
        assert csv.text.splitlines() == ["channel,revenue", "web,55.0"]


@pytest.mark.parametrize(
    ("params", "part"),
    [
        ({}, "channels"),
        ({"channels": "web"}, "channels"),
        ({"channels": ["mars"]}, "channels"),
        ({"channels": ["web"], "least": 11}, "least"),
        ({"channels": ["web"], "since": "yesterday"}, "since"),
        ({"channels": ["web"], "other": 1}, "other"),
    ],
)
async def test_values_that_do_not_fit_are_refused_with_their_place(params: dict[str, Any], part: str) -> None:
    async with clients() as (admin,):
        answer = await ask(admin, params=params)
        assert refusal(answer) == (400, "bad_parameter"), answer.text
        assert answer.json()["error"]["detail"]["part"] == f"parameters.{part}"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"saved": "nowhere"}, 404, "unknown_query"),
        ({"saved": "big", "version": 2}, 404, "unknown_version"),
        ({"saved": "big", "version": 2**53 - 1}, 404, "unknown_version"),
        ({"saved": "big", "version": 10**30}, 400, "bad_query"),
        ({"saved": "big", "version": 0}, 404, "unknown_version"),
        ({"saved": "big", "version": "1"}, 400, "bad_query"),
        ({"saved": 5}, 400, "bad_query"),
        ({"saved": "b" * 300}, 400, "bad_query"),
        ({"saved": "big", "limit": 3}, 400, "bad_query"),
    ],
)
async def test_what_is_not_there_or_does_not_fit_has_a_code(query: dict[str, Any], status: int, code: str) -> None:
    async with clients() as (admin,):
        assert refusal(await admin.post(f"{API}/query", json={"query": query})) == (status, code)


async def test_sql_that_was_saved_is_answered_to_who_may_not_write_any() -> None:
    async with clients(EVERYTHING, TILL, Scope()) as (_, viewer, narrow, blind):
        assert (await ask(viewer, "big")).json()["rows"] == [[2]]
        assert (await ask(viewer, "big", params={"least": 4})).json()["rows"] == [[3]]
        assert (await ask(narrow, "big")).json()["rows"] == [[1]]
        assert refusal(await ask(blind, "big")) == (403, "no_scope")
        own = await viewer.post(f"{API}/query", json={"query": SQL["query"]})
        assert refusal(own) == (403, "forbidden")


async def test_a_version_is_asked_as_it_was() -> None:
    async with clients(EVERYTHING) as (admin, viewer):
        read = await admin.get(f"{API}/queries/big")
        newer = {**SQL, "parameters": [{"name": "least", "type": "float", "default": 100}]}
        assert (await admin.put(f"{API}/queries/big", json=newer, headers=match(read))).status_code == 200
        assert (await ask(viewer, "big")).json()["rows"] == [[0]]
        assert (await ask(viewer, "big", query={"version": 1})).json()["rows"] == [[2]]
        assert (await ask(viewer, "big", query={"version": 2})).json()["rows"] == [[0]]
        assert refusal(await ask(viewer, "big", query={"version": 3})) == (404, "unknown_version")


async def test_one_of_another_organisation_does_not_exist() -> None:
    async with started(make_app()) as app:
        admin = client_of(app, await make_token(app))
        await fill(admin)
        await found_organisation(admin, "acme", {"everything": True})
        other = client_of(app, await token_of(app, "acme"))
        for query in ({}, {"version": 1}, {"version": 9}):
            theirs, nobodys = await ask(other, "big", query=query), await ask(other, "none", query=query)
            assert refusal(theirs) == refusal(nobodys) == (404, "unknown_query")
            same = theirs.json()["error"]["message"].replace("'big'", "'none'")
            assert same == nobodys.json()["error"]["message"]
        mine = {**SQL, "query": {"sql": "select 'mine' as n"}, "parameters": []}
        assert (await other.post(f"{API}/queries", json=mine)).status_code == 201
        assert (await ask(other, "big")).json()["rows"] == [["mine"]]
        assert (await ask(admin, "big")).json()["rows"] == [[2]]
        await admin.aclose()
        await other.aclose()


async def test_a_subscription_is_live_and_follows_the_saved_query() -> None:
    async with serving(make_app()) as served:
        token = {"authorization": f"Bearer {await make_token(served.app)}"}
        viewer = {"authorization": f"Bearer {await make_token(served.app, 'viewer', TILL)}"}
        async with (
            httpx.AsyncClient(base_url=served.url, headers=token, trust_env=False) as admin,
            connect(f"ws://127.0.0.1:{served.port}/api/v1/live", additional_headers=viewer, proxy=None) as socket,
        ):
            await fill(admin)
            client = SocketClient(socket)
            await client.say(type="subscribe", id="1", query={"saved": "by-channel"}, parameters={"channels": ["till"]})
            await client.until([["till", 7.0]])
            event = {"at": "2025-01-02T12:00:00Z", "channel": "till", "total": 3.0}
            await admin.post(f"{API}/streams/orders/events", json=[event, {**event, "channel": "web"}])
            await client.until([["till", 10.0]])

            read = await admin.get(f"{API}/queries/by-channel")
            counted = {**TOP, "query": {**TOP["query"], "measures": [{"name": "revenue", "sql": "count(*)"}]}}
            changed = await admin.put(f"{API}/queries/by-channel", json=counted, headers=match(read))
            assert changed.status_code == 200, changed.text
            await client.until([["till", 2]])

            await client.say(type="subscribe", id="2", query={"saved": "by-channel"}, parameters={"channels": ["web"]})
            refused = await client.hear("error")
            assert (refused["id"], refused["code"]) == ("2", "bad_parameter")
            await client.say(type="subscribe", id="3", query={"saved": "by-channel", "version": "x"})
            assert (await client.hear("error"))["code"] == "bad_query"

            gone = await admin.delete(f"{API}/queries/by-channel", headers=match(changed))
            assert gone.status_code == 204, gone.text
            ended = await client.hear("error")
            assert (ended["id"], ended["code"]) == ("1", "unknown_query")
