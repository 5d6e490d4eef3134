"""A live query from its first watcher to its last: load, open, fail, try again, end.

Every method runs on the applier's thread. Work that takes long (reading history, planning, running SQL) is handed out
through `Jobs` and comes back as a call of `loaded`, `prepared` or `ran`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from concurrent.futures import Future
from typing import Final, Protocol

import msgspec

from nowboard.clock import SECOND, Clock, Micros
from nowboard.errors import NotFound, NowboardError, Unavailable
from nowboard.live.committer import Committer
from nowboard.live.entry import Entry
from nowboard.live.lens import Lens
from nowboard.live.limits import LiveLimits
from nowboard.live.needs import needs_of
from nowboard.live.query import LiveQuery
from nowboard.live.registry import Registry
from nowboard.live.rerun import Rerun
from nowboard.live.rows import RowMaker
from nowboard.live.shared import Phase, SharedState
from nowboard.live.state import Overgrown
from nowboard.live.streams import StreamStates
from nowboard.live.view import Span
from nowboard.model.events import Events
from nowboard.model.frames import Result
from nowboard.model.keeping import Keeper, KeepsNothing
from nowboard.model.streams import Catalog
from nowboard.query.canonical import Prepared
from nowboard.query.finish import Finisher
from nowboard.query.plan import Plan
from nowboard.stores.interface import Store

_log: Final = logging.getLogger(__name__)


class Jobs(Protocol):
    """Work off the applier's thread; each answer comes back as a command on it."""

    def load(self, plan: Plan, shared: SharedState) -> None:
        """Read a state's history from a snapshot of the store; then `Lifecycle.loaded`."""
        ...

    def prepare(self, entry: Entry) -> None:
        """Plan an entry's ask against the catalog of now; then `Lifecycle.prepared`."""
        ...

    def run(self, entry: Entry) -> None:
        """Run an entry's ask once; then `Lifecycle.ran`."""
        ...


