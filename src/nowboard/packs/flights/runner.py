"""The replay's runner: catches up with now, then keeps up, and remembers across restarts how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import msgspec

from nowboard.clock import SECOND, Clock, Micros
from nowboard.errors import Conflict, NowboardError
from nowboard.model.arrow import align, schema_of
from nowboard.model.events import Ack, Events
from nowboard.model.streams import Stream
from nowboard.packs.flights.replay import Due, Flights

RETRY: Final = 1.0
"""Seconds to wait after a refused append, unless the refusal says longer."""

TICK: Final[Micros] = SECOND
"""Flights are appended second by second."""


class Position(msgspec.Struct, frozen=True):
    """How the replay was started, and the span [start, end) it was about to append when it last wrote this."""

    speed: int
    zone: str
    late: bool
    start: Micros
    end: Micros


class PositionFile:
    """Keeps the position beside the data. A half-written file never replaces a whole one."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Position | None:
        """The position, or None when there is none yet. Raises `Conflict` when the file is not readable."""
        if not self._path.exists():
            return None
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Position)
        except msgspec.MsgspecError as error:
            message = f"{self._path.name} is damaged ({error}). Start the demo with another data folder."
            raise Conflict(message) from error

    def write(self, position: Position) -> None:
        """Replace the position."""
        partial = self._path.with_suffix(".partial")
        partial.write_bytes(msgspec.json.encode(position))
        partial.replace(self._path)


class Replay:
    """Appends every flight once, however often it is stopped.

    Before a span of time is appended, it is written down; after a crash exactly that span is appended again under the
    same idempotency keys, so the journal drops what it has already.
    """

    def __init__(
        self,
        flights: Flights,
        append: Callable[[Events], Awaitable[Ack]],
        stream: Callable[[], Stream],
        clock: Clock,
        file: PositionFile,
        position: Position,
    ) -> None:
        self._flights = flights
        self._append = append
        self._stream = stream
        self._clock = clock
        self._file = file
        self._position = position

    @property
    def position(self) -> Position:
        """How far it is. With `start` before `end`, that span is being appended."""
        return self._position

    async def catch_up(self, progress: Callable[[int], None] | None = None) -> int:
        """Append everything up to now; returns how many flights. `progress` hears of each batch's size."""
        rows = 0
        if self._position.start < self._position.end:
            rows = await self._span(self._position.start, self._position.end, progress)
            self._done()
        now = self._now()
        while self._position.end < now:
            rows += await self._advance(self._flights.next_midnight(self._position.end, now), progress)
        return rows

    async def run(self) -> None:
        """Keep up until cancelled."""
        while True:
            await asyncio.sleep(TICK / SECOND)
            await self.catch_up()

    async def _advance(self, end: Micros, progress: Callable[[int], None] | None) -> int:
        start = self._position.end
        if next(self._flights.due(start, end), None) is None:
            self._position = msgspec.structs.replace(self._position, start=end, end=end)
            return 0
        self._position = msgspec.structs.replace(self._position, start=start, end=end)
        self._file.write(self._position)
        rows = await self._span(start, end, progress)
        self._done()
        return rows

    def _done(self) -> None:
        """Nothing is about to be appended any more."""
        self._position = msgspec.structs.replace(self._position, start=self._position.end)
        self._file.write(self._position)

    async def _span(self, start: Micros, end: Micros, progress: Callable[[int], None] | None) -> int:
        rows = 0
        for index, due in enumerate(self._flights.due(start, end)):
            await self._patiently(self._events(due, index))
            rows += due.batch.num_rows
            if progress is not None:
                progress(due.batch.num_rows)
        return rows

    def _events(self, due: Due, index: int) -> Events:
        stream = self._stream()
        return Events(
            stream=stream.name,
            batch=align(due.batch, schema_of(stream)),
            received_at=self._clock.now(),
            idempotency_key=f"{stream.name}:{due.start}:{due.end}:{index}",
            principal="demo",
        )

    async def _patiently(self, events: Events) -> None:
        """Append, waiting as long as the journal takes nothing."""
        while True:
            try:
                await self._append(events)
            except NowboardError as error:
                if not error.retry:
                    raise
                await asyncio.sleep(error.retry_after or RETRY)
            else:
                return

    def _now(self) -> Micros:
        return self._clock.now() // TICK * TICK
