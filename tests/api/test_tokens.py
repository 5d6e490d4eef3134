"""API tokens over HTTP: never more than who made them."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from nowboard.app import App
from nowboard.clock import DAY, MILLISECOND
from nowboard.model.scopes import Predicate, Scope
from nowboard.testing import make_token
from tests.api.people import API, SESSIONS, browser_of, error_of, make_user, set_up

Connect = Callable[..., httpx.AsyncClient]
TOKENS = f"{API}/tokens"
COUNT = {"query": {"stream": "orders", "measures": ["count(*)"], "window": {"all": True}}}


async def orders(admin: httpx.AsyncClient) -> None:
    """Four orders, two of them of the north."""
    rows = [{"at": "2026-03-01", "region": region} for region in ("north", "south", "north", "west")]
    assert (await admin.post(f"{API}/streams/orders/events", json=rows)).status_code == 200


async def count(client: httpx.AsyncClient) -> int:
    answer = await client.post(f"{API}/query", json=COUNT)
    assert answer.status_code == 200, answer.text
    found: int = answer.json()["rows"][0][0]
    return found


async def test_a_token_from_making_to_revoking(app: App, connect: Connect) -> None:
    admin = await set_up(app, connect)
    bob = await make_user(admin, "bob@example.org", "analyst")
    browser = await browser_of(app, connect, bob["id"])
    ends = app.clock.now() // MILLISECOND + 60_000
    answer = await browser.post(TOKENS, json={"name": "till", "role": "viewer", "expires_at": ends})
    assert answer.status_code == 201
    secret, item = answer.json()["secret"], answer.json()["token"]
    assert secret.startswith("nb_")
    assert (item["name"], item["role"], item["owner"], item["state"]) == ("till", "viewer", bob["id"], "usable")
    assert (item["expires_at"], item["last_used_at"]) == (ends, None)
    client = connect(secret)
    me = (await client.get(f"{SESSIONS}/current")).json()
    assert (me["kind"], me["id"], me["permissions"]) == ("token", item["id"], ["export", "read"])
    listed = (await browser.get(TOKENS)).json()["items"]
    assert [each["id"] for each in listed] == [item["id"]]
    assert listed[0]["last_used_at"] is not None
    assert secret not in (await browser.get(TOKENS)).text
    assert (await browser.delete(f"{TOKENS}/{item['id']}")).status_code == 204
    assert error_of(await client.get(f"{SESSIONS}/current")) == (401, "bad_token")
    assert error_of(await browser.delete(f"{TOKENS}/{item['id']}")) == (404, "unknown_token")
    assert (await browser.get(TOKENS)).json()["items"][0]["state"] == "revoked"


async def test_lists_are_ones_own_or_with_users_the_organisations(app: App, connect: Connect) -> None:
    admin = await set_up(app, connect)
    browsers = []
    for name in ("bob", "eve"):
        user = await make_user(admin, f"{name}@example.org")
        browsers.append(await browser_of(app, connect, user["id"]))
        await browsers[-1].post(TOKENS, json={"name": name})
    assert [[each["name"] for each in (await browser.get(TOKENS)).json()["items"]] for browser in browsers] == [
        ["bob"],
        ["eve"],
    ]
    everything = (await admin.get(TOKENS)).json()["items"]
    assert [each["name"] for each in everything] == ["bob", "eve"]
    assert error_of(await browsers[0].delete(f"{TOKENS}/{everything[1]['id']}")) == (404, "unknown_token")
    assert (await admin.delete(f"{TOKENS}/{everything[1]['id']}")).status_code == 204


async def test_a_token_never_has_more_than_its_maker_c30(app: App, connect: Connect) -> None:
    """C30: neither at the mint, nor later, when the maker has lost rights."""
    admin = await set_up(app, connect)
    bob = await make_user(admin, "bob@example.org", "analyst")
    browser = await browser_of(app, connect, bob["id"])
    for role in ("editor", "admin", "ingest"):
        assert error_of(await browser.post(TOKENS, json={"name": "x", "role": role})) == (403, "beyond_own_rights"), (
            role
        )
    token = connect((await browser.post(TOKENS, json={"name": "x"})).json()["secret"])
    assert "query:sql" in (await token.get(f"{SESSIONS}/current")).json()["permissions"]
    assert error_of(await token.post(TOKENS, json={"name": "y"})) == (403, "forbidden"), "a token makes none"
    await admin.patch(f"{API}/users/{bob['id']}", json={"role": "viewer"})
    assert (await token.get(f"{SESSIONS}/current")).json()["permissions"] == ["export", "read"]
    assert (await browser.post(TOKENS, json={"name": "x", "role": "analyst"})).status_code == 401, "signed out by that"
    again = await browser_of(app, connect, bob["id"])
    assert error_of(await again.post(TOKENS, json={"name": "x", "role": "analyst"})) == (403, "beyond_own_rights")
    await admin.patch(f"{API}/users/{bob['id']}", json={"disabled": True})
    assert (await token.get(f"{SESSIONS}/current")).status_code == 401
    await admin.patch(f"{API}/users/{bob['id']}", json={"disabled": False})
    assert (await token.get(f"{SESSIONS}/current")).status_code == 200
    await admin.delete(f"{API}/users/{bob['id']}")
    assert (await token.get(f"{SESSIONS}/current")).status_code == 401


async def test_a_scope_is_put_on_top_of_ones_own_c30(app: App, connect: Connect) -> None:
    """C30: a token's scope narrows, whatever is written into it."""
    admin = await set_up(app, connect)
    await orders(admin)
    parent = await make_token(app, "admin", Scope(streams={"orders": Predicate("region = 'north'")}), "parent")
    north = connect(parent)
    assert await count(north) == 2
    made = await north.post(TOKENS, json={"name": "x", "scope": {"everything": True}})
    assert await count(connect(made.json()["secret"])) == 2
    west = {"streams": {"orders": {"sql": "region = 'west'"}}}
    made = await north.post(TOKENS, json={"name": "y", "scope": west})
    assert await count(connect(made.json()["secret"])) == 0
    mine = await admin.post(TOKENS, json={"name": "z", "scope": west})
    assert await count(connect(mine.json()["secret"])) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "true) or (true",
        "region = 'west') or (1=1",
        "true; select 1",
        "",
        "select 1",
        "(",
        "true) -- ",
        "drop table orders",
    ],
)
async def test_a_predicate_cannot_reach_out_of_its_parentheses_c30(app: App, connect: Connect, sql: str) -> None:
    """C30: text that is no condition on its own would loosen the one it is put beside."""
    admin = await set_up(app, connect)
    await orders(admin)
    north = connect(await make_token(app, "admin", Scope(streams={"orders": Predicate("region = 'north'")})))
    answer = await north.post(TOKENS, json={"name": "x", "scope": {"streams": {"orders": {"sql": sql}}}})
    assert error_of(answer) in ((400, "bad_scope"), (403, "no_scope"))


