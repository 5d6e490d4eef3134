"""Events once more, shifted to now and at another speed."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from nowboard.clock import SECOND, Clock, Micros
from nowboard.errors import Unprocessable
from nowboard.model.events import Ack
from nowboard.sources.files.chunk import NDJSON
from nowboard.sources.files.sending import Target, patiently

Timed = tuple[Micros, dict[str, Any]]
"""An event with its time."""

_MOST: Final = 1_000
"""Events of one request, when more are due at once."""
_STEP: Final = 0.1
"""Seconds that events which become due shortly after each other may be gathered."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Sent:
    """How far it is. `at` is the time in the original of the last event, `behind` the seconds that it left late."""

    sent: int = 0
    refused: int = 0
    at: str = ""
    behind: float = 0.0


class Shifted:
    """Sends events when they are due: the first at once, each other after its distance divided by `speed`.

    The event time of what is sent is when it was due. `time` names the member that holds it.
    """

    def __init__(self, target: Target, stream: str, time: str, speed: float, clock: Clock) -> None:
        self.count = Sent()
        self._target = target
        self._stream = stream
        self._time = time
        self._speed = speed
        self._clock = clock
        self._run = uuid.uuid4().hex
        self._waiting: list[dict[str, Any]] = []
        self._due: Micros = 0

    async def run(self, events: AsyncIterator[Timed], told: Callable[[Sent], None]) -> None:
        """Send all of `events`, in their order; `told` hears after each request. Raises what refuses a request."""
        start: Micros | None = None
        began = self._clock.now()
        async for at, event in events:
            start = at if start is None else start
            due = began + round((at - start) / self._speed)
            if self._waiting and (len(self._waiting) >= _MOST or due > self._due + _STEP * SECOND):
                await self._post(told)
            if not self._waiting:
                self._due = due
                await self._sleep_until(due)
            self._waiting.append({**event, self._time: _text(due)})
            self.count.at = _text(at)
        if self._waiting:
            await self._post(told)

    async def _sleep_until(self, due: Micros) -> None:
        pause = (due - self._clock.now()) / SECOND
        if pause > 0:
            await asyncio.sleep(pause)

    async def _post(self, told: Callable[[Sent], None]) -> None:
        """Send what waits. It is given a key, so that an answer that got lost does not send it twice."""
        waiting, self._waiting = self._waiting, []
        body = b"\n".join(msgspec.json.encode(event, enc_hook=str) for event in waiting)
        key = f"replay-{self._run}-{self.count.sent + self.count.refused}"
        self.count.behind = max(0.0, (self._clock.now() - self._due) / SECOND)
        try:
            ack: Ack = await patiently(lambda: self._target.post(self._stream, body, NDJSON, key), patience=60.0)
        except Unprocessable as error:
            if error.code != "nothing_accepted":
                raise
            self.count.refused += len(waiting)
        else:
            self.count.refused += len(ack.rejected)
            self.count.sent += ack.accepted + ack.duplicates
        told(self.count)


def _text(at: Micros) -> str:
    return (_EPOCH + timedelta(microseconds=at)).isoformat().replace("+00:00", "Z")
