"""A small engine that really computes: grouped counts and sums over rows in memory, with live queries.

It understands metric queries whose measures are `n` (a count) and `total` (the sum of `x`), group-by fields, filters by
lists of values, order, limit and `last` windows on a clock that tests move; SQL queries name a group-by field and are
answered as whole results.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from nowboard.errors import BadQuery
from nowboard.hub.ordering import sort_rows
from nowboard.hub.reducer import KeyOf
from nowboard.model.engine import Ask, Status, Watch
from nowboard.model.frames import Change, Column, Order, Result, Row, Update
from nowboard.model.keeping import PROMPT, Pace
from nowboard.model.queries import MetricQuery, SqlQuery

COLUMNS = {"n": Column("n", "integer", "measure"), "total": Column("total", "float", "measure")}


class Event(msgspec.Struct, frozen=True):
    """One row: when (milliseconds), which fields, what number."""

    offset: int
    at: int
    fields: Mapping[str, str | None]
    x: float


class Live:
    """A live query with its last result and how many watch it."""

    def __init__(self, ask: Ask, channel: str, result: Result) -> None:
        self.ask = ask
        self.channel = channel
        self.result = result
        self.watchers = 0
        self.paces: list[Pace] = []


def _nobody(updates: Sequence[Update]) -> None:
    """Where updates go before a hub is connected."""


class TinyEngine:
    """Implements the hub's `Source`. `publish` is set to the hub's."""

    def __init__(self, epoch: str = "e1") -> None:
        self.epoch = epoch
        self.offset = 0
        self.now = 1_000_000
        self.events: list[Event] = []
        self.lives: dict[str, Live] = {}
        self.publish: Callable[[Sequence[Update]], None] = _nobody
        self.computations = 0
        self.watches = 0
        self.refreshed: list[str] = []
        self.hold: asyncio.Event | None = None
        """When set, watches wait for it after their result was computed."""
        self.waiting = 0
        self._lock = threading.RLock()

    def add(self, *rows: tuple[Mapping[str, str | None], float]) -> int:
        """Append events of now, one offset for all of them; returns the offset."""
        with self._lock:
            self.offset += 1
            self.events += [Event(self.offset, self.now, fields, x) for fields, x in rows]
            self.tick()
            return self.offset

    def pass_time(self, milliseconds: int) -> None:
        """Move the clock; windows follow."""
        with self._lock:
            self.now += milliseconds
            self.tick()

    def tick(self) -> None:
        """Publish what changed in every live query."""
        updates: list[Update] = []
        for live in self.lives.values():
            fresh = self._compute(live.ask)
            change = content_between(live.result, fresh)
            if change is not None:
                updates.append(Update(live.channel, change, ingested_at=None))
            live.result = fresh
        self.publish(updates)

    def publish_as(self, channel: str, content: Result | Change, ingested_at: int | None = None) -> None:
        """Publish one update as it is."""
        self.publish([Update(channel, content, ingested_at)])

    async def watch(self, ask: Ask, pace: Pace = PROMPT) -> Watch:
        name = f"q{hash(msgspec.json.encode(ask, order='deterministic')) & 0xFFFFFF:06x}"
        with self._lock:
            self.watches += 1
            live = self.lives.get(name)
            if live is None:
                live = self.lives[name] = Live(ask, name, self._compute(ask))
            live.watchers += 1
            live.paces.append(pace)
            answer = Watch(name, live.result)
        if self.hold is not None:
            self.waiting += 1
            try:
                await self.hold.wait()
            except asyncio.CancelledError:
                await self.release(name, pace)
                raise
            finally:
                self.waiting -= 1
        return answer

    async def release(self, channel: str, pace: Pace = PROMPT) -> None:
        with self._lock:
            live = self.lives[channel]
            live.watchers -= 1
            live.paces.remove(pace)
            if not live.watchers:
                del self.lives[channel]

    def refresh(self, channel: str) -> None:
        self.refreshed.append(channel)

    def status(self) -> Status:
        return Status(self.epoch, self.offset, self.offset, accepting=True)

    def answer(self, ask: Ask) -> Result:
        """The same by a fresh look at all rows."""
        with self._lock:
            return self._compute(ask)

    def _compute(self, ask: Ask) -> Result:
        self.computations += 1
        query = ask.query
        events = [event for event in self.events if _passes(event, ask.filters)]
        if isinstance(query, SqlQuery):
            groups = _groups(events, (query.sql,))
            columns = (Column(query.sql, "string"), COLUMNS["n"])
            rows = tuple((*key, len(members)) for key, members in sorted(groups.items(), key=str))
            return Result(columns, rows, self.epoch, self.offset, self.now, mode="requery")
        return self._metric(query, events)

    def _metric(self, query: MetricQuery, events: list[Event]) -> Result:
        if query.stream != "events":
            raise BadQuery(f"There is no stream {query.stream!r}.")
        window = None
        if query.window is not None and query.window.last is not None:
            start = self.now - int(query.window.last.removesuffix("s")) * 1000
            window = (start, self.now)
            events = [event for event in events if event.at >= start]
        by = tuple(str(each) for each in query.by)
        groups = _groups(events, by) if by else {(): events}
        measures = [COLUMNS[str(each)] for each in query.measures]
        rows = [(*key, *(_measure(m.name, members) for m in measures)) for key, members in groups.items()]
        columns = (*(Column(name, "string", "dimension") for name in by), *measures)
        order = tuple(Order(each.removeprefix("-"), each.startswith("-")) for each in query.order)
        ordered = sort_rows(rows, columns, order, by)[: query.limit]
        return Result(
            columns, ordered, self.epoch, self.offset, self.now, key=by, order=order, limit=query.limit, mode="live",
            window=window,
        )  # fmt: skip


def content_between(old: Result, new: Result) -> Result | Change | None:
    """What a live engine publishes: a change by key, a whole result where there is no key, or nothing."""
    if not new.key and len(new.rows) != 1:
        return new if new.rows != old.rows else None
    key_of = KeyOf(new)
    before = {key_of(row): row for row in old.rows}
    after = {key_of(row): row for row in new.rows}
    upsert = tuple(row for key, row in after.items() if before.get(key) != row)
    remove = tuple(key for key in before if key not in after)
    if not upsert and not remove:
        return None
    return Change(old.offset, new.offset, new.as_of, upsert, remove, new.window)


def _passes(event: Event, filters: Mapping[str, Any]) -> bool:
    return all(event.fields.get(field) in values for field, values in filters.items())


def _groups(events: list[Event], by: tuple[str, ...]) -> dict[Row, list[Event]]:
    groups: dict[Row, list[Event]] = {}
    for event in events:
        groups.setdefault(tuple(event.fields.get(name) for name in by), []).append(event)
    return groups


def _measure(name: str, events: list[Event]) -> int | float:
    return len(events) if name == "n" else sum(event.x for event in events)
