"""A server that has much to replay: its port answers at once, health tells how far it is, nothing else is served."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Semaphore
from typing import Any

import httpx
import msgspec
import numpy as np
import pyarrow as pa
import pytest
from websockets.asyncio.client import connect

from nowboard.app import App
from nowboard.model.arrow import schema_of
from nowboard.model.events import Definition, Events, RecordKind
from nowboard.model.fields import Field, FieldType, Role
from nowboard.model.streams import Stream
from nowboard.testing import make_app, make_token, started
from tests.api.live import close_code

ROWS, BATCH = 300_000, 50_000
STREAM = Stream("orders", "at", (Field("at", FieldType.TIMESTAMP, Role.TIME), Field("n", FieldType.INTEGER)))


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """A folder with a long journal and no store."""
    async with started(make_app(data=tmp_path)) as app:
        await app.engine.define([Definition(RecordKind.STREAM, STREAM.name, msgspec.json.encode(STREAM))])
        for first in range(0, ROWS, BATCH):
            numbers = np.arange(first, first + BATCH)
            columns = {"at": pa.array(numbers.view("datetime64[us]")), "n": pa.array(numbers)}
            batch = pa.table(columns, schema=schema_of(STREAM)).to_batches()[0]
            await app.engine.append(Events("orders", batch, app.clock.now()))
    (tmp_path / "store.duckdb").unlink()
    return tmp_path


def paced(app: App) -> Semaphore:
    """The replay of `app` goes on by one part per release, or when the app is stopped."""
    parts = Semaphore(0)

    def one_more(_applied: int, _end: int) -> None:
        while not (app.stopping or parts.acquire(timeout=0.02)):
            pass

    app.following_replay = one_more
    return parts


@asynccontextmanager
async def opening(app: App) -> AsyncIterator[httpx.AsyncClient]:
    """The server as `serve` runs it, from the first moment that its port answers."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = app.server()
    up = asyncio.Event()
    server.when_started(up.set)
    running = asyncio.create_task(server._serve([listener]))
    await up.wait()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as client:
            yield client
    finally:
        server.should_exit = True
        await running


async def progress(client: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get("/health/ready")).json()["catching_up"]
    return found


async def test_the_port_answers_while_the_journal_is_replayed(data: Path) -> None:
    app = make_app(data=data)
    parts = paced(app)
    token = {"Authorization": f"Bearer {await make_token(app)}"}
    async with opening(app) as client:
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()["ready"]) == (503, False)
        first = ready.json()["catching_up"]
        assert (first["phase"], first["end"]) == ("starting", app.journal.end)
        text = "the server is starting and brings its store up to the journal"
        assert ready.json()["reasons"] == [f"{text}: offset {first['applied']} of {first['end']}"]
        assert (await client.get("/health/live")).status_code == 200
        for method, path in (("POST", "/api/v1/query"), ("POST", "/api/v1/streams/orders/events"), ("GET", "/metrics")):
            refused = await client.request(method, path, headers=token)
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2"), path
            assert refused.json()["error"]["code"] == "starting"
        page = await client.get("/", headers={"Accept": "text/html,*/*"})
        assert (page.status_code, "Nowboard is starting" in page.text) == (503, True)
        assert 'http-equiv="refresh"' in page.text
        address = str(client.base_url.copy_with(scheme="ws", path="/api/v1/live"))
        async with connect(address, additional_headers=token, proxy=None) as viewer:
            assert await close_code(viewer) == 1013
        parts.release()
        async with asyncio.timeout(60):
            while (await progress(client))["applied"] == first["applied"]:
                pass
            parts.release(ROWS)
            while (ready := await client.get("/health/ready")).status_code == 503:
                pass
        assert ready.json()["catching_up"] is None
        query = {"stream": "orders", "measures": ["count(*)", "sum(n)"], "window": {"all": True}}
        answer = await client.post("/api/v1/query", json={"query": query}, headers=token)
        assert answer.json()["rows"] == [[ROWS, ROWS * (ROWS - 1) // 2]]


async def test_a_server_that_is_stopped_while_it_starts_goes_on_later(data: Path) -> None:
    app = make_app(data=data)
    paced(app)
    async with opening(app) as client:
        assert (await client.get("/health/ready")).status_code == 503
    again = make_app(data=data)
    assert again.store.applied < again.journal.end
    async with started(again):
        assert again.store.applied == again.journal.end
