"""The store's file is damaged while the server runs: events go on, and the store is rebuilt from the journal."""

from __future__ import annotations

import asyncio
import base64
import os
from pathlib import Path
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
from nowboard.testing import make_app, make_token, serving
from tests.api.live import SocketClient

BATCH, BATCHES = 50_000, 16
ROWS = BATCH * BATCHES
MEMORY = 64 * 1024 * 1024
HEADERS = 3 * 4096
"""The bytes at the start of the file that the engine reads once."""
STREAM = Stream(
    "blobs",
    "at",
    (
        Field("at", FieldType.TIMESTAMP, Role.TIME),
        Field("n", FieldType.INTEGER, Role.MEASURE),
        Field("text", FieldType.STRING),
    ),
)
COUNT = {"stream": "blobs", "measures": ["count(*)", "sum(n)"], "window": {"all": True}}
EVERYTHING = {"sql": "select max(text) as newest, count(*) as n from blobs"}


async def fill(app: App) -> None:
    """More text than the store may hold in memory, so that it has to read its file."""
    await app.engine.define([Definition(RecordKind.STREAM, STREAM.name, msgspec.json.encode(STREAM))])
    for first in range(0, ROWS, BATCH):
        letters = base64.b64encode(os.urandom(BATCH * 90)).decode()
        numbers = np.arange(first, first + BATCH)
        columns = {
            "at": pa.array(numbers.view("datetime64[us]")),
            "n": pa.array(numbers),
            "text": pa.array([letters[i * 120 : i * 120 + 120] for i in range(BATCH)]),
        }
        batch = pa.table(columns, schema=schema_of(STREAM)).to_batches()[0]
        await app.engine.append(Events("blobs", batch, app.clock.now()))


async def shown(viewer: SocketClient, rows: list[list[Any]]) -> None:
    """Wait until the viewer's one query shows `rows`."""
    async with asyncio.timeout(60):
        while not viewer.held or viewer.rows() != rows:
            await viewer.step()


def damage(path: Path) -> None:
    """Write over all blocks of the file, as a dying disk would."""
    size = path.stat().st_size
    assert size > 1.2 * MEMORY
    with path.open("r+b") as file:
        file.seek(HEADERS)
        for _ in range(HEADERS, size, 1024 * 1024):
            file.write(os.urandom(1024 * 1024))


class Board:
    """What a producer and a reader do over HTTP."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.sent = 0

    async def ask(self, query: dict[str, Any]) -> httpx.Response:
        return await self.client.post("/api/v1/query", json={"query": query})

    async def send(self) -> None:
        """One event, which must be acknowledged whatever the store does."""
        event = {"at": "2026-03-01T00:00:00Z", "n": 1, "text": "later"}
        answer = await self.client.post("/api/v1/streams/blobs/events", json=event)
        assert (answer.status_code, answer.json()["accepted"]) == (200, 1), answer.text
        self.sent += 1

    async def ready(self) -> httpx.Response:
        return await self.client.get("/health/ready")


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_a_damaged_store_is_rebuilt_while_events_are_acknowledged(tmp_path: Path) -> None:
    app = make_app(data=tmp_path, store_memory=MEMORY)
    async with serving(app) as site:
        token = {"Authorization": f"Bearer {await make_token(app)}"}
        await fill(app)
        address = f"ws://127.0.0.1:{site.port}/api/v1/live"
        async with (
            httpx.AsyncClient(base_url=site.url, headers=token, trust_env=False, timeout=60) as client,
            connect(address, additional_headers=token, proxy=None) as socket,
        ):
            board, viewer = Board(client), SocketClient(socket)
            await viewer.say(type="subscribe", id="1", query=COUNT)
            await shown(viewer, [[ROWS, ROWS * (ROWS - 1) // 2]])
            damage(tmp_path / "store.duckdb")

            broken = await board.ask(EVERYTHING)
            assert (broken.status_code, broken.json()["error"]["code"]) == (503, "store_failed")
            ready = await board.ready()
            assert (ready.status_code, ready.json()["catching_up"]["phase"]) == (503, "rebuilding")
            assert ready.json()["reasons"][0].startswith("the store failed and is being rebuilt from the journal")
            refused = await board.ask(EVERYTHING)
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
            assert refused.json()["error"]["code"] == "store_rebuilding"
            made = await client.post("/api/v1/streams/meanwhile/events", json={"at": "2026-03-01", "n": 7})
            assert made.status_code == 200, "streams can be made too"
            async with asyncio.timeout(100):
                while (await board.ready()).status_code == 503:
                    await board.send()
            assert board.sent > 3

            answer = await board.ask(EVERYTHING)
            assert answer.status_code == 200, answer.text
            assert answer.json()["rows"][0][1] == ROWS + board.sent
            assert (await board.ask({"sql": "select n from meanwhile"})).json()["rows"] == [[7]]
            await board.send()
            expected = [[ROWS + board.sent, ROWS * (ROWS - 1) // 2 + board.sent]]
            await shown(viewer, expected)
            assert (await board.ask(COUNT)).json()["rows"] == expected
    again = make_app(data=tmp_path, store_memory=MEMORY)
    try:
        assert again.store.applied == again.journal.end, "the new store is the one that is kept"
    finally:
        await again.stop()
