"""Keeps published widgets that ask for it up to date with nobody looking, so that their first viewer waits for nothing.

Each such widget is watched as its viewers see it at first: the dashboard's own filters and window, in the scope of the
role `viewer` of its organisation.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import msgspec
from sqlalchemy import Connection

from nowboard.access.warming import Place, published_places, viewer_of
from nowboard.clock import Clock
from nowboard.dashboards.asks import WidgetAsk, asks_of
from nowboard.errors import NowboardError
from nowboard.model.dashboards import Dashboard
from nowboard.model.engine import Ask, Watch
from nowboard.model.keeping import Pace
from nowboard.model.principals import Principal
from nowboard.model.saved import SavedQuery
from nowboard.model.streams import Catalog
from nowboard.records.database import Records

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class WarmLimits:
    """`queries` are kept warm at most (0: none), `opening` are opened at a time; `every` is the pause between two looks
    at what is published, `retry` the first pause before a query that failed is tried again (doubling up to
    `longest_retry`), in seconds."""

    queries: int = 200
    opening: int = 2
    every: float = 2.0
    retry: float = 5.0
    longest_retry: float = 300.0


@dataclass(frozen=True)
class WarmFigures:
    """How many queries are warm, failed for now, are over the limit, or differ by viewer and so cannot be warm."""

    warm: int = 0
    failed: int = 0
    over_limit: int = 0
    unscoped: int = 0


class Readable(Protocol):
    """A published dashboard with the saved queries it names."""

    @property
    def dashboard(self) -> Dashboard: ...

    @property
    def saved(self) -> Mapping[str, SavedQuery]: ...


class Readables(Protocol):
    """Hands out what viewers see of a dashboard."""

    async def readable(self, principal: Principal, dashboard_id: str) -> Readable:
        """Raises `NotFound`, `Forbidden`, `BadDocument`."""
        ...


class Source(Protocol):
    """The part of the engine that is needed here."""

    @property
    def catalog(self) -> Catalog: ...

    async def watch(self, ask: Ask, pace: Pace) -> Watch: ...

    async def release(self, channel: str, pace: Pace) -> None: ...


@dataclass
class _Held:
    """One query that should be warm. `channel` is None while it is not watched; `catalog` is the offset of the
    definitions it was watched under. `unscoped` says that its viewers have no common scope."""

    ask: Ask
    pace: Pace
    channel: str | None = None
    catalog: int = -1
    unscoped: bool = False
    failures: int = 0
    not_before: float = 0.0

    def due(self, monotonic: float, offset: int) -> bool:
        """Whether to watch it now, with the definitions as of `offset`."""
        return self.catalog != offset or (self.channel is None and monotonic >= self.not_before)


@dataclass
class _Board:
    """A dashboard as it was looked at last."""

    stamp: str
    held: dict[bytes, _Held] = field(default_factory=dict)


class Warmer:
    """Holds watches for warm widgets. `run` follows what is published; `nudge` has it look at once."""

    def __init__(
        self, records: Records, readables: Readables, source: Source, clock: Clock, limits: WarmLimits | None = None
    ) -> None:
        self._records = records
        self._readables = readables
        self._source = source
        self._clock = clock
        self._limits = limits or WarmLimits()
        self._boards: dict[Place, _Board] = {}
        self._over_limit = 0
        self._followed: int | None = None
        """The version of the records that was followed to its end."""

    @property
    def figures(self) -> WarmFigures:
        """What is held now."""
        held = list(self._all())
        return WarmFigures(
            warm=sum(each.channel is not None for each in held),
            failed=sum(each.channel is None and each.failures > 0 and not each.unscoped for each in held),
            over_limit=self._over_limit,
            unscoped=sum(each.unscoped for each in held),
        )

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while self._limits.queries:
            try:
                await self.look()
            except NowboardError as error:
                _log.warning("Published dashboards could not be looked up: %s", error.message)
            except Exception:  # noqa: BLE001 - whatever is wrong with one look, the next one may be good
                _log.exception("Widgets could not be kept warm")
            await asyncio.sleep(self._limits.every)

    async def look(self) -> None:
        """Follow what is published: watch what is new, let go of what is not there any more."""
        version = self._records.version()
        if version is None or version != self._followed:
            self._followed = version if await self._follow() else None
        await self._open()

    async def close(self) -> None:
        """Let go of everything."""
        boards, self._boards = list(self._boards.values()), {}
        for board in boards:
            await self._release(board.held.values())

    async def _follow(self) -> bool:
        """Hold what is published and nothing else; False when something has to be tried again."""
        places, viewers = await self._records.run(_published)
        for place in [place for place in self._boards if place not in places]:
            await self._release(self._boards.pop(place).held.values())
        done = True
        for place, stamp in places.items():
            viewer = viewers.get(place[0])
            seen = f"{stamp} {None if viewer is None else viewer.scope.digest}"
            board = self._boards.get(place)
            if board is None or board.stamp != seen:
                done &= await self._renew(place, seen, viewer)
        return done

    async def _renew(self, place: Place, stamp: str, viewer: Principal | None) -> bool:
        """A dashboard became another one: what stays in it goes on as it was. False to be asked again."""
        before = self._boards.get(place, _Board(stamp))
        try:
            asks = [] if viewer is None else await self._wanted(viewer, place[1])
        except NowboardError as error:
            _log.warning("Dashboard %s cannot be kept warm: %s", place[1], error.message)
            if error.retry:
                return False
            asks = []
        board = self._boards[place] = _Board(stamp)
        for each in asks:
            key = msgspec.json.encode((each.ask, each.pace), order="deterministic")
            kept = before.held.pop(key, board.held.get(key))
            board.held[key] = _Held(each.ask, each.pace) if kept is None else kept
        await self._release(before.held.values())
        return True

    async def _wanted(self, viewer: Principal, dashboard_id: str) -> list[WidgetAsk]:
        readable = await self._readables.readable(viewer, dashboard_id)
        found = []
        for widget in readable.dashboard.widgets:
            if widget.warm:
                try:
                    found += asks_of(readable.dashboard, scope=viewer.scope, widget=widget.id, saved=readable.saved)
                except NowboardError as error:
                    _log.warning("Widget %s of %s cannot be kept warm: %s", widget.id, dashboard_id, error.message)
        return found

    async def _open(self) -> None:
        """Watch what is not watched yet, or was under other definitions; some at a time, as far as there is room."""
        now, offset = self._clock.monotonic(), self._source.catalog.offset
        wanted = [each for each in self._all() if not each.unscoped or each.catalog != offset]
        wanted.sort(key=lambda each: each.channel is None)
        self._over_limit = max(0, len(wanted) - self._limits.queries)
        due = [each for each in wanted[: self._limits.queries] if each.due(now, offset)]
        room = asyncio.Semaphore(self._limits.opening)
        await asyncio.gather(*(self._watch(each, offset, room) for each in due))

    async def _watch(self, held: _Held, offset: int, room: asyncio.Semaphore) -> None:
        async with room:
            if held.catalog != offset:
                held.failures, held.unscoped, held.catalog = 0, False, offset
            before = held.channel
            try:
                held.channel = (await self._source.watch(held.ask, held.pace)).channel
                held.failures = 0
            except NowboardError as error:
                held.unscoped = error.code == "no_scope"
                pause = min(self._limits.longest_retry, self._limits.retry * 2 ** min(held.failures, 16))
                held.failures, held.not_before, held.channel = held.failures + 1, self._clock.monotonic() + pause, None
                _log.info("A widget cannot be kept warm for now: %s", error.message, extra={"code": error.code})
            if before is not None:  # watched once more, as the definitions may have made it another live query
                await self._source.release(before, held.pace)

    async def _release(self, gone: Iterable[_Held]) -> None:
        for each in gone:
            if each.channel is not None:
                channel, each.channel = each.channel, None
                await self._source.release(channel, each.pace)

    def _all(self) -> Iterable[_Held]:
        return (each for board in self._boards.values() for each in board.held.values())


def _published(connection: Connection) -> tuple[dict[Place, str], dict[str, Principal | None]]:
    places = published_places(connection)
    return places, {name: viewer_of(connection, name) for name in {organisation for organisation, _ in places}}
