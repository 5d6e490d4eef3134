"""Embed keys and tokens: what a signed token gives, and everything that it does not."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from nowboard.app import App
from nowboard.clock import HOUR, SECOND, ManualClock
from nowboard.testing import make_app, started
from tests.sharing import API, World, make_world

CURRENT = f"{API}/shares/current"
EVERYTHING = {"everything": True}


@pytest.fixture
async def world(app: App) -> AsyncIterator[World]:
    made = await make_world(app)
    yield made
    await made.close()


def sign(key: dict[str, Any], algorithm: str = "HS256", secret: str | None = None, **claims: Any) -> str:
    """A token as a customer's backend would sign it; None leaves a claim out."""
    usual = {"dashboard": "sales", "scope": EVERYTHING, "exp": int(time.time()) + 600, "sub": "ann"}
    said = {name: value for name, value in {**usual, **claims}.items() if value is not None}
    header = {"alg": algorithm, "kid": key["id"]}
    return jwt.encode(header, said, OctKey.import_key(secret or key["secret"]), [algorithm])


async def status(world: World, token: str) -> tuple[int, str]:
    answer = await world.client(token).get(CURRENT)
    return answer.status_code, answer.json().get("error", {}).get("code", "")


async def rows(client: httpx.AsyncClient, widget: str = "count", **members: Any) -> Any:
    answer = await client.post(f"{API}/query", json={"dashboard": "sales", "widget": widget, **members})
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


async def test_a_signed_token_shows_its_dashboard(world: World) -> None:
    key = await world.embed_key()
    guest = world.client(sign(key))
    assert (await guest.get(CURRENT)).json()["dashboard"]["id"] == "sales"
    assert await rows(guest) == [[4]]
    me = (await guest.get(f"{API}/sessions/current")).json()
    assert (me["kind"], me["role"], me["permissions"]) == ("share", "guest", ["read"])


async def test_c24_without_a_scope_or_an_end_a_token_is_nothing(world: World) -> None:
    key = await world.embed_key()
    now = int(time.time())
    vectors: list[dict[str, Any]] = [
        {"scope": None},
        {"scope": {}},
        {"scope": {"streams": {}}},
        {"scope": {"attributes": {}}},
        {"scope": {"attributes": {"misspelt": 1}}},
        {"scope": {"everything": True, "rows": "shop = 'oslo'"}},
        {"scope": "everything"},
        {"exp": None},
        {"exp": now - 1},
        {"exp": 0},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"exp": "tomorrow"},
        {"exp": now + 25 * 3600},
        {"exp": now + 600, "iat": now - 24 * 3600},
        {"nbf": now + 3600},
        {"dashboard": None},
        {"widget": "count"},
        {"sub": "x" * 151},
        {"sub": "two\nlines"},
    ]
    for claims in vectors:
        assert await status(world, sign(key, **claims)) == (401, "bad_token"), claims


async def test_c18_only_our_algorithm_and_the_named_key_count(world: World) -> None:
    key, other = await world.embed_key(), await world.embed_key()
    good = sign(key)
    head, payload, signature = good.split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": key["id"]}).encode()).rstrip(b"=").decode()
    crit = {"alg": "HS256", "kid": key["id"], "crit": ["exp"], "exp": 1}
    critical = base64.urlsafe_b64encode(json.dumps(crit).encode()).rstrip(b"=").decode()
    vectors = [
        sign(key, "HS512"),
        sign(key, secret=other["secret"]),
        sign({"id": "emk_000000000000", "secret": key["secret"]}),
        sign({"id": "../" + key["id"], "secret": key["secret"]}),
        f"{none}.{payload}.",
        f"{none}.{payload}.{signature}",
        f"{critical}.{payload}.{signature}",
        f"{head}.{payload}.",
        f"{head}.{payload}",
        f"{head}..{signature}",
        f"{head}.{payload}.{signature[:-4]}AAAA",
        f"{head}.{payload}.{signature}.more",
        good + "x",
        "a.b.c",
        key["secret"],
        key["id"],
    ]
    for token in vectors:
        assert await status(world, token) == (401, "bad_token"), token
    assert await status(world, good) == (200, "")


