"""Sending events over HTTP: formats, encodings, caps, schemas, keys."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import httpx
import pyarrow as pa
import pytest
import zstandard

from nowboard.app import App
from nowboard.testing import make_app, make_token, started

EVENTS = "/api/v1/streams/orders/events"
ROWS = [
    {"at": "2026-03-01T12:00:00Z", "channel": "web", "total": 42.5},
    {"at": "2026-03-01T12:01:00Z", "channel": "app", "total": 7.5},
]


async def count(client: httpx.AsyncClient, stream: str = "orders", measure: str = "count(*)") -> Any:
    query = {"stream": stream, "measures": [{"name": "n", "sql": measure}], "window": {"all": True}}
    answer = await client.post("/api/v1/query", json={"query": query})
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"][0][0]


def ipc(rows: list[dict[str, Any]], schema: pa.Schema | None = None, **options: Any) -> bytes:
    table = pa.Table.from_pylist(rows, schema=schema)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, **options) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


TYPED = [{**row, "at": datetime.fromisoformat(str(row["at"]))} for row in ROWS]
BODIES: dict[str, tuple[str, bytes]] = {
    "array": ("application/json", json.dumps(ROWS).encode()),
    "ndjson": ("application/x-ndjson", b"\n".join(json.dumps(row).encode() for row in ROWS)),
    "arrow": ("application/vnd.apache.arrow.stream", ipc(TYPED)),
    "curl": ("application/x-www-form-urlencoded", json.dumps(ROWS).encode()),
}


@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd"])
@pytest.mark.parametrize("form", BODIES)
async def test_every_format_and_encoding(admin: httpx.AsyncClient, form: str, encoding: str) -> None:
    content_type, body = BODIES[form]
    packed = {"identity": body, "gzip": gzip.compress(body), "zstd": zstandard.compress(body)}[encoding]
    headers = {"content-type": content_type, "content-encoding": encoding}
    answer = await admin.post(EVENTS, content=packed, headers=headers)
    assert answer.status_code == 200, answer.text
    body_ = answer.json()
    assert (body_["accepted"], body_["duplicates"], body_["rejected"]) == (2, 0, [])
    assert body_["offset"] >= 1
    assert await count(admin) == 2
    assert await count(admin, measure="sum(total)") == 50.0


async def test_one_object(admin: httpx.AsyncClient) -> None:
    answer = await admin.post(EVENTS, json=ROWS[0])
    assert answer.json()["accepted"] == 1
    assert await count(admin) == 1


async def test_good_rows_are_kept_and_bad_ones_named(admin: httpx.AsyncClient) -> None:
    await admin.post(EVENTS, json=ROWS)
    mixed = [ROWS[0], {**ROWS[0], "total": "much"}, {**ROWS[0], "at": None}, {**ROWS[0], "at": "2999-01-01T00:00:00Z"}]
    answer = await admin.post(EVENTS, json=mixed)
    assert answer.status_code == 200
    assert answer.json()["accepted"] == 1
    assert [(row["index"], row["code"], row["field"]) for row in answer.json()["rejected"]] == [
        (1, "wrong_type", "total"),
        (2, "missing_time", "at"),
        (3, "in_future", "at"),
    ]
    assert await count(admin) == 3


async def test_nothing_accepted(admin: httpx.AsyncClient) -> None:
    await admin.post(EVENTS, json=ROWS)
    answer = await admin.post(EVENTS, json=[{**ROWS[0], "total": "much"}])
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == "nothing_accepted"
    assert error["detail"]["rejected"][0]["code"] == "wrong_type"


async def test_an_empty_array_changes_nothing(admin: httpx.AsyncClient) -> None:
    first = (await admin.post(EVENTS, json=ROWS)).json()
    answer = await admin.post(EVENTS, json=[])
    assert answer.status_code == 200
    assert (answer.json()["accepted"], answer.json()["offset"]) == (0, first["offset"])


async def test_event_ids_and_keys_store_once(admin: httpx.AsyncClient) -> None:
    named = [{**row, "event_id": f"e{index}"} for index, row in enumerate(ROWS)]
    assert (await admin.post(EVENTS, json=named)).json()["accepted"] == 2
    again = (await admin.post(EVENTS, json=[*named, {**ROWS[0], "event_id": "e2"}])).json()
    assert (again["accepted"], again["duplicates"]) == (1, 2)
    keyed = [(await admin.post(EVENTS, json=ROWS, headers={"idempotency-key": "k1"})).json() for _ in range(2)]
    assert keyed[0] == keyed[1]
    assert await count(admin) == 5


async def test_keys_of_different_principals_do_not_meet(
    app: App, admin: httpx.AsyncClient, as_role: Callable[[str], Awaitable[httpx.AsyncClient]]
) -> None:
    other = await as_role("editor")
    for client in (admin, other):
        await client.post(EVENTS, json=ROWS, headers={"idempotency-key": "k1"})
    assert await count(admin) == 4


async def test_inference_freezes_types_and_adds_fields(admin: httpx.AsyncClient) -> None:
    await admin.post(EVENTS, json=ROWS)
    stream = (await admin.get("/api/v1/streams/orders")).json()
    assert stream["time"] == "at"
    assert stream["fields"] == {"at": "timestamp", "channel": "string", "total": "float"}
    await admin.post(EVENTS, json={**ROWS[0], "items": 3, "tags": ["a"]})
    stream = (await admin.get("/api/v1/streams/orders")).json()
    assert (stream["fields"]["items"], stream["fields"]["tags"]) == ("integer", "json")
    assert await count(admin, measure="sum(items)") == 3


async def test_events_without_a_time_are_stamped_when_the_stream_was_born_so(admin: httpx.AsyncClient) -> None:
    assert (await admin.post("/api/v1/streams/clicks/events", json={"page": "/"})).status_code == 200
    stream = (await admin.get("/api/v1/streams/clicks")).json()
    assert (stream["time"], stream["stamp"]) == ("time", True)
    assert stream["newest"] > 1_700_000_000_000


async def test_names_that_cannot_be_fields_are_explained(admin: httpx.AsyncClient) -> None:
    answer = await admin.post(EVENTS, json={"orderId": 1})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "bad_name"
    assert "order_id" in answer.json()["error"]["message"]
    assert (await admin.get("/api/v1/streams/orders")).status_code == 404


async def test_arrow_rows_that_do_not_fit_are_named(admin: httpx.AsyncClient) -> None:
    await admin.post(EVENTS, json=[{**ROWS[0], "items": 1}])
    fields = {"at": pa.timestamp("ns", "UTC"), "channel": pa.string(), "total": pa.float64(), "items": pa.float64()}
    schema = pa.schema([pa.field(name, kind) for name, kind in fields.items()])
    rows = [{**TYPED[0], "items": 2.0}, {**TYPED[0], "items": 2.5}, {**TYPED[0], "items": 3.0, "total": float("nan")}]
    answer = await admin.post(EVENTS, content=ipc(rows, schema), headers={"content-type": BODIES["arrow"][0]})
    assert answer.status_code == 200, answer.text
    assert answer.json()["accepted"] == 1
    assert [(row["index"], row["field"]) for row in answer.json()["rejected"]] == [(1, "items"), (2, "total")]


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"", {}, 400, "empty_body"),
        (b"{", {}, 422, "nothing_accepted"),
        (b"[{]", {}, 400, "bad_json"),
        (b"x" * 10, {"content-encoding": "gzip"}, 400, "bad_encoding"),
        (b"{}", {"content-encoding": "br"}, 415, "unsupported_media"),
        (b"a,b", {"content-type": "text/csv"}, 415, "unsupported_media"),
        (b"ARROW1", {"content-type": BODIES["arrow"][0]}, 400, "bad_arrow"),
        (b"{}", {"idempotency-key": "k" * 201}, 400, "bad_key"),
    ],
)
async def test_requests_that_are_refused_whole(
    admin: httpx.AsyncClient, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    await admin.post(EVENTS, json=ROWS)
    answer = await admin.post(EVENTS, content=body, headers={"content-type": "application/json", **headers})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert await count(admin) == 2


async def test_compressed_arrow_buffers_are_refused(admin: httpx.AsyncClient) -> None:
    body = ipc(TYPED * 1000, options=pa.ipc.IpcWriteOptions(compression="zstd"))
    answer = await admin.post(EVENTS, content=body, headers={"content-type": BODIES["arrow"][0]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_arrow")
    assert "Content-Encoding" in answer.json()["error"]["message"]


@pytest.fixture
async def small() -> Any:
    """A client of a server with small caps."""
    app = make_app(body_bytes=20_000, decoded_bytes=40_000, events_per_request=100)
    async with started(app):
        headers = {"authorization": f"Bearer {await make_token(app)}"}
        transport = httpx.ASGITransport(app.api)
        async with httpx.AsyncClient(transport=transport, base_url="http://board.test", headers=headers) as client:
            yield client


async def test_caps_hold_at_one_past_the_limit(small: httpx.AsyncClient) -> None:
    line = b'{"n": 1}\n'
    assert (await small.post(EVENTS, content=line * 100, headers={"content-type": "application/x-ndjson"})).is_success
    cases: list[tuple[bytes, str, str, int]] = [
        (line * 101, "identity", "too_many_events", 100),
        (b" " * 20_000 + b"{}", "identity", "body_too_large", 20_000),
        (gzip.compress(b" " * 40_001), "gzip", "decoded_too_large", 40_000),
        (zstandard.compress(b" " * 40_001), "zstd", "decoded_too_large", 40_000),
    ]
    for body, encoding, code, limit in cases:
        headers = {"content-type": "application/x-ndjson", "content-encoding": encoding}
        answer = await small.post(EVENTS, content=body, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, code)
        assert answer.json()["error"]["detail"]["limit"] == limit


async def test_who_may_send(
    app: App, admin: httpx.AsyncClient, as_role: Callable[[str], Awaitable[httpx.AsyncClient]]
) -> None:
    producer, viewer = await as_role("ingest"), await as_role("viewer")
    answer = await producer.post(EVENTS, json=ROWS)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_stream")
    await admin.post(EVENTS, json=ROWS)
    assert (await producer.post(EVENTS, json=ROWS)).status_code == 200
    assert (await producer.get("/api/v1/streams")).status_code == 403
    assert (await viewer.post(EVENTS, json=ROWS)).status_code == 403


async def test_concurrent_first_batches_make_one_stream(admin: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(admin.post(EVENTS, json={"at": "2026-03-01", f"f{n}": n}) for n in range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8
    stream = (await admin.get("/api/v1/streams/orders")).json()
    assert set(stream["fields"]) == {"at", *(f"f{n}" for n in range(8))}
    assert await count(admin) == 8
