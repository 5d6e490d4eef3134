"""Live queries follow the journal and the clock. Every method runs on the applier's thread."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from nowboard.clock import Clock, Micros
from nowboard.errors import NowboardError
from nowboard.live.changes import Redefined
from nowboard.live.entry import Entry
from nowboard.live.lifecycle import Jobs, Lifecycle
from nowboard.model.engine import Watch
from nowboard.model.events import Events, Record
from nowboard.model.frames import Result, Update
from nowboard.model.keeping import PROMPT, Pace
from nowboard.model.streams import Catalog
from nowboard.query.canonical import Prepared


@dataclass(frozen=True)
class Question:
    """Somebody wants the result on `channel` once `offset` is folded in."""

    channel: str
    offset: int
    done: Future[Result | None]


class Core:
    """Joins and leaves, batches, definitions and ticks."""

    def __init__(self, lifecycle: Lifecycle, jobs: Jobs, clock: Clock) -> None:
        self.life = lifecycle
        self._jobs = jobs
        self._clock = clock
        self._queued: list[Update] = []
        self._questions: list[Question] = []
        self._now = clock.now()
        self._moved = False

    @property
    def computations(self) -> int:
        """Group-bys done since the start. For any thread, so of a copy."""
        return sum(states.computations for states in list(self.life.streams.values()))

    def join(self, prepared: Prepared, done: Future[Watch], pace: Pace = PROMPT, kept: Result | None = None) -> None:
        """Answer with the result of a live query, now or when it is loaded. Starts it if nobody watched it before.

        A result `kept` from before is shown, as stale, until there is a new one.
        """
        entry = self.life.registry.get(prepared.name)
        if entry is None:
            try:
                entry = self.life.registry.open(prepared)
            except NowboardError as error:
                done.set_exception(error)
                return
            entry.join(done, pace)
            if kept is not None:
                entry.recall(kept)
                entry.resolve(entry.shown or kept)
            self.life.start(entry)
            return
        entry.join(done, pace)
        result = self._kept(entry) or entry.shown
        if result is not None:
            entry.resolve(result)

    def answer(self, question: Question) -> None:
        """Answer with the result of a live query as soon as everything up to an offset is folded in."""
        self._questions.append(question)
        self.answer_ready()

    def answer_ready(self) -> None:
        """Answer the questions whose offset has come; None where the live query has gone or failed."""
        ready = [each for each in self._questions if each.offset <= self.life.position]
        if ready:
            self._questions = [each for each in self._questions if each.offset > self.life.position]
        for each in ready:
            entry = self.life.registry.get(each.channel)
            if entry is not None and entry.announced:
                self._update(entry)
            if each.done.set_running_or_notify_cancel():
                each.done.set_result(None if entry is None or entry.in_doubt else self._kept(entry))

    @property
    def asked(self) -> bool:
        """Whether a question waits for its offset."""
        return bool(self._questions)

    def announce(self, channel: str) -> None:
        """The first watcher has its result in hand: what changed since may be published."""
        entry = self.life.registry.get(channel)
        if entry is not None and not entry.announced:
            entry.announced = True
            self._moved = True

    def leave(self, channel: str, pace: Pace = PROMPT) -> None:
        """One watcher less, of those at `pace`."""
        self.life.registry.leave(channel, self._clock.monotonic(), pace)

    def refresh(self, channel: str) -> None:
        """A viewer wants a query that is re-run to be run now. What is kept live is up to date."""
        entry = self.life.registry.get(channel)
        if entry is not None and entry.rerun is not None:
            entry.rerun.hurry(time.monotonic())

    def apply(self, records: Sequence[Record]) -> None:
        """Fold events in. They may be of several streams and hold no definitions."""
        by_stream: dict[str, list[Record]] = {}
        oldest: dict[str, Micros] = {}
        for record in records:
            if isinstance(record.content, Events) and record.content.batch.num_rows:
                stream, received = record.content.stream, record.content.received_at
                by_stream.setdefault(stream, []).append(record)
                oldest[stream] = min(received, oldest.get(stream, received))
        for stream, events in by_stream.items():
            states = self.life.streams.get(stream)
            if states is not None:
                states.apply(events)
        for entry in self.life.registry:
            received_at = min((oldest[stream] for stream in entry.prepared.streams if stream in oldest), default=None)
            if received_at is not None:
                entry.ingested_at = min(received_at, entry.ingested_at or received_at)
                if entry.rerun is not None:
                    entry.rerun.moved = True
        self.life.position = records[-1].offset
        self._moved = True
        self.answer_ready()

    def redefine(self, catalog: Catalog, redefined: Redefined, position: int) -> None:
        """Definitions were applied to the store: whoever reads them starts anew."""
        self.life.catalog = catalog
        self.life.position = position
        self.answer_ready()
        for name, states in self.life.streams.items():
            stream = catalog.streams.get(name)
            if stream is not None:
                states.redefine(stream)
        for entry in self.life.registry:
            touched = redefined.touches(entry.prepared)
            if touched and redefined.changes_rows(entry.prepared):
                self.life.stop(entry)
            if touched:
                entry.replan()
                self._jobs.prepare(entry)

    def expired(self, stream: str, before: Micros) -> None:
        """Events of `stream` before an instant are gone from the store."""
        for entry in self.life.registry:
            if stream not in entry.prepared.streams:
                continue
            if entry.rerun is not None:
                entry.rerun.moved = True
            elif any(shared.reaches(before) for shared in entry.states):
                self.life.restart(entry)

    def erased(self, stream: str) -> None:
        """Rows of `stream` are gone from the store, wherever they were: whoever reads it starts anew."""
        for entry in self.life.registry:
            if stream not in entry.prepared.streams:
                continue
            if entry.rerun is not None:
                entry.rerun.outdated()
            else:
                self.life.restart(entry)

    def tick(self) -> list[Update]:
        """What to publish, one update per channel at most beside those that a question brought forward."""
        now, monotonic = self.now(), time.monotonic()
        for entry in self.life.registry.forgotten(self._clock.monotonic()):
            self.life.stop(entry)
        for entry in self.life.registry:
            if entry.retry_at is not None and monotonic >= entry.retry_at:
                self.life.restart(entry)
            if entry.rerun is not None and entry.rerun.due(monotonic, now, entry.pace.every):
                self.life.rerun(entry, entry.rerun)
            if entry.announced:
                self._update(entry)
            if entry.live is not None and entry.pace.keep and monotonic - entry.kept_at >= self.life.keep_every:
                entry.kept_at = monotonic
                self.life.keep(entry)
        self._moved = False
        updates, self._queued = self._queued, []
        return updates

    def keep(self) -> None:
        """Keep what should be there after a restart, as it is now."""
        for entry in self.life.registry:
            if entry.live is not None and entry.pace.keep:
                self.life.keep(entry)

    def now(self) -> Micros:
        """The instant of this tick; it never goes back, since windows do not."""
        self._now = max(self._now, self._clock.now())
        return self._now

    def due(self) -> bool:
        """Whether a tick has anything to do."""
        return self.pause() <= 0

    def pause(self) -> float:
        """Seconds until a tick has something to do: none after events, else when the clock says; it may be infinite."""
        if self._moved or self._queued:
            return 0.0
        now, monotonic = self.now(), time.monotonic()
        clock = min((_pause(entry, now, monotonic) for entry in self.life.registry), default=float("inf"))
        return min(clock, self.life.registry.pause(self._clock.monotonic()))

    def _update(self, entry: Entry) -> None:
        try:
            content = entry.take(self.now(), self.life.position)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one query must not stop the others
            self.life.fail(entry, error)
            return
        ingested_at, entry.ingested_at = entry.ingested_at, None
        if content is not None:
            self._queued.append(Update(entry.channel, content, ingested_at))

    def _kept(self, entry: Entry) -> Result | None:
        """The result of a query that is kept up to date, else None."""
        return None if entry.live is None else entry.live.result(self.now(), self.life.position)


def _pause(entry: Entry, now: Micros, monotonic: float) -> float:
    pauses = [float("inf")]
    if entry.outbox is not None and entry.announced:
        return 0.0
    if entry.retry_at is not None:
        pauses.append(entry.retry_at - monotonic)
    if entry.rerun is not None:
        pauses.append(entry.rerun.pause(monotonic, now, entry.pace.every))
    if entry.live is not None and entry.announced and entry.live.next_change is not None:
        pauses.append((entry.live.next_change - now) / 1_000_000)
    return min(pauses)
