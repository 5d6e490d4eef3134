"""Erasing a person: gone from answers, open screens, every file and every kept result; noted without the data."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from nowboard.access.erasing import condition_of
from nowboard.app import App
from nowboard.errors import BadRequest
from nowboard.model.fields import Field, FieldType
from nowboard.model.scopes import Predicate, Scope
from nowboard.model.streams import Stream
from nowboard.records.chain import verify_chain
from nowboard.testing import make_app, make_token, serving

AsRole = Callable[[str], Awaitable[httpx.AsyncClient]]
ANN, BOB = "ann.canary@example.org", "bob@example.org"
AT = "2026-03-01T12:00:00Z"
ORDERS = {
    "name": "orders",
    "time": "at",
    "fields": {
        "at": "timestamp",
        "buyer": {"type": "string", "pii": "email"},
        "payer": {"type": "string", "pii": "email"},
        "customer": "integer",
        "total": "float",
    },
}
BY_BUYER = {"stream": "orders", "measures": ["count(*)", "sum(total)"], "by": ["buyer"], "window": {"all": True}}


async def fill(client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/v1/streams", json=ORDERS)).status_code == 201
    rows: list[dict[str, Any]] = [{"at": AT, "buyer": BOB, "payer": BOB, "customer": 2, "total": n} for n in range(5)]
    rows += [{"at": AT, "buyer": ANN, "payer": BOB, "customer": 1, "total": n, "event_id": f"a{n}"} for n in range(3)]
    rows += [{"at": AT, "buyer": BOB, "payer": ANN, "customer": 2, "total": 100}]
    assert (await client.post("/api/v1/streams/orders/events", json=rows)).json()["accepted"] == 9
    note = [{"at": AT, "author": ANN, "text": "hello"}, {"at": AT, "author": None, "text": "x"}]
    await client.post("/api/v1/streams/notes/events", json=note)


async def answer(client: httpx.AsyncClient, query: dict[str, Any]) -> list[list[Any]]:
    found = await client.post("/api/v1/query", json={"query": query})
    assert found.status_code == 200, found.text
    rows: list[list[Any]] = found.json()["rows"]
    return sorted(rows)


async def buyers(client: httpx.AsyncClient) -> dict[str, int]:
    return {row[0]: row[1] for row in await answer(client, BY_BUYER)}


async def test_by_field_by_tag_and_by_several(app: App, admin: httpx.AsyncClient) -> None:
    await fill(admin)
    assert await buyers(admin) == {ANN: 3, BOB: 6}
    erased = await admin.post("/api/v1/erasures", json={"key": {"buyer": ANN, "customer": "2"}})
    assert (erased.status_code, erased.json()["erased"]) == (200, {"orders": 0})
    erased = await admin.post("/api/v1/erasures", json={"key": {"email": ANN}})
    assert erased.json()["erased"] == {"orders": 4}, "whichever field of the tag holds it"
    assert await buyers(admin) == {BOB: 5}
    assert (await admin.post("/api/v1/erasures", json={"key": {"author": ANN}})).json()["erased"] == {"notes": 1}
    erased = await admin.post("/api/v1/erasures", json={"key": {"customer": 2}, "streams": ["orders"]})
    assert erased.json()["erased"] == {"orders": 5}
    assert await buyers(admin) == {}


async def test_a_retry_does_not_bring_a_person_back(admin: httpx.AsyncClient) -> None:
    await fill(admin)
    await admin.post("/api/v1/erasures", json={"key": {"email": ANN}})
    again = [{"at": AT, "buyer": ANN, "payer": BOB, "customer": 1, "total": 0, "event_id": "a0"}]
    assert (await admin.post("/api/v1/streams/orders/events", json=again)).json()["duplicates"] == 1
    assert await buyers(admin) == {BOB: 5}


async def test_the_audit_log_knows_of_it_and_does_not_keep_the_data(app: App, admin: httpx.AsyncClient) -> None:
    await fill(admin)
    digests = set()
    for _ in range(2):
        erased = (await admin.post("/api/v1/erasures", json={"key": {"email": ANN}})).json()
        digests.add(erased["hash"])
    entries = (await admin.get("/api/v1/audit", params={"action": "data.erase"})).json()["items"]
    assert [entry["detail"] for entry in entries] == [
        {"erased": {"orders": 0}, "key": ["email"]},
        {"erased": {"orders": 4}, "key": ["email"]},
    ]
    assert {entry["object"]["id"] for entry in entries} == digests
    assert len(digests) == 1, "the same key has the same hash"
    assert "canary" not in str(entries)
    assert (await app.records.run(verify_chain)).broken is None


def holding(folder: Path) -> set[str]:
    """The files in which the person's address is."""
    return {path.name for path in folder.rglob("*") if path.is_file() and ANN.encode() in path.read_bytes()}


