"""Chunks of a file on their way to a stream, one after the other, so that a file is stored in its order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from nowboard.errors import NowboardError, Unprocessable
from nowboard.model.events import Ack
from nowboard.sources.files.chunk import Chunk, Refused

_PAUSE: Final = 1.0


@dataclass(frozen=True)
class Place:
    """Where a journal stands."""

    epoch: str
    offset: int


@dataclass
class Outcome:
    """What came of a file so far. `known` events were stored by an earlier run, `duplicates` have an id seen before."""

    stored: int = 0
    known: int = 0
    duplicates: int = 0
    refused: int = 0

    @property
    def events(self) -> int:
        """Rows that were dealt with."""
        return self.stored + self.known + self.duplicates + self.refused


class Target(Protocol):
    """Takes requests with events."""

    async def post(self, stream: str, body: bytes, form: str, key: str | None) -> Ack:
        """Make the body's events durable. `form` is its Content-Type, `key` its idempotency key."""
        ...


class Sender:
    """Sends chunks and counts. Waits `patience` seconds at most, again and again, while the server takes nothing.

    `before` is where the journal stood when the command began: an answer from there is one of an earlier run.
    """

    def __init__(
        self,
        target: Target,
        stream: str,
        before: Place,
        *,
        refused: Callable[[Refused], None],
        patience: float = 60.0,
    ) -> None:
        self.outcome = Outcome()
        self._target = target
        self._stream = stream
        self._before = before
        self._refused = refused
        self._patience = patience

    async def send(self, chunks: Iterator[Chunk], sent: Callable[[Chunk], None]) -> None:
        """Send every chunk; the next one is read meanwhile. `sent` hears of each when it is stored.

        Raises what the server refuses a whole request with, and `BadDocument` from the reader.
        """
        chunk = await asyncio.to_thread(next, chunks, None)
        while chunk is not None:
            reading = asyncio.create_task(asyncio.to_thread(next, chunks, None))
            try:
                await self._send(chunk)
            except BaseException:
                await asyncio.gather(reading, return_exceptions=True)
                raise
            sent(chunk)
            chunk = await reading

    async def _send(self, chunk: Chunk) -> None:
        rejected = list(chunk.refused)
        if chunk.body:
            rejected += await self._post(chunk)
        for each in sorted(rejected, key=lambda refused: refused.line):
            self.outcome.refused += 1
            self._refused(each)

    async def _post(self, chunk: Chunk) -> Sequence[Refused]:
        try:
            ack = await patiently(
                lambda: self._target.post(self._stream, chunk.body, chunk.form, chunk.key), self._patience
            )
        except Unprocessable as error:
            rejected = (error.detail or {}).get("rejected")
            if error.code != "nothing_accepted" or rejected is None:
                raise
            return [_refusal(chunk, each) for each in rejected]
        if ack.epoch == self._before.epoch and ack.offset <= self._before.offset:
            self.outcome.known += ack.accepted
        else:
            self.outcome.stored += ack.accepted
        self.outcome.duplicates += ack.duplicates
        plain = ({"index": r.index, "code": r.code, "message": r.message, "field": r.field} for r in ack.rejected)
        return [_refusal(chunk, each) for each in plain]


async def patiently(post: Callable[[], Awaitable[Ack]], patience: float) -> Ack:
    """Post, trying again while the server says that it can help, for `patience` seconds."""
    waited = 0.0
    while True:
        try:
            ack = await post()
        except NowboardError as error:
            pause = error.retry_after or _PAUSE
            if not error.retry or waited + pause > patience:
                raise
            waited += pause
            await asyncio.sleep(pause)
        else:
            return ack


def _refusal(chunk: Chunk, told: dict[str, Any]) -> Refused:
    index = int(told["index"])
    return Refused(chunk.lines[index], told["code"], told["message"], told.get("field"), chunk.row(index))
