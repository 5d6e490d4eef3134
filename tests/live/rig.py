"""The engine's parts without its threads: a test decides when a batch is folded in, stored, loaded or published."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pyarrow as pa

from nowboard.clock import ManualClock
from nowboard.errors import NowboardError
from nowboard.journal.memory import MemoryJournal
from nowboard.live import history
from nowboard.live.changes import redefined
from nowboard.live.committer import Committer
from nowboard.live.core import Core
from nowboard.live.entry import Entry
from nowboard.live.lifecycle import Lifecycle
from nowboard.live.limits import LiveLimits
from nowboard.live.shared import SharedState
from nowboard.live.state import Overgrown
from nowboard.model.arrow import schema_of
from nowboard.model.engine import Ask, Watch
from nowboard.model.events import Definition, Events, Record, RecordKind
from nowboard.model.fields import Field, FieldType
from nowboard.model.frames import Change, Result, Row, Update
from nowboard.model.queries import MetricQuery
from nowboard.model.scopes import EVERYTHING, Scope
from nowboard.model.streams import Join, Stream, Table
from nowboard.query.answer import answer
from nowboard.query.canonical import Prepared, prepare
from nowboard.query.ordering import sort_rows
from nowboard.query.plan import Plan
from nowboard.stores.duckdb import DuckDBStore, memory_store

START = 1_700_000_000_000_000
"""2023-11-14 22:13:20 UTC."""

FIELDS = {
    "at": FieldType.TIMESTAMP,
    "channel": FieldType.STRING,
    "region": FieldType.STRING,
    "items": FieldType.INTEGER,
    "total": FieldType.FLOAT,
    "price": FieldType.DECIMAL,
    "paid": FieldType.BOOLEAN,
    "buyer": FieldType.STRING,
}

ORDERS = Stream(
    name="orders",
    time="at",
    fields=tuple(Field(name, kind) for name, kind in FIELDS.items()),
    joins=(Join("regions", "regions", {"code": "region"}),),
)

REGIONS = Table(
    name="regions",
    key=("code",),
    fields=(Field("code", FieldType.STRING), Field("country", FieldType.STRING)),
)


def regions(rows: dict[str, str]) -> Definition:
    content = pa.table(
        {"code": list(rows), "country": list(rows.values())},
        pa.schema([("code", pa.string()), ("country", pa.string())]),
    )
    return Definition(RecordKind.TABLE, REGIONS.name, msgspec.json.encode(REGIONS), content)


def stream_definition(stream: Stream) -> Definition:
    return Definition(RecordKind.STREAM, stream.name, msgspec.json.encode(stream))


@dataclass
class Client:
    """A viewer that follows the wire's rules: it holds rows by key and applies every change."""

    result: Result
    rows: dict[tuple[Any, ...], Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._hold(self.result)

    def receive(self, content: Result | Change) -> None:
        if isinstance(content, Result):
            self._hold(content)
            return
        assert content.base <= self.result.offset, "a gap"
        if content.offset < self.result.offset:
            return
        for key in content.remove:
            self.rows.pop(tuple(key), None)
        for row in content.upsert:
            self.rows[row[: len(self.result.key)]] = row
        ordered = list(self.rows.values())
        sort_rows(ordered, self.result.columns, self.result.order, self.result.key)
        kept = ordered if self.result.limit is None else ordered[: self.result.limit]
        changes: dict[str, Any] = {"rows": tuple(kept), "offset": content.offset, "as_of": content.as_of}
        if content.window is not None:
            changes["window"] = content.window
        if content.approximate is not None:
            changes["approximate"] = content.approximate
        self.result = msgspec.structs.replace(self.result, **changes)
        self.rows = {row[: len(self.result.key)]: row for row in kept}

    def _hold(self, result: Result) -> None:
        self.result = result
        self.rows = {row[: len(result.key)]: row for row in result.rows}


class Rig:
    """A journal, a store and `Core`, driven by hand."""

    def __init__(self, limits: LiveLimits | None = None, store: DuckDBStore | None = None) -> None:
        self.limits = limits or LiveLimits()
        self.clock = ManualClock(START)
        self.journal = MemoryJournal(clock=self.clock)
        self.store = store or memory_store()
        self.arrived: list[Record] = []
        self.journal.subscribe(self.arrived.extend)
        self.jobs: list[Callable[[], Callable[[], None]]] = []
        self.answers: list[Callable[[], None]] = []
        self.clients: dict[str, list[Client]] = {}
        self.ran = 0
        self._loop = asyncio.new_event_loop()
        self._start()

    def _start(self) -> None:
        self.committer = Committer(self.store, self.journal.epoch, self.limits)
        self.life = Lifecycle(self.store, self.committer, self, self.clock, self.journal.epoch, self.limits)
        self.life.begin(self.store.applied)
        self.core = Core(self.life, self, self.clock)

    def restart(self) -> None:
        """As after a crash: what was not stored comes from the journal again, live queries are gone."""
        self.jobs.clear()
        self.answers.clear()
        self.arrived.clear()
        self.clients.clear()
        self._start()
        self.arrived.extend(self.journal.read(self.store.applied))
        self.drain()

    def close(self) -> None:
        self._loop.close()
        self.store.close()

    # --- Jobs ---

    def load(self, plan: Plan, shared: SharedState) -> None:
        def job() -> Callable[[], None]:
            outcome: int | Exception
            try:
                outcome = history.load(self.store, plan, shared, max_groups=self.limits.groups, timeout=10)
            except (NowboardError, Overgrown) as error:
                outcome = error
            return lambda: self.life.loaded(shared, outcome)

        self.jobs.append(job)

    def prepare(self, entry: Entry) -> None:
        def job() -> Callable[[], None]:
            outcome: Prepared | Exception
            try:
                outcome = prepare(entry.prepared.ask, self.store.catalog())
            except NowboardError as error:
                outcome = error
            return lambda: self.life.prepared(entry, outcome)

        self.jobs.append(job)

    def run(self, entry: Entry) -> None:
        def job() -> Callable[[], None]:
            self.ran += 1
            result = self.recompute(entry.prepared)
            return lambda: self.life.ran(entry, result, 0.01)

        self.jobs.append(job)

    def work(self) -> None:
        """Do one job; its answer waits."""
        if self.jobs:
            self.answers.append(self.jobs.pop(0)())

    def answer(self) -> None:
        """Deliver one answer."""
        if self.answers:
            self.answers.pop(0)()

    def settle(self) -> None:
        """Do all jobs and deliver all answers."""
        while self.jobs or self.answers:
            self.work()
            self.answer()

    # --- journal ---

    def define(self, *definitions: Definition) -> None:
        self._loop.run_until_complete(self.journal.define(definitions))

    def append(
        self, rows: Sequence[dict[str, Any]], stream: Stream = ORDERS, ids: tuple[str, ...] | None = None
    ) -> None:
        """Make rows durable, but for those whose id is known; nothing else happens yet."""
        batch = pa.RecordBatch.from_pylist(list(rows), schema_of(stream))
        self._loop.run_until_complete(self.journal.append(Events(stream.name, batch, self.clock.now(), ids)))

    def drain(self) -> None:
        """Fold in everything that arrived, as the applier does."""
        while self.arrived:
            definition = isinstance(self.arrived[0].content, Definition)
            count = next(
                (i for i, r in enumerate(self.arrived) if isinstance(r.content, Definition) != definition),
                len(self.arrived),
            )
            records, self.arrived[:count] = self.arrived[:count], []
            if definition:
                before = self.store.catalog()
                self.committer.add(records)
                assert self.committer.commit()
                after = self.store.catalog()
                found = [record.content for record in records if isinstance(record.content, Definition)]
                self.core.redefine(after, redefined(found, before, after), records[-1].offset)
            else:
                self.core.apply(records)
                self.committer.add(records)

    def commit(self) -> None:
        assert self.committer.commit()

    # --- viewers ---

    def join(
        self, query: dict[str, Any], *, scope: Scope = EVERYTHING, filters: dict[str, Any] | None = None
    ) -> Future[Watch]:
        """Ask to watch; resolves when the live query is loaded."""
        ask = Ask(msgspec.convert(query, MetricQuery), scope, {}, filters or {})
        prepared = prepare(ask, self.store.catalog())
        done: Future[Watch] = Future()
        done.add_done_callback(self._joined)
        self.core.join(prepared, done)
        return done

    def watch(self, query: dict[str, Any], **others: Any) -> Watch:
        """Watch, loading at once."""
        done = self.join(query, **others)
        self.settle()
        self.tick()
        self.settle()
        return done.result(0)

    def _joined(self, done: Future[Watch]) -> None:
        if done.exception() is None:
            watch = done.result()
            self.clients.setdefault(watch.channel, []).append(Client(watch.result))
            self.core.announce(watch.channel)

    def tick(self) -> list[Update]:
        updates = self.core.tick()
        for update in updates:
            for client in self.clients.get(update.channel, []):
                client.receive(update.content)
        return updates

    # --- the laws ---

    def recompute(self, prepared: Prepared) -> Result:
        """The answer of a one-off query over what is stored, at the instant of the last tick."""
        with self.store.snapshot() as view:
            return answer(prepared, view, self.core.now(), self.journal.epoch, timeout=10)

    def check(self) -> None:
        """Law 1 and law 2 for every live query: viewers hold what a fresh query answers, in its order."""
        self.drain()
        self.tick()
        self.commit()
        for channel, clients in self.clients.items():
            entry = self.life.registry.get(channel)
            if entry is None or entry.live is None or entry.in_doubt:
                continue
            fresh = self.recompute(entry.prepared)
            whole = entry.live.result(self.core.now(), self.life.position)
            assert_same(whole.rows, fresh.rows)
            assert whole.truncated == fresh.truncated
            for client in clients:
                assert client.result.rows == whole.rows
                assert client.result.window == whole.window
                assert client.result.approximate == whole.approximate


def assert_same(ours: Sequence[Row], theirs: Sequence[Row]) -> None:
    assert len(ours) == len(theirs), (ours, theirs)
    for left, right in zip(ours, theirs, strict=True):
        same = all(_same(a, b) for a, b in zip(left, right, strict=True))
        assert same, (left, right)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, float) or isinstance(right, float):
        if left is None or right is None:
            return left is right
        return math.isclose(float(left), float(right), rel_tol=1e-9, abs_tol=1e-9)
    return bool(left == right) and type(left) is type(right)