async def test_no_file_holds_it_and_open_screens_are_corrected(tmp_path: Path) -> None:
    async with serving(make_app(data=tmp_path)) as served:
        token = await make_token(served.app)
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=served.url, headers=headers, trust_env=False) as client:
            await fill(client)
            assert ANN in await buyers(client)
            assert "journal.db" in {name.removesuffix("-wal") for name in holding(tmp_path)}
            url = served.url.replace("http", "ws") + "/api/v1/live"
            async with connect(url, additional_headers=headers, proxy=None) as socket:
                await socket.send(json.dumps({"type": "subscribe", "id": "s", "query": BY_BUYER}))
                first = await until(socket, "snapshot")
                assert {row[0]: row[1] for row in first["rows"]} == {ANN: 3, BOB: 6}
                erased = await client.post("/api/v1/erasures", json={"key": {"email": ANN}})
                assert erased.json()["erased"] == {"orders": 4}
                change = await until(socket, "delta", "snapshot")
                if change["type"] == "delta":
                    assert change["remove"] == [[ANN]]
                    assert [row[:2] for row in change["upsert"]] == [[BOB, 5]]
                else:
                    assert [row[:2] for row in change["rows"]] == [[BOB, 5]]
            assert await buyers(client) == {BOB: 5}
            assert "journal.db" in holding(tmp_path), "the notes have another field, which nobody has tagged"
            await client.post("/api/v1/erasures", json={"key": {"author": ANN}})
            assert holding(tmp_path) <= {"store.duckdb"}, "only unused parts of the store's file may"
    assert not (tmp_path / "erasure.json").exists()
    async with serving(make_app(data=tmp_path)) as served:
        headers = {"authorization": f"Bearer {await make_token(served.app)}"}
        async with httpx.AsyncClient(base_url=served.url, headers=headers, trust_env=False) as client:
            assert await buyers(client) == {BOB: 5}
            assert holding(tmp_path) == set()
    assert holding(tmp_path) == set()


async def until(socket: Any, *kinds: str) -> dict[str, Any]:
    """The next message of one of these types."""
    while True:
        received = json.loads(await asyncio.wait_for(socket.recv(), 20))
        for message in received if isinstance(received, list) else [received]:
            if message["type"] in kinds:
                found: dict[str, Any] = message
                return found


async def test_what_a_crash_has_interrupted_is_finished_on_the_next_start(tmp_path: Path) -> None:
    async with serving(make_app(data=tmp_path)) as served:
        headers = {"authorization": f"Bearer {await make_token(served.app)}"}
        async with httpx.AsyncClient(base_url=served.url, headers=headers, trust_env=False) as client:
            await fill(client)
    # what a server leaves that was killed before anything was erased
    (tmp_path / "erasure.json").write_text(json.dumps({"key": {"email": ANN}, "streams": ["orders", "dropped"]}))
    async with serving(make_app(data=tmp_path)) as served:
        headers = {"authorization": f"Bearer {await make_token(served.app)}"}
        async with httpx.AsyncClient(base_url=served.url, headers=headers, trust_env=False) as client:
            assert await buyers(client) == {BOB: 5}
            entries = (await client.get("/api/v1/audit", params={"action": "data.erase"})).json()["items"]
    assert [(entry["principal"]["kind"], entry["detail"]["erased"]) for entry in entries] == [("system", {"orders": 4})]
    assert not (tmp_path / "erasure.json").exists()
    assert {name.removesuffix("-wal") for name in holding(tmp_path)} <= {"journal.db", "store.duckdb"}


async def test_only_who_sees_everything_may(app: App, connect: Any, as_role: AsRole, admin: httpx.AsyncClient) -> None:
    await fill(admin)
    body = {"key": {"email": ANN}}
    for role in ("viewer", "analyst", "editor", "ingest", "guest"):
        assert (await (await as_role(role)).post("/api/v1/erasures", json=body)).status_code == 403
    scope = Scope(streams={"orders": Predicate("customer = 1")})
    narrow = connect(await make_token(app, "admin", scope))
    assert (await narrow.post("/api/v1/erasures", json=body)).status_code == 403
    assert (await buyers(admin))[ANN] == 3
    refused = (await admin.get("/api/v1/audit", params={"outcome": "refused"})).json()["items"]
    assert {entry["object"]["id"] for entry in refused} == {"POST /api/v1/erasures"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"key": {}}, 400, "bad_body"),
        ({"key": {f"k{n}": "x" for n in range(9)}}, 400, "bad_body"),
        ({"key": {"email": "x" * 1001}}, 400, "bad_body"),
        ({"key": {"email": 1.5}}, 400, "bad_body"),
        ({"key": {"email": None}}, 400, "bad_body"),
        ({"key": {"x" * 64: "x"}}, 400, "bad_body"),
        ({"key": {"email": "x"}, "streams": []}, 400, "bad_body"),
        ({"key": {"email": "x"}, "extra": 1}, 400, "bad_body"),
        ({"key": {"nothing": "x"}}, 400, "bad_erasure"),
        ({"key": {"email": "x"}, "streams": ["notes"]}, 400, "bad_erasure"),
        ({"key": {"total": 5}}, 400, "bad_erasure"),
        ({"key": {"email": "x"}, "streams": ["none"]}, 404, "unknown_stream"),
    ],
)
async def test_what_cannot_be_erased(admin: httpx.AsyncClient, body: Any, status: int, code: str) -> None:
    await fill(admin)
    answered = await admin.post("/api/v1/erasures", json=body)
    assert (answered.status_code, answered.json()["error"]["code"]) == (status, code)
    assert (await buyers(admin))[ANN] == 3


def test_values_are_compared_as_the_field_holds_them() -> None:
    code = Field("code", FieldType.STRING, pii="id")
    stream = Stream("orders", "at", (Field("at", FieldType.TIMESTAMP), Field("id", FieldType.INTEGER), code))
    condition = condition_of(stream, {"id": "007"})
    assert condition is not None
    match = condition.matches[0]
    assert (match.fields, match.text, match.number) == (("id", "code"), "007", 7)
    huge = condition_of(stream, {"id": 2**63})
    assert huge is not None
    assert huge.matches[0].number is None
    assert condition_of(stream, {"id": 1, "email": "x"}) is None
    with pytest.raises(BadRequest):
        condition_of(stream, {"at": 1})
