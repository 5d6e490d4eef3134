"""Organisations over HTTP: who manages them, what their scope may be, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from nowboard.access.authenticate import REMEMBERED
from nowboard.app import App
from tests.api.tenants import API, found_organisation, token_of

Connect = Callable[..., httpx.AsyncClient]
SHIPS = {"streams": {"positions": {"sql": "vessel in (:vessels)"}}, "attributes": {"vessels": ["aurora"]}}
POSITIONS = {"name": "positions", "time": "ts", "fields": {"ts": "timestamp", "vessel": "string", "knots": "float"}}


@pytest.fixture
async def fleet(admin: httpx.AsyncClient) -> httpx.AsyncClient:
    """An administrator of the first organisation, with positions of two vessels."""
    assert (await admin.post(f"{API}/streams", json=POSITIONS)).status_code == 201
    events = [{"ts": "2026-01-01T00:00:00Z", "vessel": name, "knots": knots} for name, knots in
              (("aurora", 10.0), ("aurora", 12.0), ("borealis", 99.0))]  # fmt: skip
    assert (await admin.post(f"{API}/streams/positions/events", json=events)).json()["accepted"] == 3
    return admin


async def count(client: httpx.AsyncClient) -> int:
    query = {"stream": "positions", "measures": ["count(*)"], "window": {"all": True}}
    answer = await client.post(f"{API}/query", json={"query": query})
    assert answer.status_code == 200, answer.text
    found: int = answer.json()["rows"][0][0]
    return found


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def test_an_organisation_from_its_founding_to_its_end(
    app: App, fleet: httpx.AsyncClient, connect: Connect
) -> None:
    await found_organisation(fleet, "aurora", SHIPS)
    listed = (await fleet.get(f"{API}/organisations")).json()["items"]
    assert [(each["id"], each["disabled"]) for each in listed] == [("aurora", False), ("main", False)]
    tenant = connect(await token_of(app, "aurora"))
    assert await count(tenant) == 2
    assert await count(fleet) == 3
    path = f"{API}/organisations/aurora"
    assert code(await fleet.delete(path)) == (409, "not_disabled")
    changed = await fleet.patch(path, json={"name": "MS Aurora", "disabled": True})
    assert (changed.json()["name"], changed.json()["disabled"]) == ("MS Aurora", True)
    assert code(await tenant.get(f"{API}/streams")) == (401, "bad_token")
    assert (await fleet.patch(path, json={"disabled": False})).json()["disabled"] is False
    assert await count(tenant) == 2
    await fleet.patch(path, json={"disabled": True})
    assert (await fleet.delete(path)).status_code == 204
    assert code(await fleet.get(path)) == (404, "unknown_organisation")
    assert code(await tenant.get(f"{API}/streams")) == (401, "bad_token")
    # its entries in the audit log must not become readable for somebody else
    assert code(await fleet.post(f"{API}/organisations", json={"id": "aurora", "name": "A"})) == (409, "conflict")


async def test_without_a_scope_an_organisation_sees_nothing(
    app: App, fleet: httpx.AsyncClient, connect: Connect
) -> None:
    """C24: absence of a scope is a refusal, never "no filter"."""
    assert (await fleet.post(f"{API}/organisations", json={"id": "new", "name": "New"})).status_code == 201
    tenant = connect(await token_of(app, "new"))
    assert (await tenant.get(f"{API}/streams")).json() == {"items": []}
    query = {"stream": "positions", "measures": ["count(*)"]}
    assert code(await tenant.post(f"{API}/query", json={"query": query})) == (403, "no_scope")
    assert code(await tenant.get(f"{API}/streams/positions")) == (404, "unknown_stream")


async def test_only_administrators_of_the_first_organisation(
    app: App, fleet: httpx.AsyncClient, connect: Connect, as_role: Any
) -> None:
    await found_organisation(fleet, "aurora", SHIPS)
    for client in (connect(await token_of(app, "aurora", "admin")), await as_role("editor"), await as_role("viewer")):
        for method, path, body in (
            ("GET", "/organisations", None),
            ("POST", "/organisations", {"id": "x", "name": "X"}),
            ("GET", "/organisations/aurora", None),
            ("GET", "/organisations/nowhere", None),
            ("PATCH", "/organisations/aurora", {"scope": {"everything": True}}),
            ("DELETE", "/organisations/aurora", None),
        ):
            answer = await client.request(method, API + path, json=body)
            assert code(answer) == (403, "forbidden"), (method, path)


async def test_a_new_scope_holds_at_once(app: App, fleet: httpx.AsyncClient, connect: Connect) -> None:
    await found_organisation(fleet, "aurora", SHIPS)
    tenant = connect(await token_of(app, "aurora"))
    assert await count(tenant) == 2
    both = {"streams": SHIPS["streams"], "attributes": {"vessels": ["aurora", "borealis"]}}
    assert (await fleet.patch(f"{API}/organisations/aurora", json={"scope": both})).status_code == 200
    assert await count(tenant) == 3
    assert REMEMBERED <= 1


@pytest.mark.parametrize(
    "scope",
    [
        {"streams": {"positions": {"sql": "vessel in (:vessels)"}}},
        {"streams": {"positions": {"sql": "true) OR (true"}}},
        {"streams": {"positions": {"sql": "true", "also": ["vessel = 'a') OR (true"]}}},
        {"streams": {"positions": {"sql": "knots"}}},
        {"streams": {"positions": {"sql": "ship = 'aurora'"}}},
        {"streams": {"nothing": {"sql": "ship = 'aurora'"}}},
        {"streams": {"positions": {"sql": "exists (select 1)"}}},
        {"masks": {"email": "blur"}},
    ],
)
async def test_scopes_that_are_not_stored(fleet: httpx.AsyncClient, scope: dict[str, Any]) -> None:
    """An organisation's own administrators set the attributes of its users, so its scope leaves none open."""
    body = {"id": "aurora", "name": "Aurora", "scope": scope}
    assert code(await fleet.post(f"{API}/organisations", json=body)) == (400, "bad_scope")
    assert code(await fleet.get(f"{API}/organisations/aurora")) == (404, "unknown_organisation")


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "/organisations", {"id": "Main!", "name": "x"}, (400, "bad_name")),
        ("POST", "/organisations", {"id": "x\n", "name": "x"}, (400, "bad_name")),
        ("POST", "/organisations", {"id": "x", "name": ""}, (400, "bad_name")),
        ("POST", "/organisations", {"id": "x", "name": "a\nb"}, (400, "bad_name")),
        ("POST", "/organisations", {"id": "main", "name": "x"}, (409, "conflict")),
        ("POST", "/organisations", {"id": "x", "name": "x", "scop": {}}, (400, "bad_body")),
        ("POST", "/organisations", {"id": "x", "name": "x", "scope": {"everythin": True}}, (400, "bad_body")),
        ("PATCH", "/organisations/main", {"disabled": True}, (409, "conflict")),
        ("PATCH", "/organisations/main", {"scope": {}}, (409, "conflict")),
        ("PATCH", "/organisations/nowhere", {"name": "x"}, (404, "unknown_organisation")),
        ("DELETE", "/organisations/main", None, (409, "conflict")),
        ("GET", "/organisations?limit=0", None, (400, "bad_request")),
    ],
)
async def test_mistakes_have_names(
    fleet: httpx.AsyncClient, method: str, path: str, body: Any, expected: tuple[int, str]
) -> None:
    assert code(await fleet.request(method, API + path, json=body)) == expected


async def test_pages(fleet: httpx.AsyncClient) -> None:
    for name in ("a", "b", "c"):
        await found_organisation(fleet, name, {})
    seen, after = [], ""
    while True:
        page = (await fleet.get(f"{API}/organisations?limit=2&after={after}")).json()
        seen += [each["id"] for each in page["items"]]
        after = page.get("next", "")
        if not after:
            break
    assert seen == ["a", "b", "c", "main"]


async def test_figures_of_the_server_are_not_for_tenants(app: App, fleet: httpx.AsyncClient, connect: Connect) -> None:
    await found_organisation(fleet, "aurora", SHIPS)
    token = await token_of(app, "aurora")
    far = connect(token, client="203.0.113.9")
    assert code(await far.get("/metrics")) == (403, "forbidden")