async def test_attributes_of_a_token_fill_what_the_key_leaves_open(world: World) -> None:
    key = await world.embed_key(scope={"streams": {"orders": {"sql": "shop = :shop"}}})
    oslo = world.client(sign(key, scope={"attributes": {"shop": "oslo"}}))
    assert await rows(oslo) == [[2]]
    assert await rows(world.client(sign(key, scope={"attributes": {"shop": "nowhere"}}))) == [[0]]
    unfilled = await world.client(sign(key)).post(f"{API}/query", json={"dashboard": "sales", "widget": "count"})
    assert unfilled.status_code in (400, 403), "an attribute without a value lets nothing through"


async def test_a_token_never_reaches_beyond_its_key(world: World) -> None:
    fixed = {"streams": {"orders": {"sql": "shop = :shop"}}, "attributes": {"shop": "oslo"}}
    key = await world.embed_key(scope=fixed, dashboards=["sales"])
    assert await rows(world.client(sign(key))) == [[2]]
    wider = {"streams": {"orders": {"sql": "true"}}}
    assert await rows(world.client(sign(key, scope=wider))) == [[2]]
    assert await status(world, sign(key, scope={"attributes": {"shop": "bergen"}})) == (403, "scope_conflict")
    assert await status(world, sign(key, dashboard="other")) == (403, "forbidden")
    elsewhere = await world.embed_key()
    assert await status(world, sign(elsewhere, dashboard="nowhere")) == (404, "unknown_dashboard")


async def test_widgets_filters_and_parameters_of_a_token_hold(world: World) -> None:
    key = await world.embed_key()
    guest = world.client(sign(key, widgets=["count"], filters={"shop": ["oslo"]}, fields=[]))
    assert await rows(guest) == [[2]]
    for body, expected in (
        ({"widget": "ever"}, 404),
        ({"widget": "count", "filters": {"shop": ["bergen"]}}, 403),
        ({"widget": "count", "filters": {"channel": ["web"]}}, 403),
        ({"widget": "count", "params": {"shop": "oslo"}}, 403),
    ):
        answer = await guest.post(f"{API}/query", json={"dashboard": "sales", **body})
        assert answer.status_code == expected, body
    assert await rows(world.client(sign(key, parameters={"shop": "bergen"})), "table") == [["web", 2]]