class Lifecycle:
    """Opens and closes live queries. `position` is the offset up to which everything is folded in."""

    def __init__(
        self,
        store: Store,
        committer: Committer,
        jobs: Jobs,
        clock: Clock,
        epoch: str,
        limits: LiveLimits,
        keeper: Keeper | None = None,
    ) -> None:
        self.registry = Registry(limits)
        self.streams: dict[str, StreamStates] = {}
        self.catalog: Catalog = store.catalog()
        self.position = store.applied
        self._store = store
        self._committer = committer
        self._jobs = jobs
        self._clock = clock
        self._epoch = epoch
        self._limits = limits
        self._keeper = keeper or KeepsNothing()

    @property
    def keep_every(self) -> float:
        """Seconds between two results of one live query that are kept."""
        return self._limits.keep_every

    def begin(self, position: int) -> None:
        """The store holds everything up to `position`; follow from there."""
        self.position = position
        self.catalog = self._store.catalog()

    def start(self, entry: Entry) -> None:
        """Begin to keep an entry's result up to date; its states are shared or loaded."""
        plan = entry.prepared.plan
        if plan is None or not plan.live:
            entry.rerun = Rerun(self._limits)
            return
        try:
            states = self.stream_states(plan.stream)
        except NowboardError as error:
            self.fail(entry, error)
            return
        for need in needs_of(plan, self._clock.now()):
            shared, fresh = states.join(plan, need)
            entry.states.append(shared)
            if fresh:
                pending = self._committer.pending
                shared.hold([r for r in pending if isinstance(r.content, Events) and r.content.stream == plan.stream])
                self._jobs.load(plan, shared)
        self._open_if_ready(entry)

    def stream_states(self, stream: str) -> StreamStates:
        """The states over `stream`. Raises `NotFound`."""
        found = self.streams.get(stream)
        if found is None:
            known = self.catalog.streams.get(stream)
            if known is None:
                raise NotFound(f"There is no stream {stream!r}.")
            found = self.streams[stream] = StreamStates(self._store, known, self._limits, self.broken)
        return found

    def loaded(self, shared: SharedState, outcome: int | Exception) -> None:
        """A state's history up to the offset `outcome` is in, or could not be read."""
        if shared.users == 0 or shared.phase is not Phase.LOADING:
            return
        if isinstance(outcome, Exception):
            shared.fail(outcome)
            self.broken(shared, outcome)
            return
        self.stream_states(shared.grouping.stream).catch_up(shared, outcome)
        for entry in self._users(shared):
            self._open_if_ready(entry)

    def broken(self, shared: SharedState, error: Exception) -> None:
        """A state failed: its queries are loaded again after a pause, or re-run if it grew too large."""
        for entry in self._users(shared):
            if isinstance(error, Overgrown):
                self.stop(entry)
                entry.rerun = Rerun(self._limits)
            else:
                self.fail(entry, error)

    def fail(self, entry: Entry, error: Exception) -> None:
        """One query alone is in trouble. Who waits for its first result is told why; who watches sees it go stale."""
        level = logging.INFO if isinstance(error, NowboardError) else logging.ERROR
        _log.log(level, "Live query %s: %s", entry.channel, error, exc_info=level == logging.ERROR)
        self.stop(entry)
        told = error if isinstance(error, NowboardError) else Unavailable("This query failed.", code="query_failed")
        entry.refuse(told)
        if entry.shown is None:
            self.registry.drop(entry)
            return
        entry.go_stale(time.monotonic(), self._limits.reload_pause)

    def stop(self, entry: Entry) -> None:
        """Let go of whatever keeps an entry up to date; its last result stays."""
        if entry.live is not None:
            entry.shown = entry.live.last(self._clock.now())
            entry.live.close()
            entry.live = None
        entry.rerun = None
        for shared in entry.states:
            found = self.streams.get(shared.grouping.stream)
            if found is not None:
                found.leave(shared)
        entry.states = []

    def restart(self, entry: Entry) -> None:
        """Load an entry anew; what it shows stays until the new result is there."""
        self.stop(entry)
        entry.retry_at = None
        self.start(entry)

    def prepared(self, entry: Entry, outcome: Prepared | Exception) -> None:
        """An entry's ask was planned against a changed catalog."""
        if self.registry.get(entry.channel) is not entry:
            return
        entry.replanned()
        if isinstance(outcome, Exception):
            self.fail(entry, outcome)
            return
        same, entry.prepared = outcome.name == entry.prepared.name, outcome
        kept = entry.live is not None or entry.rerun is not None or entry.loading
        if not same or not kept:
            self.restart(entry)
        elif entry.rerun is not None:
            entry.rerun.outdated()

    def rerun(self, entry: Entry, rerun: Rerun) -> None:
        """Run an entry's ask once more, as soon as the store holds everything that is folded in."""
        rerun.start()
        stored: Future[None] = Future()
        stored.add_done_callback(lambda done: self._rerun(entry, rerun, done.exception()))
        self._committer.wait_for(self.position, stored)

    def ran(self, entry: Entry, outcome: Result | Exception, cost: float) -> None:
        """A re-run of `cost` seconds ended."""
        rerun = entry.rerun
        if rerun is None or self.registry.get(entry.channel) is not entry:
            return
        rerun.finish(time.monotonic(), cost)
        if isinstance(outcome, Exception):
            self.fail(entry, outcome)
            return
        rerun.next_change = _next_change(entry.prepared, outcome.as_of * 1000)
        result = msgspec.structs.replace(outcome, mode="requery")
        if not rerun.doubtful:
            self._keeper.keep(entry.channel, result)
        if entry.shown is None or _differs(entry.shown, result):
            entry.show(result)
        else:
            entry.shown = result
            entry.resolve(result)

    def keep(self, entry: Entry) -> None:
        """Keep the result of a query that is kept live."""
        if entry.live is not None and not entry.in_doubt:
            self._keeper.keep(entry.channel, entry.live.last(self._clock.now()))

    def _rerun(self, entry: Entry, rerun: Rerun, refusal: BaseException | None) -> None:
        if entry.rerun is not rerun:
            return
        if isinstance(refusal, Exception):
            self.ran(entry, refusal, 0.0)
        else:
            self._jobs.run(entry)

    def _open_if_ready(self, entry: Entry) -> None:
        plan = entry.prepared.plan
        ready = entry.states and all(shared.phase is Phase.READY for shared in entry.states)
        if plan is None or entry.live is not None or not ready:
            return
        needs = needs_of(plan, self._clock.now())
        if not all(shared.serves(need) for shared, need in zip(entry.states, needs, strict=True)):
            self.restart(entry)  # while one state was loaded, the clock moved the other one on
            return
        try:
            entry.live = self._open(plan, entry.states)
            entry.show(entry.live.open(self._clock.now(), self.position))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one query must not stop the others
            self.fail(entry, error)

    def _open(self, plan: Plan, states: list[SharedState]) -> LiveQuery:
        now = self._clock.now()
        finisher = Finisher(plan)
        main = Lens(plan, states[0], Span(plan.window, now))
        earlier = None if plan.compare is None else Lens(plan, states[-1], Span(plan.compare, now))
        return LiveQuery(plan, RowMaker(plan, finisher, main, earlier), main, earlier, self._epoch)

    def _users(self, shared: SharedState) -> Iterable[Entry]:
        return [entry for entry in self.registry if shared in entry.states]


def _differs(before: Result, after: Result) -> bool:
    same = before.rows == after.rows and before.window == after.window and before.columns == after.columns
    return not same or before.mode != after.mode


def _next_change(prepared: Prepared, now: Micros) -> Micros | None:
    """When the clock alone gives a query that is re-run another answer."""
    if prepared.sql is not None:
        return (now // SECOND + 1) * SECOND if prepared.sql.reads_clock else None
    plan = prepared.plan
    if plan is None:
        return None
    instants = [window.next_change(now) for window in (plan.window, plan.compare) if window is not None]
    end = plan.window.bounds(now).end
    if plan.buckets is not None and end is not None and now < end:
        instants.append(plan.buckets.after(now))
    return min((instant for instant in instants if instant is not None), default=None)
