"""Saved queries: typed parameters, allowed values, use by widgets, and no change that would break one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from nowboard.app import App
from nowboard.model.scopes import Predicate, Scope
from nowboard.testing import make_token
from tests.api.boards import API, BOARD, STREAM, make_board, match, refusal

AsRole = Callable[[str], Awaitable[httpx.AsyncClient]]
TOP: dict[str, Any] = {
    "id": "by-channel",
    "title": "Revenue by channel",
    "query": {
        "stream": "orders",
        "measures": [{"name": "revenue", "sql": "sum(total)"}],
        "by": ["channel"],
        "where": "channel in (:channels) and total >= :least and (:since is null or at >= :since)",
        "order": ["channel"],
    },
    "parameters": [
        {"name": "channels", "type": "string[]", "required": True, "allowed": {"query": {
            "stream": "orders", "measures": [{"name": "n", "sql": "count(*)"}], "by": ["channel"], "order": ["channel"]
        }}},
        {"name": "least", "type": "float", "default": 0, "allowed": [0, 10, 100]},
        {"name": "since", "type": "timestamp"},
    ],
}  # fmt: skip
EVENTS = [
    {"at": "2025-01-01T10:00:00Z", "channel": "web", "total": 5.0},
    {"at": "2025-01-02T10:00:00Z", "channel": "web", "total": 50.0},
    {"at": "2025-01-02T11:00:00Z", "channel": "till", "total": 7.0},
]


@pytest.fixture
async def client(admin: httpx.AsyncClient) -> httpx.AsyncClient:
    assert (await admin.post(f"{API}/streams", json=STREAM)).status_code == 201
    assert (await admin.post(f"{API}/streams/orders/events", json=EVENTS)).json()["accepted"] == 3
    made = await admin.post(f"{API}/queries", json=TOP)
    assert made.status_code == 201, made.text
    return admin


def using(**parameters: Any) -> dict[str, Any]:
    """A dashboard with a widget that uses the saved query."""
    widget = {
        "id": "top",
        "kind": "bar",
        "title": "Top",
        "query": {"saved": "by-channel", "parameters": parameters},
        "options": {"x": "channel", "y": ["revenue"]},
        "layouts": {"lg": {"x": 0, "y": 4, "w": 6, "h": 4}},
    }
    return {**BOARD, "widgets": [*BOARD["widgets"], widget]}


async def run(client: httpx.AsyncClient, **parameters: Any) -> httpx.Response:
    return await client.post(f"{API}/queries/by-channel/run", json={"parameters": parameters})


async def test_it_is_run_with_typed_values_and_defaults(client: httpx.AsyncClient) -> None:
    answer = await run(client, channels=["web", "till"])
    assert answer.status_code == 200, answer.text
    assert answer.json()["rows"] == [["till", 7.0], ["web", 55.0]]
    assert (await run(client, channels=["web"], least="10")).json()["rows"] == [["web", 50.0]]
    assert (await run(client, channels=["web"], since="2025-01-02T00:00:00+00:00")).json()["rows"] == [["web", 50.0]]
    assert (await run(client, channels=["web"], since=1_735_776_000_000)).json()["rows"] == [["web", 50.0]]
    csv = await client.post(
        f"{API}/queries/by-channel/run", json={"parameters": {"channels": ["web"]}, "format": "csv"}
    )
    assert csv.text.splitlines() == ["channel,revenue", "web,55.0"]


@pytest.mark.parametrize(
    ("parameters", "part"),
    [
        ({}, "channels"),
        ({"channels": "web"}, "channels"),
        ({"channels": [5]}, "channels"),
        ({"channels": ["mars"]}, "channels"),
        ({"channels": ["web"], "least": "much"}, "least"),
        ({"channels": ["web"], "least": 11}, "least"),
        ({"channels": ["web"], "since": "yesterday"}, "since"),
        ({"channels": ["web"], "other": 1}, "other"),
    ],
)
async def test_values_that_do_not_fit_are_refused(
    client: httpx.AsyncClient, parameters: dict[str, Any], part: str
) -> None:
    answer = await run(client, **parameters)
    assert refusal(answer) == (400, "bad_parameter"), answer.text
    assert answer.json()["error"]["detail"]["part"] == f"parameters.{part}"


async def test_allowed_values_are_those_that_the_asker_sees(
    app: App, client: httpx.AsyncClient, connect: Callable[..., httpx.AsyncClient]
) -> None:
    path = f"{API}/queries/by-channel/parameters"
    values = (await client.get(f"{path}/channels/values")).json()
    assert values == {"items": [{"value": "till", "label": "till"}, {"value": "web", "label": "web"}], "open": False}
    scope = Scope(streams={"orders": Predicate("channel = 'till'")})
    narrow = connect(await make_token(app, "viewer", scope))
    assert [each["value"] for each in (await narrow.get(f"{path}/channels/values")).json()["items"]] == ["till"]
    assert refusal(await run(narrow, channels=["web"])) == (400, "bad_parameter")
    assert (await run(narrow, channels=["till"])).json()["rows"] == [["till", 7.0]]
    assert [each["value"] for each in (await client.get(f"{path}/least/values")).json()["items"]] == [0, 10, 100]
    assert (await client.get(f"{path}/since/values")).json() == {"items": [], "open": True}
    assert refusal(await client.get(f"{path}/none/values")) == (404, "unknown_parameter")


async def test_sql_is_typed_by_its_parameters_and_may_be_run_by_viewers(
    client: httpx.AsyncClient, as_role: AsRole
) -> None:
    query = {"sql": "select channel, sum(total) as revenue from orders where total > :least group by 1 order by 1"}
    document = {"title": "SQL", "query": query, "parameters": [{"name": "least", "type": "integer", "default": 6}]}
    made = await client.post(f"{API}/queries", json=document)
    assert made.status_code == 201, made.text
    assert [each["name"] for each in made.json()["columns"]] == ["channel", "revenue"]
    viewer = await as_role("viewer")
    answer = await viewer.post(f"{API}/queries/sql/run", json={})
    assert answer.json()["rows"] == [["till", 7.0], ["web", 50.0]]
    assert refusal(await viewer.post(f"{API}/queries", json=document)) == (403, "forbidden")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"title": " "}, "title"),
        ({"query": {"stream": "nowhere", "measures": ["count(*)"]}}, "query.stream"),
        ({"query": {"saved": "by-channel"}}, "query"),
        ({"query": {"sql": "select 1", "parameters": [{"name": "x", "type": "string"}]}}, "query.parameters"),
        ({"parameters": [{"name": "least", "type": "number"}]}, "parameters[0].type"),
        ({"parameters": [{"name": "least", "type": "float", "default": "x"}]}, "parameters[0].default"),
        ({"parameters": [{"name": "least", "type": "float", "default": 3, "allowed": [1]}]}, "parameters[0].default"),
        ({"parameters": [{"name": "least", "type": "integer", "allowed": ["x"]}]}, "parameters[0].allowed[0]"),
        ({"parameters": []}, "query.where"),
    ],
)
async def test_what_is_not_valid_is_named(client: httpx.AsyncClient, change: dict[str, Any], place: str) -> None:
    answer = await client.post(f"{API}/queries", json={**TOP, "id": "other", **change})
    assert refusal(answer) == (400, "bad_document"), answer.text
    assert place in [each["path"] for each in answer.json()["error"]["detail"]["problems"]]


async def test_widgets_use_it_and_their_use_is_checked(client: httpx.AsyncClient, as_role: AsRole) -> None:
    wrong = [
        (using(), "widgets[1].query.parameters"),
        (using(channels=["web"], least="x"), "widgets[1].query.parameters.least"),
        (using(channels=["web"], other=1), "widgets[1].query.parameters.other"),
    ]
    for document, place in wrong:
        answer = await client.post(f"{API}/dashboards", json=document)
        assert place in [each["path"] for each in answer.json()["error"]["detail"]["problems"]], answer.text
    await make_board(client, using(channels=["web"]))
    viewer = await as_role("viewer")
    assert (await viewer.get(f"{API}/dashboards/sales")).json()["widgets"][1]["query"]["saved"] == "by-channel"


async def test_a_change_that_would_break_a_widget_is_refused_with_the_list(client: httpx.AsyncClient) -> None:
    board = await make_board(client, using(channels=["web"]))
    read = await client.get(f"{API}/queries/by-channel")
    renamed = {**TOP, "query": {**TOP["query"], "measures": [{"name": "income", "sql": "sum(total)"}]}}
    refused = await client.put(f"{API}/queries/by-channel", json=renamed, headers=match(read))
    assert refusal(refused) == (409, "breaks_widgets"), refused.text
    listed = refused.json()["error"]["detail"]["widgets"]
    assert [(each["dashboard"], each["version"], each["widget"]) for each in listed] == [
        ("sales", "draft", "top"), ("sales", "published", "top"),
    ]  # fmt: skip
    assert "revenue" in listed[0]["problems"][0]
    more = {**TOP, "parameters": [*TOP["parameters"], {"name": "extra", "required": True}]}
    assert refusal(await client.put(f"{API}/queries/by-channel", json=more, headers=match(read)))[1] == "breaks_widgets"
    assert refusal(await client.delete(f"{API}/queries/by-channel", headers=match(read)))[1] == "breaks_widgets"

    fine = {**TOP, "title": "Renamed", "query": {**TOP["query"], "limit": 5}}
    assert refusal(await client.put(f"{API}/queries/by-channel", json=fine)) == (428, "precondition_required")
    changed = await client.put(f"{API}/queries/by-channel", json=fine, headers=match(read))
    assert changed.status_code == 200, changed.text
    assert refusal(await client.put(f"{API}/queries/by-channel", json=TOP, headers=match(read)))[0] == 412
    versions = (await client.get(f"{API}/queries/by-channel/versions")).json()["items"]
    assert [(each["number"], each["document"]["title"]) for each in versions] == [
        (2, "Renamed"), (1, "Revenue by channel"),
    ]  # fmt: skip

    await client.put(f"{API}/dashboards/sales", json=BOARD, headers=match(board))
    still = await client.delete(f"{API}/queries/by-channel", headers=match(changed))
    assert [each["version"] for each in still.json()["error"]["detail"]["widgets"]] == ["published"]
    await client.post(f"{API}/dashboards/sales/publish", json={})
    assert (await client.delete(f"{API}/queries/by-channel", headers=match(changed))).status_code == 204
    assert refusal(await client.get(f"{API}/queries/by-channel")) == (404, "unknown_query")
    old = await client.post(
        f"{API}/dashboards/sales/versions/1/restore",
        headers=match(await client.get(f"{API}/dashboards/sales", params={"draft": True})),
    )
    assert refusal(old) == (400, "bad_document"), "a version whose query is gone is not shown again"


async def test_what_is_the_same_stays_the_version_that_it_is(client: httpx.AsyncClient) -> None:
    read = await client.get(f"{API}/queries/by-channel")
    same = await client.put(f"{API}/queries/by-channel", json=TOP, headers=match(read))
    assert (same.status_code, same.headers["etag"]) == (200, read.headers["etag"]), same.text
    assert len((await client.get(f"{API}/queries/by-channel/versions")).json()["items"]) == 1


async def test_only_owners_and_administrators_change_it(client: httpx.AsyncClient, as_role: AsRole) -> None:
    editor, other = await as_role("editor"), await as_role("editor")
    made = await editor.post(f"{API}/queries", json={**TOP, "id": "mine"})
    document = {**TOP, "id": "mine", "title": "Theirs"}
    assert refusal(await other.put(f"{API}/queries/mine", json=document, headers=match(made))) == (403, "forbidden")
    assert refusal(await other.post(f"{API}/queries", json=document)) == (409, "id_taken")
    assert (await client.put(f"{API}/queries/mine", json=document, headers=match(made))).status_code == 200
    items = (await other.get(f"{API}/queries", params={"q": "theirs"})).json()["items"]
    assert [(each["id"], each["version"], each["parameters"]) for each in items] == [
        ("mine", 2, ["channels", "least", "since"])
    ]
