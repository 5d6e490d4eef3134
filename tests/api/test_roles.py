"""Roles over HTTP: own ones, narrowed built-in ones, and nobody hands out more than they hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from nowboard.app import App
from tests.api.tenants import API, found_organisation, token_of, user_in
from tests.api.test_organisations import SHIPS, code, count, fleet

__all__ = ["fleet"]
Connect = Callable[..., httpx.AsyncClient]
EVERYTHING = {"everything": True}


def role(client: httpx.AsyncClient, name: str, **body: Any) -> Any:
    return client.put(f"{API}/roles/{name}", json=body)


async def test_permissions_are_a_closed_list(fleet: httpx.AsyncClient, as_role: Any) -> None:
    items = (await fleet.get(f"{API}/permissions")).json()["items"]
    assert {each["name"] for each in items} == set(
        "read query:sql export edit share ingest define cache audit users erase admin".split()
    )
    assert all(each["held"] for each in items)
    viewer = (await (await as_role("viewer")).get(f"{API}/permissions")).json()["items"]
    assert {each["name"] for each in viewer if each["held"]} == {"read", "export"}


async def test_a_role_of_ones_own(app: App, fleet: httpx.AsyncClient, connect: Connect) -> None:
    made = await role(fleet, "navigator", permissions=["read", "query:sql"], requests_per_minute=60)
    assert made.status_code == 200, made.text
    assert made.json()["permissions"] == ["query:sql", "read"]
    client = connect(await token_of(app, "main", "navigator"))
    me = (await client.get(f"{API}/sessions/current")).json()
    assert (me["role"], me["permissions"]) == ("navigator", ["query:sql", "read"])
    assert await count(client) == 3
    await role(fleet, "navigator", permissions=["ingest"])
    assert code(await client.get(f"{API}/streams")) == (403, "forbidden")


async def test_a_built_in_role_is_narrowed_and_widened_again(
    app: App, fleet: httpx.AsyncClient, connect: Connect
) -> None:
    viewer = connect(await token_of(app, "main", "viewer"))
    assert await count(viewer) == 3
    await role(fleet, "viewer", scope={"streams": {"positions": {"sql": "vessel = 'aurora'"}}})
    assert await count(viewer) == 2
    assert (await fleet.delete(f"{API}/roles/viewer")).status_code == 204
    assert await count(viewer) == 3


async def test_a_role_in_use_stays(app: App, fleet: httpx.AsyncClient) -> None:
    await role(fleet, "navigator", permissions=["read"])
    await user_in(app, "main", "nan", "navigator")
    await token_of(app, "main", "navigator", name="bridge")
    refused = await fleet.delete(f"{API}/roles/navigator")
    assert code(refused) == (409, "role_in_use")
    assert refused.json()["error"]["detail"] == {"users": ["nan@example.org"], "tokens": ["bridge"]}
    listed = {each["name"]: each for each in (await fleet.get(f"{API}/roles")).json()["items"]}
    assert listed["navigator"]["uses"]["users"] == ["nan@example.org"]
    assert [listed["viewer"]["builtin"], listed["navigator"]["builtin"]] == [True, False]
    await role(fleet, "idle", permissions=["read"])
    assert (await fleet.delete(f"{API}/roles/idle")).status_code == 204
    assert code(await fleet.delete(f"{API}/roles/idle")) == (404, "unknown_role")


async def test_roles_belong_to_an_organisation(app: App, fleet: httpx.AsyncClient, connect: Connect) -> None:
    await found_organisation(fleet, "aurora", SHIPS)
    await role(fleet, "navigator", permissions=["read"])
    tenant = connect(await token_of(app, "aurora", "admin"))
    assert "navigator" not in {each["name"] for each in (await tenant.get(f"{API}/roles")).json()["items"]}
    assert code(await tenant.delete(f"{API}/roles/navigator")) == (404, "unknown_role")
    made = await role(tenant, "mate", permissions=["read"], scope={"streams": {"positions": {"sql": "knots > 11"}}})
    assert made.status_code == 200, made.text
    mate = connect(await token_of(app, "aurora", "mate"))
    assert await count(mate) == 1
    # everything of the organisation, and nothing more
    assert (await role(tenant, "mate", permissions=["read"])).status_code == 200
    assert await count(mate) == 2


async def test_nobody_hands_out_more_than_they_hold(app: App, fleet: httpx.AsyncClient, connect: Connect) -> None:
    """C30."""
    await role(fleet, "clerk", permissions=["read", "users"])
    clerk = connect(await token_of(app, "main", "clerk"))
    for name, body in (
        ("boss", {"permissions": ["read", "admin"]}),
        ("clerk", {"permissions": ["read", "users", "erase"]}),
        ("admin", {"scope": {}}),
    ):
        assert code(await role(clerk, name, **body)) == (403, "beyond_own_rights"), name
    assert (await role(clerk, "reader", permissions=["read"])).status_code == 200
    narrow = {"streams": {"positions": {"sql": "vessel = 'aurora'"}}}
    await role(fleet, "clerk", permissions=["read", "users"], scope=narrow)
    for scope in (
        EVERYTHING,
        {"streams": {"positions": {"sql": "true"}}},
        {"streams": {"positions": {"sql": "vessel = 'aurora' or true"}}},
        {"streams": {"other": {"sql": "true"}}},
    ):
        refused = await role(clerk, "clerk", permissions=["read", "users"], scope=scope)
        assert code(refused) == (403, "beyond_own_rights"), scope
    kept = {"streams": {"positions": {"sql": "vessel = 'aurora'", "also": ["knots > 11"]}}}
    assert (await role(clerk, "mate", permissions=["read"], scope=kept)).status_code == 200
    assert await count(connect(await token_of(app, "main", "mate"))) == 1


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("Captain", {"permissions": ["read"]}, (400, "bad_name")),
        ("system", {"permissions": ["read"]}, (400, "bad_name")),
        ("captain", {}, (400, "bad_body")),
        ("captain", {"permissions": ["fly"]}, (400, "bad_body")),
        ("viewer", {"permissions": ["read"]}, (400, "bad_body")),
        ("captain", {"permissions": ["read"], "requests_per_minute": 0}, (400, "bad_body")),
        (
            "captain",
            {"permissions": ["read"], "scope": {"streams": {"positions": {"sql": "knots"}}}},
            (400, "bad_scope"),
        ),
    ],
)
async def test_mistakes_have_names(fleet: httpx.AsyncClient, name: str, body: Any, expected: tuple[int, str]) -> None:
    assert code(await role(fleet, name, **body)) == expected


async def test_it_takes_the_permission(fleet: httpx.AsyncClient, as_role: Any) -> None:
    editor = await as_role("editor")
    for answer in (
        await editor.get(f"{API}/roles"),
        await role(editor, "x", permissions=["read"]),
        await editor.delete(f"{API}/roles/viewer"),
    ):
        assert code(answer) == (403, "forbidden")


async def test_errors_about_predicates_tell_of_nothing_hidden(
    app: App, fleet: httpx.AsyncClient, connect: Connect
) -> None:
    await found_organisation(fleet, "none", {})
    tenant = connect(await token_of(app, "none"))
    answers = [
        await role(tenant, "r", permissions=["read"], scope={"streams": {name: {"sql": "vessel = 'a'"}}})
        for name in ("positions", "positiont")
    ]
    said = [{**each.json()["error"], "request_id": ""} for each in answers]
    assert str(said[0]).replace("positions", "positiont") == str(said[1])
