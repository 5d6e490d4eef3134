"""Flights as events that are due, from the prepared file: history and live through the same door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from nowboard.clock import MINUTE, SECOND, Micros
from nowboard.packs.flights.fold import Fold

ROWS_AT_ONCE: Final = 20_000
"""Rows of one batch: about 3 MB as Arrow."""

SLOT: Final = 5
"""Minutes. Three quarters of the schedule are in steps of five minutes. A flight is counted at a second of its five
minutes, so that flights come in a steady flow while every bucket of five minutes or more stays exact."""

STRIDE: Final = 7_919
"""A prime: neighbours in the schedule are counted at seconds that are far apart."""


@dataclass(frozen=True)
class Due:
    """Events that become known in [start, end)."""

    start: Micros
    end: Micros
    batch: pa.RecordBatch


@dataclass(frozen=True)
class _Day:
    """The flights of one local day in the order in which they become known."""

    known: np.ndarray
    events: pa.RecordBatch


class Flights:
    """The flights of any day now. With `late` a flight is known when it leaves, else when it should leave.

    Event time is when it should leave in both cases, so with `late` a delayed flight is a late event. Holds two days in
    memory.
    """

    def __init__(self, path: Path, fold: Fold, *, late: bool = False) -> None:
        self._reader = pa.ipc.open_file(pa.OSFile(str(path), "rb"))
        self._fold = fold
        self._late = late
        self._day = lru_cache(maxsize=2)(self._load)

    def due(self, start: Micros, end: Micros) -> Iterator[Due]:
        """What becomes known in [start, end), in order, in pieces that do not cross local midnight."""
        while start < end:
            until = self.next_midnight(start, end)
            for piece in self._between(self._fold.day_at(start), start, until):
                yield Due(start, until, piece)
            start = until

    def next_midnight(self, instant: Micros, latest: Micros) -> Micros:
        """The end of the local day of `instant`, but not after `latest`."""
        return min(latest, self._fold.midnight(self._fold.day_at(instant) + timedelta(days=1)))

    def count(self, start: Micros, end: Micros) -> int:
        """About how many flights `due` will give, from the days alone."""
        first, last = self._fold.day_at(start), self._fold.day_at(end)
        whole = range((last - first).days)
        rows = sum(self._rows(first + timedelta(days=index)) for index in whole)
        share = (end - self._fold.midnight(last)) / (24 * 60 * MINUTE)
        return rows + int(self._rows(last) * share)

    def _between(self, day: date, start: Micros, end: Micros) -> Iterator[pa.RecordBatch]:
        """Pieces of this day, and with `late` of the day before, whose delayed flights leave past midnight."""
        days = (day - timedelta(days=1), day) if self._late else (day,)
        for each in days:
            flights = self._day(each)
            first, last = np.searchsorted(flights.known, (start, end))
            for offset in range(int(first), int(last), ROWS_AT_ONCE):
                yield flights.events.slice(offset, min(ROWS_AT_ONCE, int(last) - offset))

    def _rows(self, day: date) -> int:
        return sum(self._reader.get_batch(index).num_rows for index in self._fold.days_of(day))

    def _load(self, day: date) -> _Day:
        flights = pa.Table.from_batches([self._reader.get_batch(index) for index in self._fold.days_of(day)])
        minutes = flights["minute"].to_numpy()
        instants = np.array(self._fold.minutes_of(day), dtype=np.int64)
        seconds = np.arange(len(minutes)) * STRIDE % (SLOT * 60)
        counted = instants[minutes // SLOT * SLOT] + seconds * SECOND
        known = counted.copy()
        if self._late:
            delay = np.nan_to_num(flights["dep_delay"].to_numpy())
            known += np.maximum(delay, 0).astype(np.int64) * MINUTE
        order = np.argsort(known, kind="stable")
        made = [
            ("at", pa.array(counted.astype("datetime64[us]"))),
            ("scheduled", pa.array(instants[minutes].astype("datetime64[us]"))),
            ("hour", pa.array((minutes // 60).astype(np.int64))),
            ("weekday", pa.array(np.full(len(minutes), day.isoweekday(), dtype=np.int64))),
        ]
        events = flights.drop_columns(["minute"])
        for position, (name, column) in enumerate(made):
            events = events.add_column(position, name, column)
        return _Day(known[order], events.take(order).combine_chunks().to_batches()[0])