@pytest.mark.parametrize(
    "claims",
    [
        {"filters": {"shopp": ["oslo"]}},
        {"filters": {"shop": []}},
        {"filters": {"shop": None}},
        {"filters": {"shop": {"max": None}}},
        {"parameters": {"shopp": "oslo"}},
        {"parameters": {"shop": None}},
    ],
)
async def test_an_empty_or_misspelt_lock_leaves_nothing_open(world: World, claims: dict[str, Any]) -> None:
    guest = world.client(sign(await world.embed_key(), **claims))
    answer = await guest.post(f"{API}/query", json={"dashboard": "sales", "widget": "count"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "locked")


async def test_keys_are_for_administrators_and_tell_their_secret_once(world: World) -> None:
    path = f"{API}/embed-keys"
    for name in ("owner", "member"):
        assert (await world.by(name).post(path, json={"name": "k"})).status_code == 403
    key = await world.embed_key(sites=["https://shop.example.org", "http://127.0.0.1:9000/"])
    assert key["secret"].startswith("nk_")
    listed = await world.by("admin").get(path)
    assert key["secret"] not in listed.text
    assert listed.json()["items"][0]["limits"]["sites"] == ["https://shop.example.org", "http://127.0.0.1:9000"]
    assert (await world.by("foreign").get(path)).json()["items"] == []
    assert (await world.by("foreign").delete(f"{path}/{key['id']}")).status_code == 404
    guest = world.client(sign(key))
    assert (await guest.get(CURRENT)).status_code == 200
    assert (await world.by("admin").delete(f"{path}/{key['id']}")).status_code == 204
    assert (await guest.get(CURRENT)).status_code == 401


@pytest.mark.parametrize(
    "text",
    [
        "*", "'self'", "https:", "https://*.example.org", "https://a.example; script-src *", "https://a.example/path",
        "javascript://a.example", "https://a.example:99999", "https://user@a.example", "a.example", "https://[::1",
        "https://a.example https://b.example", "https://a.example?x", "https://a.example#x", "",
    ],
)  # fmt: skip
async def test_sites_are_origins(world: World, text: str) -> None:
    answer = await world.by("admin").post(f"{API}/embed-keys", json={"name": "k", "limits": {"sites": [text]}})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_limits")


async def test_the_pages_say_who_may_frame_them(world: World) -> None:
    key = await world.embed_key(sites=["https://shop.example.org"])
    anybody = world.client()
    framed = await anybody.get(f"/embed/{key['id']}")
    assert "frame-ancestors https://shop.example.org" in framed.headers["content-security-policy"]
    assert "x-frame-options" not in framed.headers
    for path, ancestors, older in (
        (f"/embed/{(await world.embed_key())['id']}", "'none'", "DENY"),
        ("/embed/emk_unknown", "'none'", "DENY"),
        (f"/share/{(await world.share())['id']}", "'none'", "DENY"),
        ("/dashboards/sales", "'self'", "SAMEORIGIN"),
    ):
        page = await anybody.get(path)
        assert f"frame-ancestors {ancestors}" in page.headers["content-security-policy"], path
        assert page.headers["x-frame-options"] == older, path
    assert framed.headers["referrer-policy"] == "no-referrer"


async def minted(world: World, name: str, **members: Any) -> httpx.Response:
    return await world.by(name).post(f"{API}/dashboards/sales/embed-tokens", json=members)


async def test_a_token_can_be_signed_here_within_the_callers_rights(world: World) -> None:
    key = await world.embed_key()
    answer = await minted(world, "owner", key=key["id"], limits={"widgets": ["count"]}, expires_in=60)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["path"] == f"/embed/{key['id']}#{made['token']}"
    assert 0 < made["expires_at"] - time.time() * 1000 <= 60_000
    guest = world.client(made["token"])
    assert await rows(guest) == [[4]]
    for name, expected in (("member", 403), ("editor", 403), ("foreign", 404)):
        assert (await minted(world, name, key=key["id"])).status_code == expected
    assert (await minted(world, "owner", key="emk_000000000000")).status_code == 404
    for wrong in ({"expires_in": 0}, {"expires_in": 86_401}, {"sub": "x" * 151}, {"limits": {"widgets": ["none"]}}):
        assert (await minted(world, "owner", key=key["id"], **wrong)).status_code == 400, wrong
    misspelt = {"scope": {"attributes": {"shop": "oslo"}}}
    assert (await minted(world, "owner", key=key["id"], limits=misspelt)).status_code == 400


async def test_c30_a_token_signed_here_ends_with_its_makers_rights(world: World) -> None:
    key = await world.embed_key()
    made = (await minted(world, "owner", key=key["id"])).json()
    assert await status(world, made["token"]) == (200, "")
    await world.change_person("owner", role="viewer")
    await asyncio.sleep(1.0)
    assert await status(world, made["token"]) == (401, "bad_token")
    assert (await minted(world, "owner", key=key["id"])).status_code == 403


async def test_a_token_is_over_to_the_second() -> None:
    clock = ManualClock()
    async with started(make_app(clock=clock)) as app:
        world = await make_world(app)
        key = await world.embed_key()
        token = sign(key, exp=(clock.now() + HOUR) // SECOND)
        assert await status(world, token) == (200, "")
        ticket = (await world.client(token).post(f"{API}/sessions/tickets")).json()["ticket"]
        clock.set(clock.now() + HOUR)
        assert await status(world, token) == (401, "bad_token")
        live = await world.client().get(f"{API}/live/poll", params={"ticket": ticket})
        assert (live.status_code, live.json()["error"]["code"]) == (401, "bad_ticket")
        await world.close()
