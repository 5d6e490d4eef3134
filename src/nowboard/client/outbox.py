"""What waits to be sent: bounded by number and bytes, cut into batches per stream."""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class ClientLimits:
    """Bounds of a client; times in seconds.

    A batch leaves when it has `batch_events` or `batch_bytes`, or `linger` after its first event. When `queue_events`
    or `queue_bytes` wait, new events are dropped and counted: the host's memory is worth more. A batch that could not
    be delivered for `patience` is given up. `close_timeout` is what `flush` and `close` wait, and so does a program
    that ends.
    """

    batch_events: int = 500
    batch_bytes: int = 512 * 1024
    queue_events: int = 10_000
    queue_bytes: int = 16 * 1024 * 1024
    linger: float = 0.5
    timeout: float = 10.0
    first_retry: float = 0.5
    last_retry: float = 30.0
    patience: float = 600.0
    close_timeout: float = 5.0


DEFAULTS: Final = ClientLimits()


@dataclass(frozen=True)
class ClientStats:
    """Counts since the client was made. `dropped` never left (full queue or no JSON); `failed` left in vain."""

    tracked: int = 0
    sent: int = 0
    duplicates: int = 0
    rejected: int = 0
    dropped: int = 0
    failed: int = 0
    waiting: int = 0


@dataclass
class Batch:
    """Events of one stream that are sent together. The `key` makes sending again harmless."""

    stream: str
    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    born: float = 0.0
    key: str = field(default_factory=lambda: uuid.uuid4().hex)


class Outbox:
    """Batches, first ready first out, for one sender. Safe from any thread."""

    def __init__(self, limits: ClientLimits) -> None:
        self._limits = limits
        self._open: dict[str, Batch] = {}
        self._ready: deque[Batch] = deque()
        self._events = 0
        self._bytes = 0
        self._closed_batches = 0
        self._done_batches = 0
        self._ended = False
        self._changed = threading.Condition()

    def put(self, stream: str, line: bytes) -> bool:
        """Add an event; False when there is no room. Never waits for anything but the lock."""
        with self._changed:
            if self._ended or self._events >= self._limits.queue_events:
                return False
            if self._bytes + len(line) > self._limits.queue_bytes:
                return False
            batch = self._open.get(stream)
            if batch is None:
                batch = self._open[stream] = Batch(stream, born=time.monotonic())
                self._changed.notify_all()
            batch.lines.append(line)
            batch.size += len(line)
            self._events += 1
            self._bytes += len(line)
            if len(batch.lines) >= self._limits.batch_events or batch.size >= self._limits.batch_bytes:
                self._close(stream)
            return True

    def take(self) -> Batch | None:
        """Wait for the next batch that is due; None when the outbox has ended and is empty."""
        with self._changed:
            while True:
                now = time.monotonic()
                for stream, batch in list(self._open.items()):
                    if now - batch.born >= self._limits.linger:
                        self._close(stream)
                if self._ready:
                    return self._ready.popleft()
                if self._ended:
                    return None
                due = min((batch.born + self._limits.linger for batch in self._open.values()), default=None)
                self._changed.wait(None if due is None else max(0.0, due - now))

    def done(self, batch: Batch) -> None:
        """`batch` is delivered or given up."""
        with self._changed:
            self._done_batches += 1
            self._events -= len(batch.lines)
            self._bytes -= batch.size
            self._changed.notify_all()

    def flush(self, timeout: float) -> bool:
        """Let what is here linger no longer, and wait until it is done; False when that takes longer than `timeout`."""
        with self._changed:
            self._close_all()
            mine = self._closed_batches
            return self._changed.wait_for(lambda: self._done_batches >= mine, timeout)

    def end(self) -> None:
        """Take nothing more; what is here is still handed out."""
        with self._changed:
            self._ended = True
            self._close_all()
            self._changed.notify_all()

    @property
    def waiting(self) -> int:
        """Events that are not done."""
        with self._changed:
            return self._events

    def _close_all(self) -> None:
        for stream in list(self._open):
            self._close(stream)

    def _close(self, stream: str) -> None:
        self._ready.append(self._open.pop(stream))
        self._closed_batches += 1
        self._changed.notify_all()
