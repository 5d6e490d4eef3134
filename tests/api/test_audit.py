"""The audit log over HTTP: who may read it, what is found, and refusals in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest
from sqlalchemy import Connection

from nowboard.access.audit import audit
from nowboard.access.secrets import TOKEN_PREFIX, digest
from nowboard.app import App
from nowboard.clock import DAY
from nowboard.model.principals import ROLES, Principal, PrincipalKind
from nowboard.model.scopes import EVERYTHING
from nowboard.records.audit import AuditFilter, search_audit
from nowboard.records.chain import verify_chain
from nowboard.records.organisations import OrganisationRow, add_organisation
from nowboard.records.tokens import TokenRow, add_token
from nowboard.testing import make_app, started

Connect = Callable[..., httpx.AsyncClient]
AsRole = Callable[[str], Awaitable[httpx.AsyncClient]]
SECRET = f"{TOKEN_PREFIX}{'canary' * 8}"
ACME = Principal(PrincipalKind.USER, "u1", "Ann", "admin", ROLES["admin"], EVERYTHING, "acme")


def acme(connection: Connection) -> None:
    """Another organisation with an administrator's token and an entry."""
    add_organisation(connection, OrganisationRow("acme", "Acme", {"everything": True}, 0))
    row = TokenRow("tacme", "acme", "admin", {"everything": True}, 0, organisation="acme")
    add_token(connection, row, digest(SECRET))
    audit(connection, ACME, "thing.do", "thing", "theirs", now=5 * DAY)


async def test_search(app: App, admin: httpx.AsyncClient) -> None:
    for number in range(5):
        await app.records.run(audit, ACME, f"thing.do{number % 2}", "thing", f"t{number}", now=number * DAY)
    found = (await admin.get("/api/v1/audit", params={"action": "thing.", "limit": 2})).json()
    assert [item["object"] for item in found["items"]] == [{"kind": "thing", "id": f"t{n}"} for n in (4, 3)]
    first = found["items"][0]
    assert first["principal"] == {"kind": "user", "id": "u1", "name": "Ann"}
    assert (first["at"], first["organisation"], first["outcome"]) == (4 * 86_400_000, "acme", "done")
    older = (await admin.get("/api/v1/audit", params={"action": "thing.", "limit": 9, "after": found["next"]})).json()
    assert [item["object"]["id"] for item in older["items"]] == ["t2", "t1", "t0"]
    assert "next" not in older
    for wanted, ids in (
        ({"action": "thing.do1"}, ["t3", "t1"]),
        ({"object": "t2"}, ["t2"]),
        ({"from": 86_400_000, "to": 3 * 86_400_000}, ["t2", "t1"]),
        ({"principal": "u1", "outcome": "refused"}, []),
        ({"organisation": "main", "action": "thing."}, []),
    ):
        found = (await admin.get("/api/v1/audit", params=wanted)).json()
        assert [item["object"]["id"] for item in found["items"] if item["object"]["kind"] == "thing"] == ids, wanted


async def test_an_organisation_reads_only_its_own(app: App, connect: Connect, admin: httpx.AsyncClient) -> None:
    await app.records.run(acme)
    await app.records.run(audit, Principal(PrincipalKind.USER, "u2", "Bob", "admin"), "a.b", "a", "ours", now=1)
    theirs = connect(SECRET)
    objects = [item["object"]["id"] for item in (await theirs.get("/api/v1/audit")).json()["items"]]
    assert objects == ["theirs"]
    assert (await theirs.get("/api/v1/audit", params={"organisation": "main"})).json()["items"] == []
    everything = {item["object"]["id"] for item in (await admin.get("/api/v1/audit")).json()["items"]}
    assert {"ours", "theirs"} <= everything


@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"])
async def test_only_who_may_reads_it(as_role: AsRole, admin: httpx.AsyncClient, role: str) -> None:
    refused = await (await as_role(role)).get("/api/v1/audit")
    assert (refused.status_code, refused.json()["error"]["detail"]) == (403, {"permission": "audit"})
    noted = (await admin.get("/api/v1/audit", params={"outcome": "refused"})).json()["items"]
    assert [(item["action"], item["object"]["id"], item["detail"]) for item in noted] == [
        ("request.refuse", "GET /api/v1/audit", {"code": "forbidden"})
    ]


@pytest.mark.parametrize(
    "wanted", [{"limit": 0}, {"limit": 501}, {"limit": "x"}, {"after": "x"}, {"action": "x" * 401}, {"from": -1}]
)
async def test_what_makes_no_sense_is_refused(admin: httpx.AsyncClient, wanted: dict[str, str]) -> None:
    assert (await admin.get("/api/v1/audit", params=wanted)).status_code == 400


async def test_refusals_are_noted_with_where_they_came_from(app: App, connect: Connect, as_role: AsRole) -> None:
    viewer = await as_role("viewer")
    refused = await viewer.post("/api/v1/streams", json={})
    await connect(client="10.1.2.3").delete("/api/v1/dashboards/sales")
    await connect("nb_canary-token-of-nobody").delete("/api/v1/dashboards/sales")
    await connect().get("/api/v1/streams")
    rows = await app.records.run(search_audit, AuditFilter(action="request.refuse"), 10)
    assert [(row.object, row.detail["code"], row.principal) for row in reversed(rows)] == [
        ("POST /api/v1/streams", "forbidden", rows[-1].principal),
        ("DELETE /api/v1/dashboards/{dashboard}", "unauthenticated", "anonymous"),
        ("DELETE /api/v1/dashboards/{dashboard}", "bad_token", "anonymous"),
    ]
    assert rows[1].address == "10.1.2.3"
    assert rows[-1].request_id == refused.headers["x-request-id"]
    assert rows[-1].principal_kind == "token"
    assert "canary" not in str(rows)


