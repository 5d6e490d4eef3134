"""Streams, tables, metrics and events of a tenant: only what its scope names, and others learn nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from nowboard.app import App
from tests.api.tenants import API, found_organisation, token_of
from tests.api.test_organisations import POSITIONS, code, count, fleet

__all__ = ["fleet"]
Connect = Callable[..., httpx.AsyncClient]
VESSELS = {
    "key": "id",
    "fields": {"id": "string", "port": "string"},
    "rows": [{"id": "aurora", "port": "Oslo"}, {"id": "borealis", "port": "Canary"}],
}
CREW = {"key": "id", "fields": {"id": "string", "name": "string"}, "rows": [{"id": "1", "name": "Canary"}]}
SCOPE = {
    "streams": {
        "positions": {"sql": "vessel = :vessel"},
        "vessels": {"sql": "id = :vessel"},
        "aurora_logs": {"sql": "true"},
    },
    "attributes": {"vessel": "aurora"},
}
EVENT = {"ts": "2026-01-02T00:00:00Z", "vessel": "aurora", "knots": 1.0}


@pytest.fixture
async def tenant(app: App, fleet: httpx.AsyncClient, connect: Connect) -> httpx.AsyncClient:
    """An administrator of the organisation `aurora`, which shares a stream and a table, and may have one of its own."""
    joined = {**POSITIONS, "joins": {"ship": {"table": "vessels", "on": {"id": "vessel"}},
        "sailor": {"table": "crew", "on": {"id": "vessel"}}}}  # fmt: skip
    bodies: list[tuple[str, Any]] = [("tables/vessels", VESSELS), ("tables/crew", CREW), ("streams/positions", joined)]
    for path, body in bodies:
        assert (await fleet.put(f"{API}/{path}", json=body)).status_code == 200
    metrics = {"speed": "avg(knots)", "sailors": "count(distinct sailor.name)"}
    for name, sql in metrics.items():
        assert (await fleet.put(f"{API}/metrics/{name}", json={"stream": "positions", "sql": sql})).status_code == 200
    secret = {"name": "canary_stream", "time": "ts", "fields": {"ts": "timestamp"}}
    assert (await fleet.post(f"{API}/streams", json=secret)).status_code == 201
    metric = {"stream": "canary_stream", "sql": "count(*)"}
    assert (await fleet.put(f"{API}/metrics/canary_metric", json=metric)).status_code == 200
    await found_organisation(fleet, "aurora", SCOPE)
    return connect(await token_of(app, "aurora"))


async def test_listings_show_what_the_scope_names(tenant: httpx.AsyncClient) -> None:
    streams = (await tenant.get(f"{API}/streams")).json()["items"]
    assert [each["name"] for each in streams] == ["positions"]
    assert list(streams[0]["joins"]) == ["ship"]
    assert [each["name"] for each in (await tenant.get(f"{API}/tables")).json()["items"]] == ["vessels"]
    assert {each["name"] for each in (await tenant.get(f"{API}/metrics")).json()["items"]} == {"speed", "sailors"}
    one = (await tenant.get(f"{API}/streams/positions")).json()
    assert (one["rows"], list(one["joins"])) == (2, ["ship"])
    assert (await tenant.get(f"{API}/tables/vessels")).json()["rows"] == [{"id": "aurora", "port": "Oslo"}]


async def test_what_is_hidden_is_404_as_what_is_not_there(tenant: httpx.AsyncClient) -> None:
    for kind, hidden in (("streams", "canary_stream"), ("tables", "crew")):
        answers = [await tenant.get(f"{API}/{kind}/{name}") for name in (hidden, "nothing")]
        assert [each.status_code for each in answers] == [404, 404]
        said = [each.json()["error"]["message"].replace(hidden, "nothing") for each in answers]
        assert said[0] == said[1]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/streams/positions", POSITIONS),
        ("PUT", "/streams/canary_stream", POSITIONS),
        ("PUT", "/streams/nothing", POSITIONS),
        ("POST", "/streams", {**POSITIONS, "name": "canary_stream"}),
        ("POST", "/streams", {**POSITIONS, "name": "nothing"}),
        ("PUT", "/tables/vessels", VESSELS),
        ("PUT", "/tables/crew", CREW),
        ("PUT", "/tables/nothing", CREW),
        ("PUT", "/metrics/mine", {"stream": "positions", "sql": "count(*)"}),
        ("PUT", "/metrics/mine", {"stream": "canary_stream", "sql": "count(*)"}),
        ("PUT", "/metrics/mine", {"stream": "nothing", "sql": "count(*)"}),
        ("POST", "/streams/canary_stream/events", {"ts": "2026-01-01T00:00:00Z"}),
        ("POST", "/streams/nothing/events", {"ts": "2026-01-01T00:00:00Z"}),
    ],
)
async def test_nothing_is_defined_that_others_share(
    tenant: httpx.AsyncClient, method: str, path: str, body: dict[str, Any]
) -> None:
    """Who sees some rows only cannot change what all rows are like; hidden and missing names are refused alike."""
    if path.startswith("/streams/") and method == "PUT":
        body = {name: value for name, value in body.items() if name != "name"}
    assert code(await tenant.request(method, API + path, json=body)) == (403, "no_scope")


async def test_a_stream_of_ones_own(tenant: httpx.AsyncClient, fleet: httpx.AsyncClient) -> None:
    """The scope names it without a condition, so it may be made, changed and filled."""
    logs = {"name": "aurora_logs", "time": "ts", "fields": {"ts": "timestamp", "line": "string"}}
    assert (await tenant.post(f"{API}/streams", json=logs)).status_code == 201
    more = {**logs, "fields": {**logs["fields"], "level": "string"}}  # type: ignore[dict-item]
    assert (await tenant.put(f"{API}/streams/aurora_logs", json=more)).status_code == 200
    assert (await tenant.put(f"{API}/metrics/lines", json={"stream": "aurora_logs", "sql": "count(*)"})).is_success
    event = {"ts": "2026-01-01T00:00:00Z", "line": "anchored", "depth": 12}
    assert (await tenant.post(f"{API}/streams/aurora_logs/events", json=event)).json()["accepted"] == 1
    joined = {**more, "joins": {"sailor": {"table": "crew", "on": {"id": "line"}}}}
    assert code(await tenant.put(f"{API}/streams/aurora_logs", json=joined)) == (403, "no_scope")
    taken = {"stream": "aurora_logs", "sql": "count(*)"}
    assert code(await tenant.put(f"{API}/metrics/canary_metric", json=taken)) == (409, "conflict")


async def test_events_outside_of_the_scope_are_refused(tenant: httpx.AsyncClient, fleet: httpx.AsyncClient) -> None:
    """A tenant can neither put rows into another one's view nor give everybody a new field."""
    path = f"{API}/streams/positions/events"
    events = [EVENT, {**EVENT, "vessel": "borealis"}, {**EVENT, "vessel": None}, {**EVENT, "canary_field": 1}]
    answer = (await tenant.post(path, json=events)).json()
    assert answer["accepted"] == 1
    assert [(each["index"], each["code"]) for each in answer["rejected"]] == [
        (1, "out_of_scope"), (2, "out_of_scope"), (3, "unknown_field"),
    ]  # fmt: skip
    assert (await count(tenant), await count(fleet)) == (3, 4)
    refused = await tenant.post(path, json=[{**EVENT, "vessel": "borealis"}])
    assert code(refused) == (422, "nothing_accepted")


