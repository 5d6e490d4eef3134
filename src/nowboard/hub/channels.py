"""The hub's channels: opened once for everyone who asks the same, kept for a while after the last one left."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Coroutine
from typing import Any

import msgspec

from nowboard.clock import Clock
from nowboard.errors import Unavailable
from nowboard.hub.channel import Channel
from nowboard.hub.interface import Source
from nowboard.hub.limits import HubLimits
from nowboard.hub.stats import HubStats
from nowboard.model.engine import Ask, Watch
from nowboard.model.frames import Position, Result, Update
from nowboard.model.keeping import PROMPT, Pace

_MOST_EARLY = 20_000
_ATTEMPTS = 3


class _Opening:
    """A watch on its way, and how many wait for it."""

    __slots__ = ("task", "waiting")

    def __init__(self, task: asyncio.Task[Channel]) -> None:
        self.task = task
        self.waiting = 0


class _Place:
    """Where a channel stands in the books. `pace` is the one at which the hub watches it: it satisfies everyone who
    opened the channel since the hub has it."""

    __slots__ = ("asks", "idle_since", "pace", "source")

    def __init__(self, source: str, pace: Pace) -> None:
        self.source = source
        self.pace = pace
        self.asks: set[bytes] = set()
        self.idle_since: float | None = None


class Channels:
    """Joins without a gap: updates that arrive while a watch is on its way are kept until its answer is here."""

    def __init__(self, source: Source, clock: Clock, limits: HubLimits, stats: HubStats) -> None:
        self._source = source
        self._clock = clock
        self._limits = limits
        self._stats = stats
        self._by_ask: dict[bytes, Channel] = {}
        self._by_source: dict[str, Channel] = {}
        self._by_name: dict[str, Channel] = {}
        self._places: dict[Channel, _Place] = {}
        self._opening: dict[bytes, _Opening] = {}
        self._early: dict[str, list[Update]] = {}
        self._early_count = 0
        self._lost = 0
        self._later_tasks: set[asyncio.Task[None]] = set()
        self.epoch = ""
        self.mark = 0
        """The newest offset seen on any channel, in `epoch`."""

    def start(self) -> None:
        """Learn where the source stands."""
        self.epoch = self._source.status().epoch

    @property
    def position(self) -> Position:
        """Whoever holds every channel as it is now is here."""
        return (self.epoch, self.mark)

    def named(self, name: str) -> Channel | None:
        """The channel that viewers know by this name."""
        return self._by_name.get(name)

    def source_of(self, channel: Channel) -> str:
        """The name under which the engine publishes a channel."""
        return self._places[channel].source

    async def open(self, ask: Ask, pace: Pace = PROMPT) -> Channel:
        """The channel of `ask`, counted as used once more; equal asks share one watch, whatever their pace.

        Raises what the source raises. When everyone who waits gives up, the watch is cancelled.
        """
        key = msgspec.json.encode(ask, order="deterministic")
        while (channel := self._by_ask.get(key)) is None:
            await self._join(key, ask, pace)
        channel.users += 1
        place = self._places[channel]
        place.idle_since = None
        if (wanted := place.pace.joined(pace)) != place.pace:
            before, place.pace = place.pace, wanted
            self._later(self._change_pace(ask, place.source, before, wanted))
        return channel

    def refresh(self, channel: Channel) -> None:
        """Have a channel that is re-run brought up to date now."""
        self._source.refresh(self._places[channel].source)

    def release(self, channel: Channel) -> None:
        """One use less. Without users a channel is kept for `linger` seconds."""
        channel.users -= 1
        if not channel.users:
            self._places[channel].idle_since = self._clock.monotonic()

    def receive(self, updates: list[Update]) -> dict[Channel, int]:
        """Take published updates; returns the channels that moved, each with its head before."""
        self._note(updates)
        now = self._clock.monotonic()
        moved: dict[Channel, int] = {}
        for update in updates:
            channel = self._by_source.get(update.channel)
            if channel is None:
                self._keep_early(update)
                continue
            before = channel.head
            if channel.append(update, now, self.mark):
                moved.setdefault(channel, before)
        self._stats.updates += len(updates)
        return moved

    def sweep(self) -> None:
        """Let go of channels that nobody used for `linger` seconds."""
        oldest = self._clock.monotonic() - self._limits.linger
        for channel, place in list(self._places.items()):
            if place.idle_since is not None and place.idle_since <= oldest:
                self._forget(channel)

    async def close(self) -> None:
        """Let go of everything."""
        openings = [opening.task for opening in self._opening.values()]
        for task in openings:
            task.cancel()
        for channel in list(self._places):
            self._forget(channel)
        await asyncio.gather(*openings, *self._later_tasks, return_exceptions=True)

    async def _join(self, key: bytes, ask: Ask, pace: Pace) -> None:
        opening = self._opening.get(key)
        if opening is None:
            opening = self._opening[key] = _Opening(asyncio.create_task(self._watch(key, ask, pace)))
        opening.waiting += 1
        try:
            await asyncio.shield(opening.task)
        finally:
            opening.waiting -= 1
            if not opening.waiting:
                opening.task.cancel()
                self._settled(key, opening)

    def _settled(self, key: bytes, opening: _Opening) -> None:
        if self._opening.get(key) is opening:
            del self._opening[key]
        if not self._opening:
            self._early.clear()
            self._early_count = 0

    async def _watch(self, key: bytes, ask: Ask, pace: Pace) -> Channel:
        for _ in range(_ATTEMPTS):
            lost = self._lost
            watch = await self._source.watch(ask, pace)
            if lost == self._lost:
                return self._register(key, watch, pace)
            await self._source.release(watch.channel, pace)
        raise Unavailable("Too many updates arrive to join this query just now.", retry_after=1.0)

    def _register(self, key: bytes, watch: Watch, pace: Pace) -> Channel:
        channel = self._by_source.get(watch.channel)
        if channel is None:
            channel = self._create(watch, pace)
        else:  # another ask that means the same: the hub watches once
            self._later(self._source.release(watch.channel, pace))
        self._by_ask[key] = channel
        self._places[channel].asks.add(key)
        return channel

    def _create(self, watch: Watch, pace: Pace) -> Channel:
        result = watch.result
        if result.epoch != self.epoch:
            self.epoch, self.mark = result.epoch, 0
        self.mark = max(self.mark, result.offset)
        mark = max(self.mark, self._source.status().durable)
        name = f"{watch.channel}.{secrets.token_hex(4)}"
        channel = Channel(name, result, mark, self._limits, self._stats)
        for update in self._early.pop(watch.channel, ()):
            if (update.content.offset, update.content.as_of) >= (result.offset, result.as_of):
                channel.append(update, self._clock.monotonic(), self.mark)
        self._by_source[watch.channel] = channel
        self._by_name[name] = channel
        place = self._places[channel] = _Place(watch.channel, pace)
        place.idle_since = self._clock.monotonic()
        self._stats.channels = len(self._places)
        return channel

    def _note(self, updates: list[Update]) -> None:
        for update in updates:
            content = update.content
            if isinstance(content, Result) and content.epoch != self.epoch:
                self.epoch, self.mark = content.epoch, 0
            self.mark = max(self.mark, content.offset)

    def _keep_early(self, update: Update) -> None:
        if not self._opening:
            return
        self._early.setdefault(update.channel, []).append(update)
        self._early_count += 1
        if self._early_count > _MOST_EARLY:
            self._early.clear()
            self._early_count = 0
            self._lost += 1

    def _forget(self, channel: Channel) -> None:
        place = self._places.pop(channel)
        del self._by_source[place.source]
        del self._by_name[channel.name]
        for key in place.asks:
            del self._by_ask[key]
        self._stats.channels = len(self._places)
        self._later(self._source.release(place.source, place.pace))

    async def _change_pace(self, ask: Ask, source: str, before: Pace, after: Pace) -> None:
        """Watch once more at the new pace, then once less at the old one."""
        watch = await self._source.watch(ask, after)
        if watch.channel == source:
            await self._source.release(source, before)
        else:  # definitions changed since, so this began another live query, which the hub does not have
            await self._source.release(watch.channel, after)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._later_tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._later_tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            message = "a live query could not be released or watched at another pace"
            told = {"message": message, "exception": error, "task": task}
            asyncio.get_running_loop().call_exception_handler(told)
