"""Idempotency keys, each with the answer that was given."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import Final

from nowboard.clock import Micros
from nowboard.model.events import Ack, Events

_DIGEST: Final = 16


def request_key(events: Events) -> bytes | None:
    """What an idempotency key is remembered by; the keys of one producer never meet those of another."""
    if events.idempotency_key is None:
        return None
    parts = (events.stream, events.principal, events.idempotency_key)
    text = "\0".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()


class SeenRequests:
    """Written in the transaction of the record they belong to: both are durable together or not at all."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def answer(self, key: bytes, epoch: str, since: Micros) -> Ack | None:
        """The first answer to the request with this key, if it was given at or after `since`."""
        row = self._connection.execute(
            "SELECT accepted, duplicates, end FROM requests WHERE key = ? AND at >= ?", (key, since)
        ).fetchone()
        return None if row is None else Ack(row[0], row[1], (), epoch, row[2])

    def remember(self, key: bytes, at: Micros, ack: Ack) -> None:
        """Keep the answer in the caller's transaction."""
        self._connection.execute(
            "INSERT OR REPLACE INTO requests (key, at, accepted, duplicates, end) VALUES (?, ?, ?, ?, ?)",
            (key, at, ack.accepted, ack.duplicates, ack.offset),
        )

    def clean(self, before: Micros, limit: int) -> int:
        """Forget up to `limit` keys older than `before`; returns how many."""
        return self._connection.execute(
            "DELETE FROM requests WHERE key IN (SELECT key FROM requests WHERE at < ? LIMIT ?)", (before, limit)
        ).rowcount
