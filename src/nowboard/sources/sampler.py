"""The runner of the host's samples: one event a second, until told to stop."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from nowboard.clock import Clock
from nowboard.errors import NowboardError
from nowboard.model.arrow import schema_of
from nowboard.model.events import Ack, Events
from nowboard.model.streams import Stream
from nowboard.sources.host import Reading, ServerFigures, read_host, sample


@dataclass(frozen=True)
class SamplerLimits:
    """`interval` is the number of seconds between two samples, `patience` the longest pause after a failure."""

    interval: float = 1.0
    patience: float = 30.0


class Sampler:
    """Appends samples of this host and server to a stream."""

    def __init__(
        self,
        append: Callable[[Events], Awaitable[Ack]],
        stream: Callable[[], Stream],
        figures: Callable[[], ServerFigures],
        clock: Clock,
        folder: Path,
        limits: SamplerLimits = SamplerLimits(),
    ) -> None:
        self._append = append
        self._stream = stream
        self._figures = figures
        self._clock = clock
        self._folder = folder
        self._limits = limits
        self._host = platform.node() or "this host"

    async def run(self) -> None:
        """Sample until cancelled. A sample that cannot be stored is dropped: the next one is as good."""
        before = self.read()
        pause = self._limits.interval
        while True:
            await asyncio.sleep(pause)
            after = self.read()
            try:
                await self._append(self.event(before, after))
                pause = self._limits.interval
            except NowboardError as error:
                pause = min(max(error.retry_after or 0.0, pause * 2), self._limits.patience)
            before = after

    def read(self) -> Reading:
        """All counters now."""
        return Reading(self._clock.now(), self._clock.monotonic(), read_host(self._folder), self._figures())

    def event(self, before: Reading, after: Reading) -> Events:
        """The sample between two readings as an event of the stream as it is defined now."""
        stream = self._stream()
        row = {"at": after.at, "host": self._host, **sample(before, after)}
        batch = pa.RecordBatch.from_pylist([row], schema=schema_of(stream))
        return Events(stream=stream.name, batch=batch, received_at=after.at, principal="nowboard")
