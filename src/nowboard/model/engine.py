"""The engine: journal + store + live behind one message-shaped protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec
import pyarrow as pa

from nowboard.model.erasing import Condition, Erased
from nowboard.model.events import Ack, Definition, Events
from nowboard.model.frames import Result
from nowboard.model.keeping import PROMPT, Pace
from nowboard.model.queries import Query
from nowboard.model.scopes import Scope
from nowboard.model.streams import Catalog


class Ask(msgspec.Struct, frozen=True):
    """A query with everything that decides its answer. Equal asks have equal answers at equal offsets."""

    query: Query
    scope: Scope
    parameters: Mapping[str, Any] = {}
    filters: Mapping[str, Any] = {}


class Watch(msgspec.Struct, frozen=True):
    """A live query that is being kept up to date. `channel` names it: equal asks get the same channel."""

    channel: str
    result: Result


class Status(msgspec.Struct, frozen=True):
    """Where the engine stands; for health, metrics and `doctor`."""

    epoch: str
    durable: int
    applied: int
    accepting: bool
    problem: str | None = None
    live_queries: int = 0
    watchers: int = 0
    computations: int = 0
    store_queries: int = 0


class CatchUp(msgspec.Struct, frozen=True):
    """The store is being brought up to the journal: it holds everything up to offset `applied` of `end`.

    `phase` is `starting` before the server serves, and `rebuilding` when a store that failed is replaced.
    """

    phase: str
    applied: int
    end: int


class Engine(Protocol):
    """Journal, store and live together. Arguments and results are frozen values and Arrow data."""

    @property
    def catalog(self) -> Catalog:
        """Streams, tables and metrics as of the last durable definition."""
        ...

    async def append(self, events: Events) -> Ack:
        """Make events durable; returns after fsync. Raises `StorageFull`, `Unavailable` or `LimitExceeded`."""
        ...

    async def inside(self, scope: Scope, stream: str, batch: pa.RecordBatch) -> tuple[int, ...]:
        """The places in `batch`, which has the stream's fields, of the rows that `scope` lets its principal see.

        Raises `Forbidden` when the stream is out of scope.
        """
        ...

    async def define(self, definitions: Sequence[Definition]) -> int:
        """Make definitions durable, in order and together; returns the offset of the last one."""
        ...

    async def query(self, ask: Ask) -> Result:
        """Answer once, at an offset no older than every acknowledgement given before the call."""
        ...

    async def watch(self, ask: Ask, pace: Pace = PROMPT) -> Watch:
        """Start or join a live query. Every update after `result.offset` is then published on its channel.

        The first watcher after a restart may get the last result from before it, with the mode `stale`.
        """
        ...

    async def release(self, channel: str, pace: Pace = PROMPT) -> None:
        """One watcher less, of those at `pace`; the last one leaving frees the live query after a linger."""
        ...

    def refresh(self, channel: str) -> None:
        """Run a query that has to be re-run now, without waiting for its pace; a bounded number of times."""
        ...

    async def erase(self, stream: str, condition: Condition) -> Erased:
        """Take a person's rows out of journal, store, live queries and kept results, for good.

        Covers everything acknowledged before the call. Repeating it is harmless. Raises `Unavailable`.
        """
        ...

    def status(self) -> Status:
        """Where the engine stands now."""
        ...