async def test_a_token_of_a_token_ends_no_later(app: App, connect: Connect) -> None:
    admin = await set_up(app, connect)
    ends = app.clock.now() // MILLISECOND + 3_600_000
    parent = await admin.post(TOKENS, json={"name": "parent", "expires_at": ends})
    token = connect(parent.json()["secret"])
    for wanted in (None, (app.clock.now() + 30 * DAY) // MILLISECOND):
        child = await token.post(TOKENS, json={"name": "child", "expires_at": wanted})
        assert child.json()["token"]["expires_at"] == ends
        assert child.json()["token"]["owner"] == parent.json()["token"]["owner"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"name": ""}, "bad_name"),
        ({"name": "x", "role": "boss"}, "unknown_role"),
        ({"name": "x", "expires_at": 1}, "bad_expiry"),
        ({"name": "x", "scope": {"masks": {"email": "blur"}}}, "bad_scope"),
        ({"name": "x", "scope": {"rows": "all"}}, "bad_body"),
        ({"name": "x", "owner": "usr_1"}, "bad_body"),
    ],
)
async def test_tokens_that_are_not_made(app: App, connect: Connect, body: dict[str, object], code: str) -> None:
    admin = await set_up(app, connect)
    assert error_of(await admin.post(TOKENS, json=body)) == (400, code)
