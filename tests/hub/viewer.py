"""A viewer in memory: a sink that keeps what a client would hold."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from nowboard.hub.connection import Connection
from nowboard.hub.hub import Hub
from nowboard.hub.payload import Payload
from nowboard.hub.reducer import reduce
from nowboard.model.frames import Change, Result
from nowboard.model.principals import SYSTEM


class Viewer:
    """Implements `Sink`. `full` makes it take no more until `drain`."""

    def __init__(self, hub: Hub) -> None:
        self.held: dict[str, Result] = {}
        self.messages: list[dict[str, Any]] = []
        self.writes = 0
        self.closed: tuple[int, str] | None = None
        self.waiting = 0
        self.connection: Connection = hub.connect(SYSTEM, self, "memory")

    def send(self, payload: Payload) -> None:
        self.writes += 1
        for message in json.loads(payload.array):
            self.messages.append(message)
            if message["type"] == "snapshot":
                self.held[message["channel"]] = msgspec.convert(message, Result)
            elif message["type"] == "delta":
                held = self.held[message["channel"]]
                self.held[message["channel"]] = reduce(held, msgspec.convert(message, Change))

    def frame_writer(self) -> None:
        return None

    def buffered(self) -> int:
        return self.waiting

    def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)

    def say(self, **message: Any) -> None:
        self.connection.receive(json.dumps(message))

    def full(self) -> None:
        """Take no more."""
        self.waiting = 1
        self.connection.pause()

    def drain(self) -> None:
        """Take everything again."""
        self.waiting = 0
        self.connection.resume()

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["type"] == kind]

    def result(self, request_id: str = "s") -> Result | None:
        """What the newest answer's only channel shows; None before its snapshot."""
        answers = [each for each in self.of("subscribed") if each["id"] == request_id]
        return self.held.get(answers[-1]["channels"][0]["channel"]) if answers else None
