"""Keeps last results in the records database: collected at once, written now and then, bounded in bytes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final

import msgspec
from sqlalchemy import Connection

from nowboard.clock import DAY, Clock, Micros
from nowboard.errors import NowboardError
from nowboard.model.frames import Result
from nowboard.records.database import Records
from nowboard.records.kept_frames import KeptFrame, KeptTotals, get_frame, kept_totals, prune_frames, put_frames

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class KeepingLimits:
    """`total_bytes` bounds all results that are kept (0 keeps none), `frame_bytes` each one, `waiting` how many wait
    to be written; `every` is the pause between two writes in seconds, `age` how long a result is of any use."""

    total_bytes: int = 64 * 1024 * 1024
    frame_bytes: int = 4 * 1024 * 1024
    waiting: int = 5_000
    every: float = 10.0
    age: Micros = 14 * DAY


class FrameKeeper:
    """See `nowboard.model.keeping.Keeper`. `run` writes, `flush` writes what waits at the end.

    Of one channel only the newest result is written, however often it is kept in between.
    """

    def __init__(self, records: Records, clock: Clock, limits: KeepingLimits | None = None) -> None:
        self.totals = KeptTotals()
        self._records = records
        self._clock = clock
        self._limits = limits or KeepingLimits()
        self._waiting: dict[str, Result] = {}
        self._lock = Lock()
        self._turn = asyncio.Lock()

    async def find(self, channel: str, epoch: str) -> Result | None:
        """See `Keeper`."""
        with self._lock:
            waiting = self._waiting.get(channel)
        if waiting is not None and waiting.epoch == epoch:
            return waiting
        if not self._limits.total_bytes:
            return None
        try:
            found = await self._records.run(get_frame, channel, epoch)
            return None if found is None else msgspec.json.decode(found, type=Result)
        except (NowboardError, msgspec.MsgspecError) as error:
            _log.warning("The last result of %s cannot be read: %s", channel, error)
            return None

    def keep(self, channel: str, result: Result) -> None:
        """See `Keeper`."""
        with self._lock:
            if self._limits.total_bytes and (channel in self._waiting or len(self._waiting) < self._limits.waiting):
                self._waiting[channel] = result

    async def forget(self) -> None:
        """See `Keeper`."""
        async with self._turn:
            with self._lock:
                self._waiting.clear()

    async def run(self) -> None:
        """Write again and again, until cancelled."""
        with contextlib.suppress(NowboardError):
            self.totals = await self._records.run(kept_totals)
        while self._limits.total_bytes:
            await asyncio.sleep(self._limits.every)
            await self.flush()

    async def flush(self) -> None:
        """Write what waits. A write that fails is given up: there will be newer results."""
        async with self._turn:
            with self._lock:
                waiting, self._waiting = self._waiting, {}
            if not waiting:
                return
            try:
                self.totals = await self._records.run(_write, waiting, self._clock.now(), self._limits)
            except NowboardError as error:
                _log.warning("Last results could not be stored: %s", error.message, extra={"code": error.code})


def _write(connection: Connection, waiting: Mapping[str, Result], now: Micros, limits: KeepingLimits) -> KeptTotals:
    frames = []
    for channel, result in waiting.items():
        frame = msgspec.json.encode(result)
        if len(frame) <= limits.frame_bytes:
            frames.append(KeptFrame(channel, frame, result.epoch, result.offset, now))
    put_frames(connection, frames)
    epoch = next(iter(waiting.values())).epoch
    return prune_frames(connection, epoch, now - limits.age, limits.total_bytes)