STREAM = {"name": "orders", "time": "at", "fields": {"at": "timestamp", "shop": "string", "total": "float"}}
COUNT = {"stream": "orders", "measures": ["count(*)"], "by": ["shop"], "window": {"all": True}}
WIDGET = {"id": "count", "kind": "table", "query": COUNT, "layouts": {"lg": {"x": 0, "y": 0, "w": 4, "h": 4}}}


async def test_definitions_are_noted(app: App, admin: httpx.AsyncClient) -> None:
    await admin.post("/api/v1/streams", json=STREAM)
    await admin.post("/api/v1/streams", json=STREAM)
    await admin.put("/api/v1/streams/orders", json={**STREAM, "retention": "30d"})
    table = {"key": "id", "fields": {"id": "string"}, "rows": [{"id": "canary"}, {"id": "b"}]}
    await admin.put("/api/v1/tables/shops", json=table)
    await admin.put("/api/v1/metrics/revenue", json={"stream": "orders", "sql": "sum(total)"})
    await admin.put("/api/v1/metrics/broken", json={"stream": "orders", "sql": "sum(nothing)"})
    rows = await app.records.run(search_audit, AuditFilter(), 10)
    assert [(row.action, row.object_kind, row.object, row.detail) for row in reversed(rows)] == [
        ("stream.create", "stream", "orders", {}),
        ("stream.change", "stream", "orders", {}),
        ("table.change", "table", "shops", {"rows": 2}),
        ("metric.change", "metric", "revenue", {"stream": "orders"}),
    ]
    assert {row.principal_kind for row in rows} == {"token"}
    assert "canary" not in str(rows)


async def test_rows_that_leave_as_a_file_are_noted(app: App, admin: httpx.AsyncClient) -> None:
    await admin.post("/api/v1/streams", json=STREAM)
    events = [{"at": "2026-03-01T12:00:00Z", "shop": shop, "total": 1} for shop in ("canary", "b")]
    await admin.post("/api/v1/streams/orders/events", json=events)
    await admin.put(
        "/api/v1/dashboards/sales?publish=true", json={"id": "sales", "title": "Sales", "widgets": [WIDGET]}
    )
    await admin.post("/api/v1/queries", json={"id": "shops", "title": "Shops", "query": COUNT})
    sizes = []
    for path, body in (
        ("/query", {"query": COUNT}),
        ("/query", {"query": COUNT, "format": "csv"}),
        ("/query", {"query": {"sql": "select shop from orders where shop = 'canary'"}, "format": "arrow"}),
        ("/query", {"dashboard": "sales", "widget": "count", "format": "csv"}),
        ("/query", {"query": {"saved": "shops"}, "format": "csv"}),
        ("/queries/shops/run", {"format": "csv"}),
        ("/queries/shops/run", {}),
    ):
        answer = await admin.post(f"/api/v1{path}", json=body)
        assert answer.status_code == 200, answer.text
        if body.get("format"):
            sizes.append(len(answer.content))
    rows = await app.records.run(search_audit, AuditFilter(action="query.export"), 10)
    assert [(row.object_kind, row.object, row.detail) for row in reversed(rows)] == [
        ("stream", "orders", {"format": "csv", "rows": 2, "bytes": sizes[0]}),
        ("query", "sql", {"format": "arrow", "rows": 1, "bytes": sizes[1]}),
        ("dashboard", "sales/count", {"format": "csv", "rows": 2, "bytes": sizes[2]}),
        ("query", "shops", {"format": "csv", "rows": 2, "bytes": sizes[3]}),
        ("query", "shops", {"format": "csv", "rows": 2, "bytes": sizes[4]}),
    ]
    assert "canary" not in str(rows)


async def test_a_flood_of_refusals_does_not_fill_the_disk(app: App, connect: Connect) -> None:
    for number in range(300):
        client = connect(client=f"10.0.{number % 3}.{number}")
        await client.delete("/api/v1/dashboards/sales")
        await client.delete("/api/v1/dashboards/sales")
        await client.delete("/api/v1/dashboards/sales")
    rows = await app.records.run(search_audit, AuditFilter(action="request.refuse"), 1000)
    assert 100 <= len(rows) <= 240
    assert (await app.records.run(verify_chain)).broken is None


async def test_what_is_too_old_goes(app: App) -> None:
    now = app.clock.now()
    for age in (500, 401, 399, 1):
        await app.records.run(audit, ACME, "thing.do", "thing", f"{age}", now=now - age * DAY)
    await app.retention.prune()
    rows = await app.records.run(search_audit, AuditFilter(action="thing."), 10)
    assert [row.object for row in rows] == ["1", "399"]
    report = await app.records.run(verify_chain)
    assert (report.broken, report.pruned) == (None, 2)


async def test_everything_stays_when_it_is_kept_for_ever() -> None:
    async with started(make_app(audit_days=0)) as app:
        await app.records.run(audit, ACME, "thing.do", "thing", "old", now=0)
        await app.retention.run()
        assert len(await app.records.run(search_audit, AuditFilter(), 10)) == 1
