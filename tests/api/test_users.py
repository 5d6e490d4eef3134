"""Users: who sees and changes whom, passwords, links."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import Connection

from nowboard.app import App
from nowboard.clock import HOUR, ManualClock
from nowboard.model.principals import HOME
from nowboard.records.organisations import OrganisationRow, add_organisation
from nowboard.records.roles import RoleRow, put_role
from nowboard.testing import make_app, started
from nowboard.web.gate import COOKIE
from tests.api.people import API, OWN, PASSWORD, SESSIONS, browser_of, connecting, error_of, make_user, set_up, sign_in

Connect = Callable[..., httpx.AsyncClient]
OTHER = "seven wet umbrellas"


async def test_an_account_from_creation_to_removal(app: App, connect: Connect) -> None:
    admin = await set_up(app, connect)
    made = await make_user(admin, "Bob@Example.org", "analyst", name="Bob", attributes={"region": "north", "n": [1, 2]})
    assert made["id"].startswith("usr_")
    assert (made["email"], made["role"], made["organisation"]) == ("bob@example.org", "analyst", "main")
    assert (made["attributes"], made["disabled"], made["has_password"]) == (
        {"region": "north", "n": [1, 2]},
        False,
        False,
    )
    assert made["last_sign_in_at"] is None
    own = f"{API}/users/{made['id']}"
    assert (await admin.get(own)).json() == made
    changed = (await admin.patch(own, json={"name": "Robert", "role": "editor"})).json()
    assert (changed["name"], changed["role"], changed["attributes"]) == ("Robert", "editor", made["attributes"])
    listed = (await admin.get(f"{API}/users")).json()
    assert [item["email"] for item in listed["items"]] == ["ada@example.org", "bob@example.org"]
    assert error_of(await admin.post(f"{API}/users", json={"email": "bob@example.org", "role": "viewer"})) == (
        409,
        "email_taken",
    )
    assert (await admin.delete(own)).status_code == 204
    assert error_of(await admin.get(own)) == (404, "unknown_user")


async def test_pages_of_users(app: App, connect: Connect) -> None:
    admin = await set_up(app, connect)
    for number in range(5):
        await make_user(admin, f"user{number}@example.org")
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = (await admin.get(f"{API}/users", params={"limit": 2, **after})).json()
        seen += [item["email"] for item in page["items"]]
        if "next" not in page:
            break
        after = {"after": page["next"]}
    assert seen == ["ada@example.org", *(f"user{number}@example.org" for number in range(5))]
    assert (await admin.get(f"{API}/users", params={"limit": 0})).status_code == 400


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"email": "x", "role": "viewer"}, "bad_email"),
        ({"email": "x@y\n.z", "role": "viewer"}, "bad_email"),
        ({"email": "x@y.z", "role": "boss"}, "unknown_role"),
        ({"email": "x@y.z", "role": "viewer", "name": "a\u0000b"}, "bad_name"),
        ({"email": "x@y.z", "role": "viewer", "attributes": {"user_id": "owner"}}, "bad_attribute"),
        ({"email": "x@y.z", "role": "viewer", "attributes": {"Region": 1}}, "bad_attribute"),
        ({"email": "x@y.z", "role": "viewer", "attributes": {"a": {"b": 1}}}, "bad_attribute"),
        ({"email": "x@y.z", "role": "viewer", "password": "short"}, "weak_password"),
        ({"email": "x@y.z"}, "bad_body"),
    ],
)
async def test_accounts_that_are_not_made(admin: httpx.AsyncClient, body: dict[str, object], code: str) -> None:
    assert error_of(await admin.post(f"{API}/users", json=body)) == (400, code)


async def test_only_the_permission_users_manages(app: App, connect: Connect, as_role: Callable[..., object]) -> None:
    admin = await set_up(app, connect)
    bob = await make_user(admin, "bob@example.org", "editor")
    browser = await browser_of(app, connect, bob["id"])
    assert (await browser.get(f"{API}/users")).status_code == 403
    assert (await browser.post(f"{API}/users", json={"email": "x@y.z", "role": "viewer"})).status_code == 403
    assert (await browser.patch(f"{API}/users/{bob['id']}", json={"role": "admin"})).status_code == 403
    assert (await browser.post(f"{API}/users/{bob['id']}/link", json={"purpose": "reset"})).status_code == 403
    renamed = await browser.patch(f"{API}/users/current", json={"name": "Bobby"})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Bobby")
    assert (await browser.get(f"{SESSIONS}/current")).json()["name"] == "Bobby"


async def test_nobody_hands_out_more_than_they_hold_c30(app: App, connect: Connect) -> None:
    """C30: neither by a role, nor by attributes, nor by taking over who has more."""

    def prepare(connection: Connection) -> None:
        manage = ["read", "export", "users"]
        north = {"streams": {"orders": {"sql": "region in (:region)"}}}
        everything = {"everything": True}
        put_role(connection, RoleRow(HOME, "manager", manage, everything, None, 0))
        put_role(connection, RoleRow(HOME, "regional", manage, north, None, 0))
        put_role(connection, RoleRow(HOME, "shop", ["read"], north, None, 0))

    admin = await set_up(app, connect)
    await app.records.run(prepare)
    ada = (await admin.get(f"{SESSIONS}/current")).json()["id"]
    manager = await make_user(admin, "manager@example.org", "manager")
    browser = await browser_of(app, connect, manager["id"])
    for role in ("editor", "admin", "analyst"):
        answer = await browser.post(f"{API}/users", json={"email": "x@y.z", "role": role})
        assert error_of(answer) == (403, "beyond_own_rights"), role
    bob = await make_user(browser, "bob@example.org", "viewer")
    assert error_of(await browser.patch(f"{API}/users/{bob['id']}", json={"role": "admin"})) == (
        403,
        "beyond_own_rights",
    )
    assert error_of(await browser.patch(f"{API}/users/{manager['id']}", json={"role": "admin"})) == (
        403,
        "beyond_own_rights",
    )
    for answer in (
        await browser.post(f"{API}/users/{ada}/link", json={"purpose": "reset"}),
        await browser.patch(f"{API}/users/{ada}", json={"disabled": True}),
        await browser.delete(f"{API}/users/{ada}"),
    ):
        assert error_of(answer) == (403, "beyond_own_rights")
    regional = await make_user(admin, "regional@example.org", "regional", attributes={"region": ["north", "west"]})
    narrow = await browser_of(app, connect, regional["id"])
    answer = await narrow.post(f"{API}/users", json={"email": "x@y.z", "role": "viewer"})
    assert error_of(answer) == (403, "beyond_own_rights"), "a viewer sees all rows, the manager only some"
    south = {"email": "x@y.z", "role": "shop", "attributes": {"region": "south"}}
    assert error_of(await narrow.post(f"{API}/users", json=south)) == (403, "beyond_own_rights")
    west = await make_user(narrow, "west@example.org", "shop", attributes={"region": "west"})
    changed = await narrow.patch(f"{API}/users/{west['id']}", json={"attributes": {"region": ["west", "south"]}})
    assert error_of(changed) == (403, "beyond_own_rights")


async def test_other_organisations_do_not_exist(app: App, connect: Connect) -> None:
    def prepare(connection: Connection) -> None:
        for name in ("acme", "bolt"):
            add_organisation(connection, OrganisationRow(name, name, {"everything": True}, 0))

    admin = await set_up(app, connect)
    await app.records.run(prepare)
    acme = await make_user(admin, "chief@acme.example", "admin", organisation="acme")
    bolt = await make_user(admin, "chief@bolt.example", "admin", organisation="bolt")
    assert [
        each["email"] for each in (await admin.get(f"{API}/users", params={"organisation": "acme"})).json()["items"]
    ] == ["chief@acme.example"]
    chief = await browser_of(app, connect, acme["id"])
    ada = (await admin.get(f"{SESSIONS}/current")).json()["id"]
    for other in (bolt["id"], ada):
        for answer in (
            await chief.get(f"{API}/users/{other}"),
            await chief.patch(f"{API}/users/{other}", json={"name": "x"}),
            await chief.delete(f"{API}/users/{other}"),
            await chief.post(f"{API}/users/{other}/link", json={"purpose": "reset"}),
        ):
            assert error_of(answer) == (404, "unknown_user")
    for organisation in ("bolt", "main", "nowhere"):
        answer = await chief.post(
            f"{API}/users", json={"email": "x@y.z", "role": "viewer", "organisation": organisation}
        )
        assert error_of(answer) == (404, "unknown_organisation")
    made = await make_user(chief, "worker@acme.example", "viewer")
    assert made["organisation"] == "acme"
    assert [each["organisation"] for each in (await chief.get(f"{API}/users")).json()["items"]] == ["acme", "acme"]


async def test_changing_ones_password(app: App, connect: Connect) -> None:
    admin = await set_up(app, connect)
    elsewhere = connect()
    assert (await sign_in(elsewhere, "ada@example.org")).status_code == 201
    path, before = f"{API}/users/current/password", admin.cookies[COOKIE]
    assert error_of(await admin.post(path, json={"current": "wrong wrong wrong", "new": OTHER})) == (
        401,
        "bad_credentials",
    )
    assert error_of(await admin.post(path, json={"current": PASSWORD, "new": "short"})) == (400, "weak_password")
    assert (await admin.post(path, json={"current": PASSWORD, "new": OTHER})).status_code == 201
    assert admin.cookies[COOKIE] != before, "rotated"
    assert (await admin.get(f"{SESSIONS}/current")).status_code == 200
    assert (await elsewhere.get(f"{SESSIONS}/current")).status_code == 401, "every other session ended"
    assert (await connect(cookie=f"{COOKIE}={before}").get(f"{SESSIONS}/current")).status_code == 401
    assert error_of(await sign_in(connect(), "ada@example.org")) == (401, "bad_credentials")
    assert (await sign_in(connect(), "ada@example.org", OTHER)).status_code == 201


async def test_an_api_token_has_no_password(admin: httpx.AsyncClient) -> None:
    answer = await admin.post(f"{API}/users/current/password", json={"current": PASSWORD, "new": OTHER})
    assert error_of(answer) == (403, "forbidden")
    assert error_of(await admin.patch(f"{API}/users/current", json={"name": "x"})) == (403, "forbidden")


async def test_a_link_chooses_a_password_once(app: App, connect: Connect) -> None:
    admin = await set_up(app, connect)
    bob = await make_user(admin, "bob@example.org")
    path = f"{API}/users/{bob['id']}/link"
    first = (await admin.post(path, json={"purpose": "invite"})).json()["link"]
    second = (await admin.post(path, json={"purpose": "invite"})).json()["link"]
    assert second.startswith("http://board.test/reset#")
    codes = [link.partition("#")[2] for link in (first, second)]
    browser = connect(**OWN)
    reset = f"{SESSIONS}/reset"
    assert error_of(await browser.post(reset, json={"link": codes[0], "password": OTHER})) == (401, "bad_link")
    assert error_of(await browser.post(SESSIONS, json={"link": codes[1]})) == (401, "bad_link"), "it does not sign in"
    assert error_of(await browser.post(reset, json={"link": codes[1], "password": "short"})) == (400, "weak_password")
    answer = await browser.post(reset, json={"link": codes[1], "password": OTHER})
    assert (answer.status_code, answer.json()["id"]) == (201, bob["id"])
    assert (await browser.get(f"{SESSIONS}/current")).json()["id"] == bob["id"]
    assert error_of(await browser.post(reset, json={"link": codes[1], "password": OTHER})) == (401, "bad_link")
    assert (await sign_in(connect(), "bob@example.org", OTHER)).status_code == 201
    assert (await admin.get(f"{API}/users/{bob['id']}")).json()["has_password"]


async def test_links_end_with_time_and_with_the_account() -> None:
    clock = ManualClock()
    app = make_app(clock=clock)
    async with started(app), connecting(app) as connect:
        admin = await set_up(app, connect)
        bob = await make_user(admin, "bob@example.org")
        path, reset = f"{API}/users/{bob['id']}", f"{SESSIONS}/reset"

        async def code() -> str:
            link: str = (await admin.post(f"{path}/link", json={"purpose": "reset"})).json()["link"]
            return link.partition("#")[2]

        late = await code()
        clock.advance(HOUR)
        assert error_of(await admin.post(reset, json={"link": late, "password": OTHER})) == (401, "bad_link")
        fresh = await code()
        await admin.patch(path, json={"disabled": True})
        assert error_of(await admin.post(reset, json={"link": fresh, "password": OTHER})) == (401, "bad_link")
        assert error_of(await admin.post(f"{path}/link", json={"purpose": "reset"})) == (409, "conflict")
