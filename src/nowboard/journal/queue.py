"""What waits for the writer: a bounded queue of requests that are taken in groups."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Final, Generic, TypeVar

from nowboard.errors import NowboardError, Unavailable
from nowboard.journal.limits import JournalLimits
from nowboard.model.events import Ack, Definition, Events

RETRY_SECONDS: Final = 1.0
"""What callers are told to wait when the queue is full; the writer empties a full queue in about that time."""


T = TypeVar("T")


@dataclass(frozen=True)
class Waiter(Generic[T]):
    """Who waits for an answer on an event loop. The methods are called on that loop."""

    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[T]

    @classmethod
    def here(cls) -> Waiter[T]:
        """A waiter on the running loop."""
        loop = asyncio.get_running_loop()
        return cls(loop, loop.create_future())

    def resolve(self, value: T) -> None:
        """Answer, unless the caller went away."""
        if not self.future.done():
            self.future.set_result(value)

    def refuse(self, error: NowboardError) -> None:
        """Answer with an error, unless the caller went away."""
        if not self.future.done():
            self.future.set_exception(error)


@dataclass(frozen=True)
class Append:
    """Events to make durable."""

    events: Events
    waiter: Waiter[Ack]

    @property
    def rows(self) -> int:
        return self.events.batch.num_rows

    @property
    def size(self) -> int:
        # of whole buffers, so a slice counts for more than it is: `nbytes` takes forty times as long
        return self.events.batch.get_total_buffer_size()


@dataclass(frozen=True)
class Define:
    """Definitions to make durable."""

    definitions: Sequence[Definition]
    waiter: Waiter[int]

    @property
    def rows(self) -> int:
        return sum(each.rows.num_rows for each in self.definitions if each.rows is not None)

    @property
    def size(self) -> int:
        return sum(len(each.body) + (each.rows.nbytes if each.rows else 0) for each in self.definitions)


@dataclass(frozen=True)
class Task:
    """Housekeeping to run on the writer's thread, alone in its own transaction."""

    run: Callable[[], int]
    done: Future[int]
    rows: int = 0
    size: int = 0


Job = Append | Define | Task


class Replies:
    """Answers on their way to the event loops: one wake-up per loop and commit, however many wait."""

    def __init__(self) -> None:
        self._by_loop: dict[asyncio.AbstractEventLoop, list[Callable[[], None]]] = {}

    @classmethod
    def refuse(cls, group: Sequence[Job], error: NowboardError) -> None:
        """Answer everyone in `group` with `error`."""
        replies = cls()
        for job in group:
            if isinstance(job, Task):
                job.done.set_exception(error)
            else:
                replies.add(job.waiter.loop, partial(job.waiter.refuse, error))
        replies.send()

    def add(self, loop: asyncio.AbstractEventLoop, answer: Callable[[], None]) -> None:
        """Have `answer` called on `loop`."""
        self._by_loop.setdefault(loop, []).append(answer)

    def send(self) -> None:
        """Hand everything over."""
        for loop, answers in self._by_loop.items():
            # A closed loop has nobody left who could be told.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_deliver, answers)


def _deliver(answers: Sequence[Callable[[], None]]) -> None:
    for answer in answers:
        answer()


class JobQueue:
    """Bounded by rows and bytes. Any thread may put, one thread takes."""

    def __init__(self, limits: JournalLimits) -> None:
        self._limits = limits
        self._jobs: deque[tuple[Job, int, int]] = deque()
        self._ready = threading.Condition()
        self._rows = 0
        self._bytes = 0
        self._closed = False

    def put(self, job: Job) -> None:
        """Add a job. Raises `Unavailable` when the queue is full or closed; an empty queue takes any size."""
        rows, size = job.rows, job.size
        with self._ready:
            if self._closed:
                raise Unavailable("The journal is closed.", code="closed", retry_after=RETRY_SECONDS)
            full = self._rows + rows > self._limits.queue_rows or self._bytes + size > self._limits.queue_bytes
            if self._jobs and full and not isinstance(job, Task):
                raise Unavailable("Too many events wait to be written.", code="overloaded", retry_after=RETRY_SECONDS)
            self._jobs.append((job, rows, size))
            self._rows += rows
            self._bytes += size
            self._ready.notify()

    def take(self) -> list[Job]:
        """Wait for work; what fits into one transaction, or one task alone. Empty when closed and drained."""
        with self._ready:
            while not self._jobs and not self._closed:
                self._ready.wait()
            group: list[Job] = []
            taken_rows = taken_bytes = 0
            while self._jobs:
                job, rows, size = self._jobs[0]
                taken_rows += rows
                taken_bytes += size
                over = taken_rows > self._limits.commit_rows or taken_bytes > self._limits.commit_bytes
                if group and (over or isinstance(job, Task)):
                    break
                self._jobs.popleft()
                self._rows -= rows
                self._bytes -= size
                group.append(job)
                if isinstance(job, Task):
                    break
            return group

    def close(self) -> None:
        """Take no more; what waits is still handed out."""
        with self._ready:
            self._closed = True
            self._ready.notify()
