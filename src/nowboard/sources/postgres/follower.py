"""Keeps tables that follow relations up to date: each at its own pace, one at a time per connection.

Whatever becomes of a database, the rows read last stay; it is tried again after pauses that grow.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import msgspec
import pyarrow as pa

from nowboard.clock import SECOND, Clock
from nowboard.errors import Conflict, NotFound, NowboardError, Unavailable
from nowboard.model.events import Definition, RecordKind
from nowboard.model.streams import Catalog, Follow, Table
from nowboard.sources.postgres.connections import Connections
from nowboard.sources.postgres.reading import ReadLimits, read_relation
from nowboard.sources.postgres.status import Figures, Following, State, shape_of
from nowboard.sources.postgres.typed import digest_of, typed_rows

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class FollowLimits:
    """In seconds: `look` is the pause between two looks at what is due; a reading that failed is tried again after
    `retry`, doubling up to `longest_retry`. What trying again cannot help waits for its own time at least."""

    look: float = 0.5
    retry: float = 5.0
    longest_retry: float = 300.0
    reading: ReadLimits = field(default_factory=ReadLimits)


class Source(Protocol):
    """The part of the engine that is needed here."""

    @property
    def catalog(self) -> Catalog: ...

    async def define(self, definitions: Sequence[Definition]) -> int: ...


class Follower:
    """`run` follows until it is cancelled. For one event loop.

    Whoever else defines tables holds `defining` meanwhile, so that rows that were read for a definition never undo a
    newer one.
    """

    def __init__(
        self, source: Source, connections: Connections, clock: Clock, limits: FollowLimits | None = None
    ) -> None:
        self.connections = connections
        self.defining = asyncio.Lock()
        self._source = source
        self._clock = clock
        self._limits = limits or FollowLimits()
        self._states: dict[str, State] = {}
        self._lanes = {name: asyncio.Lock() for name in connections.names}
        self._counts: Counter[str] = Counter()

    async def run(self) -> None:
        """Look again and again for what is due, until cancelled; then end what runs."""
        try:
            while True:
                try:
                    self.look()
                except Exception:  # noqa: BLE001 - whatever is wrong with one look, the next one may be good
                    _log.exception("Tables could not be looked through for what is due")
                await asyncio.sleep(self._limits.look)
        finally:
            tasks = [state.task for state in self._states.values() if state.task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def look(self) -> None:
        """Begin to read what is due."""
        tables = {name: table for name, table in self._source.catalog.tables.items() if table.follow is not None}
        for name in self._states.keys() - tables.keys():
            if self._states[name].task is None:
                del self._states[name]
        due = [(self._state(table).due, table) for table in tables.values()]
        for at, table in sorted(due, key=lambda pair: pair[0]):
            if at <= self._clock.monotonic() and self._states[table.name].task is None:
                self._begin(table)

    def following(self, name: str) -> Following:
        """How the table called `name` fares. Raises `NotFound`."""
        table, follow = self._known(name)
        return self._state(table).following(name, follow, self._clock.monotonic())

    async def refresh(self, name: str) -> Following:
        """Read it now, and wait until it is done. Raises `NotFound`, `Conflict` while it is read already, and what the
        reading failed with."""
        table, _ = self._known(name)
        state = self._state(table)
        if state.task is not None:
            raise Conflict(f"table {name!r} is being read already", code="refresh_running")
        task = self._begin(table)
        await asyncio.wait({task})  # goes on when the caller does not wait any more
        if task.cancelled():
            raise Unavailable("The server is stopping.", code="closed")
        if state.error is not None:
            error = state.error
            raise type(error)(error.message, code=error.code, detail=error.detail, retry_after=error.retry_after)
        return self.following(name)

    @property
    def figures(self) -> Figures:
        """For `/metrics`."""
        failing = sum(state.error is not None for state in self._states.values())
        return Figures(**{name: self._counts[name] for name in ("changed", "unchanged", "failed")}, failing=failing)

    def _known(self, name: str) -> tuple[Table, Follow]:
        table = self._source.catalog.tables.get(name)
        if table is None:
            raise NotFound(f"there is no table {name!r}", code="unknown_table")
        if table.follow is None:
            raise NotFound(f"table {name!r} follows no relation", code="not_following")
        return table, table.follow

    def _state(self, table: Table) -> State:
        """What is remembered of a table; one that takes other rows than before begins anew."""
        state, shape = self._states.get(table.name), shape_of(table)
        if state is None:
            state = self._states[table.name] = State(shape, self._clock.monotonic())
        elif state.shape != shape and state.task is None:
            state = self._states[table.name] = State(shape, self._clock.monotonic(), changed_at=state.changed_at)
        return state

    def _begin(self, table: Table) -> asyncio.Task[None]:
        state = self._states[table.name]
        task = state.task = asyncio.create_task(self._once(table, state), name=f"follow {table.name}")
        return task

    async def _once(self, table: Table, state: State) -> None:
        try:
            outcome = await self._read(table, state)
        except NowboardError as error:
            self._note_failure(table, state, error)
        except Exception:  # noqa: BLE001 - the others go on, and so does this one later
            _log.exception("Table %s could not follow its relation", table.name)
            self._note_failure(table, state, NowboardError("the server could not take the rows; its log says why"))
        else:
            self._counts[outcome] += 1
            state.error, state.failures, state.succeeded_at = None, 0, self._clock.now()
            if outcome == "changed":
                state.changed_at = state.succeeded_at
            state.due = self._clock.monotonic() + _every(table)
        finally:
            state.task = None

    async def _read(self, table: Table, state: State) -> str:
        follow = table.follow
        assert follow is not None  # noqa: S101 - who begins has looked
        address = self.connections.address(follow.connection)
        columns = {field.name: field.type.value for field in table.fields}
        async with self._lanes[follow.connection]:
            state.tried_at = self._clock.now()
            reading = await read_relation(
                address, follow.identifiers, columns, refresh=follow.refresh, limits=self._limits.reading
            )
        rows, content = await asyncio.to_thread(_typed, table, reading.csv, self._limits.reading.rows)
        state.rows, state.refreshed = rows.num_rows, reading.refreshed
        return await self._take(table, rows, content)

    async def _take(self, table: Table, rows: pa.Table, content: str) -> str:
        async with self.defining:
            now = self._source.catalog.tables.get(table.name)
            if now is None or shape_of(now) != shape_of(table):
                raise Conflict("the table was defined anew while its relation was read")
            if now.content == content:
                return "unchanged"
            body = msgspec.json.encode(msgspec.structs.replace(now, content=content))
            await self._source.define([Definition(RecordKind.TABLE, table.name, body, rows)])
            return "changed"

    def _note_failure(self, table: Table, state: State, error: NowboardError) -> None:
        follow = table.follow
        where = "" if follow is None else f"{follow.relation} of {follow.connection}: "
        self._counts["failed"] += 1
        state.error, state.failed_at = _placed(error, where), self._clock.now()
        pause = min(self._limits.longest_retry, self._limits.retry * 2 ** min(state.failures, 16))
        state.due = self._clock.monotonic() + (pause if error.retry else max(pause, _every(table)))
        state.failures += 1
        _log.warning("Table %s keeps its rows: %s", table.name, state.error.message, extra={"code": error.code})


def _typed(table: Table, csv: bytes, most: int) -> tuple[pa.Table, str]:
    rows = typed_rows(table, csv, most)
    return rows, digest_of(rows)


def _placed(error: NowboardError, where: str) -> NowboardError:
    """The error with the relation and connection it is about."""
    message = f"{where}{error.message}"
    return type(error)(message, code=error.code, detail=error.detail, retry_after=error.retry_after)


def _every(table: Table) -> float:
    return 0.0 if table.follow is None else table.follow.every / SECOND
