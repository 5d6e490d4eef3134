"""Journey: an event arrives.

A producer posts three events. The server answers when they are on disk; the store, a live query and every screen then
show the same number. The server dies without warning and comes back: the events are still there, and the producer, who
never saw the answer, sends them again without harm.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.api.live import Client
from tests.serving import Server, create_token, free_port, start, stop

EVENTS = [
    {"at": "2026-03-01T10:00:00Z", "channel": "web", "total": 10.5, "event_id": "o1"},
    {"at": "2026-03-01T10:00:01Z", "channel": "till", "total": 20.0, "event_id": "o2"},
    {"at": "2026-03-01T10:00:02Z", "channel": "web", "total": 0.25, "event_id": "o3"},
]
QUERY = {"stream": "orders", "measures": ["count(*)", "sum(total)"], "by": ["channel"], "window": {"all": True}}
SQL = {"sql": "select channel, count(*) as n, sum(total) as total from orders group by channel order by channel"}
EXPECTED = [["till", 1, 20.0], ["web", 2, 10.75]]


class Screen(Client):
    """What a browser holds of the live query."""

    def __init__(self, socket: ClientConnection) -> None:
        super().__init__()
        self.socket = socket
        socket.send(json.dumps({"type": "subscribe", "id": "1", "query": QUERY}))

    def at(self, offset: int) -> list[list[Any]]:
        """Its rows as soon as it shows everything up to `offset`."""
        while not self.held or next(iter(self.held.values())).offset < offset:
            told = json.loads(self.socket.recv(timeout=10))
            self.take(told if isinstance(told, list) else [told])
        return sorted(list(row) for row in next(iter(self.held.values())).rows)


@contextmanager
def screen_of(server: Server) -> Iterator[Screen]:
    address, headers = f"ws://127.0.0.1:{server.port}/api/v1/live", {"Authorization": f"Bearer {server.token}"}
    with connect(address, additional_headers=headers, proxy=None) as socket:
        yield Screen(socket)


def ask(server: Server, query: dict[str, Any]) -> list[list[Any]]:
    status, body = server.call("POST", "/query", {"query": query})
    assert status == 200, body
    return sorted(body["rows"])


def post(server: Server, key: str, events: Any) -> dict[str, Any]:
    status, body = server.call("POST", "/streams/orders/events", events, {"Idempotency-Key": key})
    assert status == 200, body
    answer: dict[str, Any] = body
    return answer


def test_an_event_arrives(tmp_path: Path) -> None:
    token, port = create_token(tmp_path), free_port()
    server = start(tmp_path, port, token)
    try:
        # It is answered, row by row.
        answer = post(server, "first", [*EVENTS, {"at": "2026-03-01", "channel": "web", "total": "a lot"}])
        assert (answer["accepted"], answer["duplicates"]) == (3, 0)
        assert [(each["index"], each["code"]) for each in answer["rejected"]] == [(3, "wrong_type")]

        # At that moment it is in the journal's file, whatever the rest of the server does with it.
        with closing(sqlite3.connect(f"file:{tmp_path / 'journal.db'}?mode=ro", uri=True)) as journal:
            kinds = journal.execute("SELECT kind, name FROM records WHERE offset = ?", (answer["offset"],)).fetchall()
        assert kinds == [("events", "orders")]

        # The live query, the same query asked once, and plain SQL over the store show one number.
        with screen_of(server) as screen:
            assert screen.at(answer["offset"]) == EXPECTED
            assert ask(server, QUERY) == ask(server, SQL) == EXPECTED

            # The next event reaches the open screen as a change of one row.
            later = post(server, "second", {"at": "2026-03-01T09:00:00Z", "channel": "till", "total": 1.0})
            expected = [["till", 2, 21.0], ["web", 2, 10.75]]
            assert screen.at(later["offset"]) == expected
            delta = screen.of("delta")[-1]
            assert (delta["upsert"], delta.get("remove", [])) == ([["till", 2, 21.0]], [])
    finally:
        server.kill()

    server = start(tmp_path, port, token)
    try:
        # After the crash nothing is missing, and nothing that is sent again counts twice.
        assert ask(server, QUERY) == ask(server, SQL) == expected
        again = post(server, "first", EVENTS)
        assert {name: again[name] for name in ("accepted", "epoch", "offset")} == {
            name: answer[name] for name in ("accepted", "epoch", "offset")
        }, "the same key gets the first answer again"
        other = post(server, "another key", EVENTS)
        assert (other["accepted"], other["duplicates"]) == (0, 3), "the ids are remembered too"
        with screen_of(server) as screen:
            assert screen.at(later["offset"]) == ask(server, QUERY) == ask(server, SQL) == expected
    finally:
        stop(server)
