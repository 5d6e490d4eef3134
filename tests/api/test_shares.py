"""Shares over HTTP: who may share, what a link shows, and its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from nowboard.app import App
from nowboard.records.tables import AUDIT
from tests.api.test_embedding import sign
from tests.sharing import API, BOARD, COUNT, World, make_world

SHARES = f"{API}/dashboards/sales/shares"
CURRENT = f"{API}/shares/current"
OWN_QUERY = {"query": {"stream": "orders", "measures": [COUNT], "window": {"all": True}}}


@pytest.fixture
async def world(app: App) -> AsyncIterator[World]:
    made = await make_world(app)
    yield made
    await made.close()


def asked(widget: str, **members: Any) -> dict[str, Any]:
    return {"dashboard": "sales", "widget": widget, **members}


async def rows(client: httpx.AsyncClient, widget: str = "count", **members: Any) -> Any:
    answer = await client.post(f"{API}/query", json=asked(widget, **members))
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


async def refused(client: httpx.AsyncClient, body: dict[str, Any]) -> tuple[int, str]:
    answer = await client.post(f"{API}/query", json=body)
    return answer.status_code, answer.json()["error"]["code"]


async def test_the_secret_of_a_link_is_told_once(world: World) -> None:
    made = await world.share()
    assert made["secret"].startswith("ns_")
    assert made["path"] == f"/share/{made['id']}#{made['secret']}"
    listed = (await world.by("owner").get(SHARES)).json()["items"]
    assert [item["id"] for item in listed] == [made["id"]]
    assert made["secret"] not in (await world.by("owner").get(SHARES)).text


async def test_only_the_owner_and_administrators_share(world: World) -> None:
    body = {"kind": "link"}
    for name, status in (("member", 403), ("editor", 403), ("foreign", 404), ("admin", 201), ("owner", 201)):
        assert (await world.by(name).post(SHARES, json=body)).status_code == status, name


async def test_a_guest_sees_the_dashboard_and_nothing_else(world: World) -> None:
    guest = await world.guest()
    shown = await guest.get(CURRENT)
    assert shown.status_code == 200
    assert shown.json()["dashboard"]["title"] == "Sales"
    assert await rows(guest) == [[4]]
    for path in ("streams", "tables", "metrics", "dashboards", "dashboards/sales", "embed-keys"):
        answer = await guest.get(f"{API}/{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "guest"), path
    assert (await guest.post(SHARES, json={"kind": "link"})).status_code == 403


async def test_c28_what_a_guest_reads_is_allow_listed(world: World) -> None:
    text = (await (await world.guest()).get(CURRENT)).text
    for kept_back in ("group by", "count(*)", "total", "tok_owner", "usr_owner", "secret-tag", '"stream"', "measures"):
        assert kept_back not in text, kept_back
    limited = (await (await world.guest(widgets=["ever"], fields=["channel"])).get(CURRENT)).json()["dashboard"]
    assert [each["id"] for each in limited["widgets"]] == ["ever"]
    assert [each["field"] for each in limited["filters"]] == ["channel"]


async def test_c26_a_guest_asks_stored_widgets_only(world: World) -> None:
    guest = await world.guest(widgets=["count"])
    assert await refused(guest, OWN_QUERY) == (403, "guest")
    assert await refused(guest, {"query": {"sql": "select 1"}}) == (403, "guest")
    assert await refused(guest, asked("ever")) == (404, "unknown_widget")
    assert await refused(guest, {**asked("count"), "dashboard": "other"}) == (404, "unknown_dashboard")
    assert await refused(guest, {**asked("count"), **OWN_QUERY}) == (400, "bad_body")


@pytest.mark.parametrize(
    ("limits", "part"),
    [
        ({"widgets": ["nothing"]}, "widgets"),
        ({"widgets": []}, "widgets"),
        ({"fields": ["total"]}, "fields"),
        ({"filters": {"total": [1]}}, "filters"),
        ({"filters": {"shop": []}}, "filters"),
        ({"filters": {"shop": "oslo"}}, "filters"),
        ({"filters": {"shop": {"max": None}}}, "filters"),
        ({"parameters": {"total": 1}}, "parameters"),
        ({"parameters": {"shop": None}}, "parameters"),
        ({"widgets": ["count"], "window": {"last": "1h", "all": True}}, "window"),
        ({"widgets": ["count"], "window": {}}, "window"),
        ({"window": {"last": "1h"}}, "window"),
        ({"scope": {}}, "scope"),
        ({"scope": {"streams": {"orders": {"sql": "shop = :shop"}}}}, "scope"),
    ],
)
async def test_c26_limits_name_what_is_there(world: World, limits: dict[str, Any], part: str) -> None:
    answer = await world.by("owner").post(SHARES, json={"kind": "link", "limits": limits})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_limits")
    assert answer.json()["error"]["detail"]["part"] == part


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "link", "limits": {"everything": True}},
        {"kind": "link", "level": "edit"},
        {"kind": "link", "subject": "usr_member"},
        {"kind": "everyone"},
        {"kind": "user", "subject": "usr_foreign"},
        {"kind": "user"},
        {"kind": "role", "subject": "nobody"},
        {"kind": "role", "subject": "viewer", "limits": {}},
        {"kind": "link", "expires_at": 1},
        {"kind": "link", "more": 1},
    ],
)
async def test_shares_that_are_none(world: World, body: dict[str, Any]) -> None:
    answer = await world.by("owner").post(SHARES, json=body)
    assert answer.status_code == 400, answer.text


async def test_c28_locked_filters_cannot_be_changed_or_lifted(world: World) -> None:
    guest = await world.guest(filters={"shop": ["oslo"]})
    assert await rows(guest) == [[2]]
    assert await rows(guest, filters={"shop": ["oslo"], "channel": ["web"]}) == [[2]]
    others: list[dict[str, Any]] = [
        {"shop": ["bergen"]},
        {"shop": []},
        {"shop": None},
        {"total": [1]},
        {"shop": ["oslo", "bergen"]},
    ]
    for filters in others:
        assert await refused(guest, asked("count", filters=filters)) == (403, "locked"), filters
    assert [each["field"] for each in (await guest.get(CURRENT)).json()["dashboard"]["filters"]] == ["channel"]


async def test_c28_only_the_offered_filters_can_be_set(world: World) -> None:
    guest = await world.guest(fields=["channel"])
    assert await rows(guest, filters={"channel": ["till"]}) == [[0]]
    assert await refused(guest, asked("count", filters={"shop": ["oslo"]})) == (403, "locked")


async def test_what_is_not_offered_stays_as_the_dashboard_has_it(world: World) -> None:
    filters = [{"field": "shop", "stream": "orders", "default": ["oslo"]}, {"field": "channel", "stream": "orders"}]
    await world.publish({**BOARD, "filters": filters})
    assert await rows(await world.guest(fields=["channel"])) == [[2]]
    assert await rows(await world.guest(), filters={"shop": []}) == [[4]]


async def test_c28_a_locked_window_holds_for_every_widget(world: World) -> None:
    early = {"from": "2001-01-01", "to": "2001-02-01"}
    guest = await world.guest(widgets=["count", "ever"], window=early)
    assert await rows(guest) == [[0]]
    assert await rows(guest, "ever") == [[0]], "a widget's own window would leave the locked one"
    assert await rows(guest, window=early) == [[0]]
    for members in ({"window": {"all": True}}, {"window": {"last": "1h"}}, {"timezone": "Asia/Tokyo"}):
        assert await refused(guest, asked("count", **members)) == (403, "locked"), members
    document = (await guest.get(CURRENT)).json()["dashboard"]
    assert (document["locked"], document["window"]) == (True, early)


async def test_clicks_are_told_where_their_filter_is_open(world: World) -> None:
    count, ever, table = BOARD["widgets"]
    by_shop = {**ever["query"], "by": ["shop"]}
    widgets = [
        count,
        {**ever, "query": by_shop, "clicks": {"filter": "shop"}},
        {**table, "clicks": {"dashboard": "elsewhere", "filters": {"channel": "channel"}}},
    ]
    await world.publish({**BOARD, "widgets": widgets})
    told = (await (await world.guest()).get(CURRENT)).json()["dashboard"]["widgets"]
    assert [each.get("clicks") for each in told] == [None, {"filter": "shop"}, None]
    locked = await world.guest(filters={"shop": ["oslo"]})
    assert "clicks" not in (await locked.get(CURRENT)).text


async def test_c28_parameters_outside_the_lock_are_refused(world: World) -> None:
    assert await rows(await world.guest(), "table") == [["web", 2]]
    guest = await world.guest(parameters={"shop": "nowhere"})
    assert await rows(guest, "table") == []
    assert await rows(guest, "table", params={"shop": "nowhere"}) == []
    for client in (guest, await world.guest()):
        assert await refused(client, asked("table", params={"shop": "bergen"})) == (403, "locked")
        assert await refused(client, asked("table", params={"more": "bergen"})) == (403, "locked")


async def test_c28_values_of_filters_obey_the_scope_and_the_locks(world: World) -> None:
    path = f"{API}/dashboards/sales/filters"
    everyone = await world.guest()
    values = (await everyone.get(f"{path}/shop/values")).json()["items"]
    assert sorted(each["value"] for each in values) == ["bergen", "oslo"]
    scoped = await world.guest(scope={"streams": {"orders": {"sql": "shop = 'oslo'"}}})
    assert (await scoped.get(f"{path}/shop/values")).json()["items"] == [{"value": "oslo", "rows": 2}]
    locked = await world.guest(filters={"shop": ["oslo"]})
    assert (await locked.get(f"{path}/shop/values")).status_code == 404
    assert (await locked.get(f"{path}/channel/values")).json()["items"] == [{"value": "web", "rows": 2}]
    assert (await everyone.get(f"{path}/total/values")).status_code == 404
    assert (await everyone.get(f"{path}/shop/values", params={"window": "{]"})).status_code == 400
    member = world.by("member")
    assert len((await member.get(f"{path}/shop/values", params={"window": '{"all": true}'})).json()["items"]) == 2
    held = await world.guest(widgets=["count"], window={"last": "1h"})
    for client, status in ((member, 200), (everyone, 200), (held, 403)):
        assert (await client.get(f"{path}/shop/values", params={"timezone": "Asia/Tokyo"})).status_code == status
    assert (await member.get(f"{path}/shop/values", params={"timezone": "Mars/Olympus"})).status_code == 400


async def test_a_scope_narrows_the_rows(world: World) -> None:
    guest = await world.guest(scope={"streams": {"orders": {"sql": "shop = 'oslo'"}}})
    assert await rows(guest) == [[2]]
    assert await rows(guest, "table") == [["web", 2]]


async def test_errors_tell_a_guest_nothing_of_the_query(world: World) -> None:
    key = await world.embed_key(scope={"streams": {"orders": {"sql": "shop = :shop_of_the_reader"}}})
    answer = await world.client(sign(key)).post(f"{API}/query", json=asked("count"))
    assert answer.status_code in (400, 403)
    assert "count(*)" not in answer.text
    assert "shop =" not in answer.text


async def test_a_revoked_link_is_over_at_once(world: World) -> None:
    made = await world.share()
    guest = world.client(made["secret"])
    assert (await guest.get(CURRENT)).status_code == 200
    assert (await world.by("owner").delete(f"{SHARES}/{made['id']}")).status_code == 204
    answer = await guest.get(CURRENT)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "bad_token")
    assert (await world.by("owner").delete(f"{SHARES}/{made['id']}")).status_code == 404
    assert (await world.by("owner").get(SHARES)).json()["items"] == []


async def test_a_link_ends_with_what_its_maker_may_see(world: World) -> None:
    guest = await world.guest()
    assert await rows(guest) == [[4]]
    await world.change_person("owner", role="viewer")
    await asyncio.sleep(1.0)
    assert (await guest.get(CURRENT)).status_code == 401
    await world.change_person("owner", role="editor")
    await asyncio.sleep(1.0)
    assert await rows(guest) == [[4]]
    await world.change_person("owner", disabled_at=1)
    await asyncio.sleep(1.0)
    assert (await guest.get(CURRENT)).status_code == 401


async def test_a_link_of_another_dashboard_cannot_be_revoked_here(world: World) -> None:
    made = await world.share()
    other = {**BOARD, "id": "other"}
    await world.publish(other)
    assert (await world.by("owner").delete(f"{API}/dashboards/other/shares/{made['id']}")).status_code == 404
    assert (await world.client(made["secret"]).get(CURRENT)).status_code == 200


async def test_a_secret_does_not_begin_a_session(world: World) -> None:
    made = await world.share()
    answer = await world.client().post(f"{API}/sessions", json={"token": made["secret"]})
    assert answer.status_code == 401


async def test_c20_secrets_in_query_strings_are_not_looked_at(world: World) -> None:
    made = await world.share()
    for name in ("token", "secret", "access_token", "authorization"):
        answer = await world.client().get(CURRENT, params={name: made["secret"]})
        assert answer.status_code == 401


async def test_shares_are_audited(world: World) -> None:
    made = await world.share()
    await world.by("owner").get(SHARES)
    await world.by("owner").delete(f"{SHARES}/{made['id']}")
    entries = await world.app.records.run(actions)
    wanted = [("share.create", made["id"]), ("share.list", "sales"), ("share.revoke", made["id"])]
    assert [(action, name) for action, name, _ in entries if action.startswith("share.")] == wanted
    assert all(made["secret"] not in detail for _, _, detail in entries)


def actions(connection: Any) -> list[tuple[str, str, str]]:
    columns = AUDIT.c
    found = connection.execute(AUDIT.select().order_by(columns.number))
    return [(row.action, row.object, str(row.detail)) for row in found]
