"""C45 for people and what is shared: the most that fits passes, one more is refused with a code, and never a 5xx."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from nowboard.app import App
from nowboard.model.bounds import NAME, TEXT, TITLE, VALUE, VALUES
from nowboard.query.scopecheck import MOST
from nowboard.query.syntax import MAX_TEXT
from nowboard.web.options import WebOptions
from tests.sharing import API, World, make_world

HUGE = 10**30
"""An integer that no database column holds."""
LATEST = 253_402_300_799_999
SHARES = "POST /dashboards/sales/shares"
EMBEDS = "POST /dashboards/sales/embed-tokens"
KEY = {"name": "k"}
PERSON = {"email": "new@example.org", "role": "viewer", "name": "New"}
ROLE: dict[str, Any] = {"permissions": ["read"], "scope": {"everything": True}}
LINK = {"kind": "link"}


def members(count: int, value: Any = 1) -> dict[str, Any]:
    return {f"m{number}": value for number in range(count)}


def scope(**given: Any) -> dict[str, Any]:
    return {"streams": {"orders": {"sql": "true"}}, **given}


def site(length: int) -> str:
    """An origin of this many characters."""
    return "https://" + "a" * (length - len("https://"))


def predicate(length: int) -> dict[str, Any]:
    """A scope whose condition has this many characters."""
    start, end = "shop <> '", "'"
    return {"streams": {"orders": {"sql": start + "x" * (length - len(start) - len(end)) + end}}}


@dataclass(frozen=True)
class Row:
    """A member of a body: what still passes (None where nothing of its kind does), and what is refused, and how."""

    caller: str
    route: str
    body: dict[str, Any]
    member: str
    most: Any
    more: Any
    refusal: tuple[int, str]

    @property
    def name(self) -> str:
        return f"{self.route[:60]} {self.member}"


def bad(what: str) -> tuple[int, str]:
    return 400, f"bad_{what}"


USERS = [
    Row("home", "POST /users", PERSON, "email", "x" * 308 + "@example.org", "x" * 309 + "@example.org", bad("email")),
    Row("home", "POST /users", PERSON, "name", "x" * 200, "x" * 201, bad("name")),
    Row("home", "POST /users", PERSON, "role", None, "r" * 5_000, (400, "unknown_role")),
    Row("home", "POST /users", PERSON, "organisation", None, "o" * 5_000, (404, "unknown_organisation")),
    Row("home", "POST /users", PERSON, "attributes", members(64), members(65), bad("attribute")),
    Row("home", "POST /users", PERSON, "attributes", {"a": "x" * VALUE}, {"a": "x" * (VALUE + 1)}, bad("attribute")),
    Row("home", "POST /users", PERSON, "attributes", {"a": ["x"] * 1_000}, {"a": ["x"] * 1_001}, bad("attribute")),
    Row("home", "POST /users", PERSON, "attributes", {"a" * 63: 1}, {"a" * 64: 1}, bad("attribute")),
    Row("home", "POST /users", PERSON, "password", None, "x" * 5_000, (400, "weak_password")),
    Row("admin", "PATCH /users/usr_member", {}, "name", "x" * 200, "x" * 201, bad("name")),
    Row("admin", "PATCH /users/usr_member", {}, "attributes", members(64), members(65), bad("attribute")),
    Row("admin", "PATCH /users/" + "u" * 5_000, {}, "name", None, "x", (404, "unknown_user")),
]
CONDITIONS = [{"orders": {"sql": "true", "also": ["true"] * count}} for count in (MOST, MOST + 1)]
STREAMS = [members(count, {"sql": "true"}) for count in (500, 501)]
SCOPES = [
    (predicate(MAX_TEXT), predicate(MAX_TEXT + 1)),
    ({"streams": STREAMS[0]}, {"streams": STREAMS[1]}),
    ({"streams": CONDITIONS[0]}, {"streams": CONDITIONS[1]}),
    (scope(attributes=members(MOST)), scope(attributes=members(MOST + 1))),
    (scope(attributes={"a": "x" * VALUE}), scope(attributes={"a": "x" * (VALUE + 1)})),
    (scope(attributes={"a": [1] * VALUES}), scope(attributes={"a": [1] * (VALUES + 1)})),
    (scope(masks=members(MOST, "hide")), scope(masks=members(MOST + 1, "hide"))),
    (None, scope(masks={"m": "x" * 5_000})),
]
ROLES = [
    Row("admin", "PUT /roles/" + "r" * 64, ROLE, "requests_per_minute", None, 5, bad("name")),
    Row("admin", "PUT /roles/" + "r" * 63, ROLE, "permissions", ["read"] * 100, ["read"] * 101, bad("body")),
    Row("admin", "PUT /roles/r", ROLE, "permissions", None, ["x" * 5_000], bad("body")),
    Row("admin", "PUT /roles/r", ROLE, "requests_per_minute", 600, HUGE, bad("body")),
    *(Row("admin", "PUT /roles/r", ROLE, "scope", most, more, bad("scope")) for most, more in SCOPES),
]
ORGANISATIONS = [
    Row("home", "POST /organisations", {"name": "x"}, "id", "o" * 63, "o" * 64, bad("name")),
    Row("home", "POST /organisations", {"id": "o"}, "name", "x" * 200, "x" * 201, bad("name")),
    Row("home", "PATCH /organisations/other", {}, "name", "x" * 200, "x" * 201, bad("name")),
    *(
        Row("home", "POST /organisations", {"id": "o", "name": "x"}, "scope", most, more, bad("scope"))
        for most, more in SCOPES
    ),
    *(Row("home", "PATCH /organisations/other", {}, "scope", None, more, bad("scope")) for _, more in SCOPES),
]
LIMITS: list[tuple[Any, Any]] = [
    ({"widgets": ["count"] * 200}, {"widgets": ["count"] * 201}),
    ({"fields": ["shop"] * 200}, {"fields": ["shop"] * 201}),
    ({"filters": {"shop": ["x"] * 1_000}}, {"filters": {"shop": ["x"] * 1_001}}),
    ({"filters": {"shop": ["x" * VALUE]}}, {"filters": {"shop": ["x" * (VALUE + 1)]}}),
    ({"parameters": {"shop": "x" * VALUE}}, {"parameters": {"shop": "x" * (VALUE + 1)}}),
    (None, {"widgets": ["count"], "window": {"last": "1" * 5_000}}),
]
SITES = [{"sites": [site(length)]} for length in (NAME, NAME + 1)]
SHARED = [
    Row("owner", SHARES, {}, "kind", "link", "x" * 5_000, bad("share")),
    Row("owner", SHARES, {"kind": "user"}, "subject", "usr_member", "x" * 5_000, bad("share")),
    Row("owner", SHARES, LINK, "level", "view", "x" * 5_000, bad("share")),
    Row("owner", SHARES, LINK, "expires_at", LATEST, LATEST + 1, bad("body")),
    Row("owner", SHARES, LINK, "expires_at", None, HUGE, bad("body")),
    *(Row("owner", SHARES, LINK, "limits", most, more, bad("limits")) for most, more in LIMITS),
    *(Row("owner", SHARES, LINK, "limits", None, {"scope": more}, bad("scope")) for _, more in SCOPES[:2]),
    Row("admin", "POST /embed-keys", {}, "name", "x" * 200, "x" * 201, bad("name")),
    Row(
        "admin", "POST /embed-keys", KEY, "limits", {"sites": [site(NAME)]}, {"sites": [site(NAME + 1)]}, bad("limits")
    ),
    Row("admin", "POST /embed-keys", KEY, "limits", None, {"sites": [site(20)] * 5_000}, bad("limits")),
    Row("admin", "POST /embed-keys", KEY, "limits", None, {"dashboards": ["sales"] * 5_000}, bad("limits")),
    Row("owner", EMBEDS, {}, "key", "<key>", "x" * 5_000, (404, "unknown_embed_key")),
    Row("owner", EMBEDS, {"key": "<key>"}, "sub", "x" * 150, "x" * 151, bad("name")),
    Row("owner", EMBEDS, {"key": "<key>"}, "expires_in", 86_400, HUGE, bad("expiry")),
    *(Row("owner", EMBEDS, {"key": "<key>"}, "limits", most, more, bad("limits")) for most, more in LIMITS),
]
KEYS = [
    Row("home", "POST /tokens", {}, "name", "x" * 200, "x" * 201, bad("name")),
    Row("home", "POST /tokens", {"name": "t"}, "role", None, "r" * 5_000, (400, "unknown_role")),
    Row("home", "POST /tokens", {"name": "t"}, "expires_at", LATEST, LATEST + 1, bad("body")),
    Row("home", "POST /tokens", {"name": "t"}, "expires_at", None, HUGE, bad("body")),
    *(
        Row("home", "POST /tokens", {"name": "t"}, "scope", most, more, bad("scope"))
        for most, more in SCOPES
        if "also" not in str(more)[:200]
    ),
    Row("home", "POST /cache/clear", {}, "streams", "x" * NAME, "x" * (NAME + 1), bad("body")),
    Row("home", "POST /cache/preload", {}, "dashboard", None, "x" * (NAME + 1), bad("body")),
]
ROWS = [*USERS, *ROLES, *ORGANISATIONS, *SHARED, *KEYS]


@pytest.fixture
async def world(app: App) -> AsyncIterator[World]:
    made = await make_world(app)
    yield made
    await made.close()


async def send(world: World, row: Row, value: Any) -> httpx.Response:
    body = {**row.body, row.member: value}
    if body.get("key") == "<key>":
        body["key"] = (await world.embed_key())["id"]
    method, path = row.route.split(" ")
    return await world.by(row.caller).request(method, API + path, json=body)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_texts_lists_and_numbers(world: World, row: Row) -> None:
    refused = await send(world, row, row.more)
    assert (refused.status_code, refused.json()["error"]["code"]) == row.refusal, refused.text[:500]
    assert len(refused.content) < 10_000, "the refusal does not repeat what was too long"
    if row.most is not None:
        passed = await send(world, row, row.most)
        assert passed.is_success, passed.text[:500]


BODIES = [
    ("home", "POST /users"), ("admin", "PATCH /users/usr_member"), ("admin", "PUT /roles/r"),
    ("home", "POST /organisations"), ("home", "PATCH /organisations/acme"), ("owner", SHARES),
    ("admin", "POST /embed-keys"), ("owner", EMBEDS), ("home", "POST /tokens"),
    ("home", "POST /cache/clear"), ("home", "POST /cache/preload"), ("owner", "POST /dashboards"),
    ("owner", "POST /dashboards/import"), ("owner", "POST /queries"), ("owner", "POST /templates"),
    ("owner", "POST /dashboards/sales/publish"), ("owner", "PATCH /dashboards/sales"),
    ("anonymous", "POST /sessions"),
]  # fmt: skip


@pytest.mark.parametrize(("caller", "route"), BODIES, ids=str)
async def test_bodies(world: World, caller: str, route: str) -> None:
    client = world.client() if caller == "anonymous" else world.by(caller)
    json = {"content-type": "application/json"}
    limit = WebOptions().json_bytes
    method, path = route.split(" ")
    answer = await client.request(method, API + path, content=b'{"a": "' + b"x" * limit + b'"}', headers=json)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large"), answer.text[:300]
    deep = await client.request(method, API + path, content=b'{"a":' * 3_000 + b"1" + b"}" * 3_000, headers=json)
    assert (deep.status_code, "code" in deep.json()["error"]) == (400, True), deep.text[:300]


def test_the_bounds_are_those_of_the_reference() -> None:
    assert (NAME, TITLE, TEXT, VALUE, VALUES) == (200, 400, 5_000, 10_000, 5_000)
