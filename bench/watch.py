"""A viewer over a real WebSocket, in a thread: subscribes to queries and can check what it was pushed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from bench.process import Nowboard


class Watcher:
    """Watches `queries` until the block ends; `rows` holds each channel's rows by key."""

    def __init__(self, server: Nowboard, queries: Sequence[dict[str, Any]]) -> None:
        self.server = server
        self.queries = queries
        self.rows: dict[str, dict[tuple[Any, ...], list[Any]]] = {}
        self.columns: dict[str, list[str]] = {}
        self.keys: dict[str, list[int]] = {}
        self.messages = 0
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        headers = {"Authorization": f"Bearer {self.server.token}"}
        url = f"ws://127.0.0.1:{self.server.port}/api/v1/live"
        self.socket: ClientConnection = connect(url, additional_headers=headers, compression=None, max_size=None)
        for index, query in enumerate(self.queries):
            self.socket.send(json.dumps({"type": "subscribe", "id": f"q{index}", "query": query}))
        self._thread.start()
        deadline = time.monotonic() + 30
        while len(self.rows) < len(self.queries):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(self.rows)} of {len(self.queries)} snapshots came")
            time.sleep(0.02)
        return self

    def __exit__(self, *error: object) -> None:
        self.socket.close()
        self._thread.join(timeout=5)

    def _listen(self) -> None:
        with suppress(ConnectionClosed):
            for raw in self.socket:
                data = json.loads(raw)
                for message in data if isinstance(data, list) else [data]:
                    self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        self.messages += 1
        kind = message["type"]
        if kind == "ping":
            self.socket.send('{"type":"pong"}')
        elif kind == "error":
            raise RuntimeError(message)
        elif kind == "snapshot":
            channel = message["channel"]
            self.columns[channel] = [column["name"] for column in message["columns"]]
            self.keys[channel] = [self.columns[channel].index(name) for name in message.get("key", ())]
            self.rows[channel] = {self._key(channel, row): row for row in message["rows"]}
        elif kind == "delta":
            held = self.rows[message["channel"]]
            for key in message.get("remove", ()):
                held.pop(tuple(key), None)
            for row in message.get("upsert", ()):
                held[self._key(message["channel"], row)] = row

    def _key(self, channel: str, row: list[Any]) -> tuple[Any, ...]:
        return tuple(row[index] for index in self.keys[channel])

    def expect_total(self, count: int, seconds: float = 30) -> None:
        """Wait until every channel that counts rows shows `count` in all; fails when one does not."""
        deadline = time.monotonic() + seconds
        while True:
            totals = [self._total(channel) for channel in self.rows if self._counts(channel) is not None]
            if totals and all(total == count for total in totals):
                return
            if time.monotonic() > deadline:
                raise AssertionError(f"pushed totals {totals}, acknowledged {count}")
            time.sleep(0.05)

    def _counts(self, channel: str) -> int | None:
        return next((i for i, name in enumerate(self.columns[channel]) if name.startswith("count")), None)

    def _total(self, channel: str) -> int:
        index = self._counts(channel)
        return 0 if index is None else sum(row[index] for row in list(self.rows[channel].values()))