async def test_event_ids_of_a_shared_stream_are_ones_own(
    app: App, tenant: httpx.AsyncClient, fleet: httpx.AsyncClient, connect: Connect
) -> None:
    """Nobody can take another tenant's ids away, or learn which were used."""
    other = {"streams": {"positions": {"sql": "vessel = 'borealis'"}}}
    await found_organisation(fleet, "borealis", other)
    rival = connect(await token_of(app, "borealis"))
    path = f"{API}/streams/positions/events"
    for client, vessel in ((rival, "borealis"), (tenant, "aurora")):
        event = {**EVENT, "vessel": vessel, "event_id": "same"}
        answers = [(await client.post(path, json=event)).json() for _ in range(2)]
        assert [(each["accepted"], each["duplicates"]) for each in answers] == [(1, 0), (0, 1)]


async def test_documents_name_only_what_is_visible(tenant: httpx.AsyncClient) -> None:
    def document(stream: str) -> dict[str, Any]:
        query = {"stream": stream, "measures": ["count(*)"]}
        return {"id": "d", "title": "D", "widgets": [{"id": "w", "kind": "kpi", "title": "W", "query": query}]}

    said = []
    for name in ("canary_stream", "canary_streat"):
        answer = await tenant.put(f"{API}/dashboards/d", json=document(name))
        assert answer.status_code == 400, answer.text
        said.append(str({**answer.json()["error"], "request_id": ""}).replace(name, "?"))
    assert said[0] == said[1]
    assert "positions" not in said[0]


async def test_masked_fields_are_masked_everywhere(app: App, fleet: httpx.AsyncClient, connect: Connect) -> None:
    """Filters and groups on a masked field see what is shown, not what it hides."""
    stream = {"name": "people", "time": "ts", "fields": {"ts": "timestamp", "mail": {"type": "string", "pii": "email"}}}
    assert (await fleet.post(f"{API}/streams", json=stream)).status_code == 201
    event = {"ts": "2026-01-01T00:00:00Z", "mail": "canary@example.org"}
    assert (await fleet.post(f"{API}/streams/people/events", json=event)).is_success
    for mask in ("hide", "hash", "partial"):
        scope = {"streams": {"people": {"sql": "mail like '%@example.org'"}}, "masks": {"email": mask}}
        await found_organisation(fleet, mask, scope)
        client = connect(await token_of(app, mask))
        query: dict[str, Any] = {"stream": "people", "measures": ["count(*)"], "by": ["mail"], "window": {"all": True}}
        by = await client.post(f"{API}/query", json={"query": query})
        assert (len(by.json()["rows"]), "canary" in by.text) == (1, False)
        for probe in (
            {"query": {**query, "by": [], "where": "mail = 'canary@example.org'"}},
            {"query": {**query, "by": []}, "filters": {"mail": ["canary@example.org"]}},
        ):
            assert (await client.post(f"{API}/query", json=probe)).json()["rows"] == [[0]]
