"""A channel: what is asked, who watches, and what they were shown last."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future
from functools import reduce
from typing import Final

import msgspec

from nowboard.clock import Micros
from nowboard.live.query import LiveQuery
from nowboard.live.rerun import Rerun
from nowboard.live.shared import Phase, SharedState
from nowboard.model.engine import Watch
from nowboard.model.frames import Change, Result
from nowboard.model.keeping import PROMPT, Pace
from nowboard.query.canonical import Prepared

_LONGEST_PAUSE: Final = 60.0
"""A query that keeps failing is tried again at least this often, in seconds."""


class Entry:
    """One channel; touched by the applier's thread only.

    `announced` is set when the first watcher has its result in hand: updates published before could reach the hub while
    it does not know the channel yet. `live` or `rerun` says how the result is kept up to date;
    with neither, it is being loaded or has failed. `outbox` is a whole result to publish. `ingested_at` is when the
    oldest event that is not published yet was received. `pace` is what satisfies every watcher; without one, what
    satisfied the last ones. `kept_at` is when its live result was kept last, in seconds of a monotonic clock.
    """

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.channel = prepared.name
        self.watchers = 0
        self.announced = False
        self.pace = PROMPT
        self.kept_at = float("-inf")
        self._joins: list[tuple[Future[Watch], Pace]] = []
        self._paces: Counter[Pace] = Counter()
        self.states: list[SharedState] = []
        self.live: LiveQuery | None = None
        self.rerun: Rerun | None = None
        self.shown: Result | None = None
        self.outbox: Result | None = None
        self.ingested_at: Micros | None = None
        self.left_at: float | None = None
        self.retry_at: float | None = None
        self._pause = 0.0
        self._replanning = 0

    @property
    def in_doubt(self) -> bool:
        """Whether definitions changed and it is not known yet what that means for this query."""
        return self._replanning > 0

    def replan(self) -> None:
        """It is being planned against a changed catalog."""
        self._replanning += 1

    def replanned(self) -> None:
        """That is done."""
        self._replanning -= 1

    @property
    def loading(self) -> bool:
        """Whether its states are on their way."""
        return self.live is None and any(state.phase is Phase.LOADING for state in self.states)

    @property
    def joining(self) -> bool:
        """Whether somebody waits for the first result."""
        return bool(self._joins)

    def join(self, done: Future[Watch], pace: Pace) -> None:
        """Somebody wants to watch at a pace."""
        self.left_at = None
        self._joins.append((done, pace))
        self._settle_pace()

    def leave(self, pace: Pace) -> None:
        """One watcher less, of those at a pace."""
        self.watchers -= 1
        self._paces[pace] -= 1
        self._settle_pace()

    def resolve(self, result: Result) -> None:
        """Give everyone who waits the result; who went away in the meantime does not count as a watcher."""
        joins, self._joins = self._joins, []
        watch = Watch(self.channel, result)
        for done, pace in joins:
            if done.set_running_or_notify_cancel():
                self.watchers += 1
                self._paces[pace] += 1
                done.set_result(watch)
        self._settle_pace()

    def refuse(self, error: Exception) -> None:
        """Tell everyone who waits that there will be no result."""
        joins, self._joins = self._joins, []
        for done, _ in joins:
            if done.set_running_or_notify_cancel():
                done.set_exception(error)

    def recall(self, result: Result) -> None:
        """Begin with a result that was kept; whoever joins gets it at once, as stale."""
        self.shown = msgspec.structs.replace(result, mode="stale")

    def show(self, result: Result) -> None:
        """A first or a new whole result: for those who wait, and for those who watch already."""
        if self.shown is not None:
            self.outbox = result
        self.shown = result
        self.retry_at, self._pause = None, 0.0
        self.resolve(result)

    def go_stale(self, monotonic: float, pause: float) -> None:
        """The result can not be kept up to date for now: say so, and when to try again."""
        if self.shown is not None and self.shown.mode != "stale":
            self.shown = self.outbox = msgspec.structs.replace(self.shown, mode="stale")
        self._pause = min(_LONGEST_PAUSE, max(pause, self._pause * 2))
        self.retry_at = monotonic + self._pause

    def take(self, now: Micros, position: int) -> Result | Change | None:
        """What to publish now."""
        if self.outbox is not None:
            whole, self.outbox = self.outbox, None
            return whole
        return None if self.live is None else self.live.update(now, position)

    def _settle_pace(self) -> None:
        self._paces = +self._paces
        wanted = [*self._paces, *(pace for _, pace in self._joins)]
        if wanted:
            self.pace = reduce(Pace.joined, wanted)
