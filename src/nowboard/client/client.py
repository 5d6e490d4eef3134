"""The client: events in without waiting, batches out from a thread of its own."""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any, Self

from nowboard.client.encoding import encode
from nowboard.client.outbox import DEFAULTS, Batch, ClientLimits, ClientStats, Outbox
from nowboard.client.transport import Outcome, Transport

_log = logging.getLogger("nowboard.client")


class Client:
    """Sends events to a server. `track` costs a few microseconds, never blocks on the network and never raises.

    Each batch carries an idempotency key and is sent again until the server has it, so events arrive exactly once.
    What is dropped or fails is counted in `stats` and logged under `nowboard.client`. Safe from any thread; a process
    that forks gets a thread of its own in the child, with an empty queue.
    """

    def __init__(self, url: str, token: str, limits: ClientLimits = DEFAULTS) -> None:
        self._url, self._token, self._limits = url, token, limits
        self._counts: Counter[str] = Counter()
        self._begin()

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._given_up = threading.Event()
        self._outbox = Outbox(self._limits)
        self._transport = Transport(self._url, self._token, self._limits.timeout)
        self._thread: threading.Thread | None = None
        self._process = os.getpid()

    def track(self, stream: str, event: Mapping[str, Any]) -> bool:
        """Take an event; False when it is dropped: the queue is full, it is not JSON, or the client is closed."""
        try:
            line = encode(event)
        except (TypeError, ValueError, RecursionError) as error:
            return self._drop(f"an event of {stream} is no JSON: {error}")
        self._ensure_thread()
        if not self._outbox.put(stream, line):
            return self._drop("the queue is full or the client is closed")
        self._count("tracked")
        return True

    def flush(self, timeout: float | None = None) -> bool:
        """Send everything tracked so far now; False when it is not delivered within `timeout` (the close timeout)."""
        return self._outbox.flush(self._limits.close_timeout if timeout is None else timeout)

    def close(self, timeout: float | None = None) -> bool:
        """Flush, then stop. Idempotent. What is undelivered after `timeout` is given up."""
        self._outbox.end()
        delivered = self.flush(timeout)
        self._given_up.set()
        atexit.unregister(self.close)
        return delivered

    @property
    def stats(self) -> ClientStats:
        """Counts so far."""
        with self._lock:
            return ClientStats(**self._counts, waiting=self._outbox.waiting)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _ensure_thread(self) -> None:
        if self._thread is not None and self._process == os.getpid():
            return
        if self._process != os.getpid():
            self._begin()  # the parent's locks may be held by threads that do not exist here
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="nowboard-client", daemon=True)
                self._thread.start()
                atexit.register(self.close)

    def _run(self) -> None:
        while (batch := self._outbox.take()) is not None:
            self._deliver(batch)
            self._outbox.done(batch)
        self._transport.close()

    def _deliver(self, batch: Batch) -> None:
        started, pause = time.monotonic(), self._limits.first_retry
        while True:
            outcome = self._transport.send(batch)
            if not outcome.retry:
                self._settle(batch, outcome)
                return
            # full jitter: many clients of a server that comes back do not arrive together
            wait = max(outcome.after or 0.0, random.uniform(0, pause))  # noqa: S311 - not a secret
            if time.monotonic() - started > self._limits.patience or self._given_up.wait(wait):
                self._fail(batch, outcome)
                return
            pause = min(pause * 2, self._limits.last_retry)

    def _settle(self, batch: Batch, outcome: Outcome) -> None:
        if outcome.accepted + outcome.duplicates + outcome.rejected == 0:
            self._fail(batch, outcome)
            return
        self._count("sent", outcome.accepted)
        self._count("duplicates", outcome.duplicates)
        self._count("rejected", outcome.rejected)
        if outcome.problem:
            _log.warning("stream %s: %s", batch.stream, outcome.problem)

    def _fail(self, batch: Batch, outcome: Outcome) -> None:
        self._count("failed", len(batch.lines))
        _log.error("stream %s: %d events are lost: %s", batch.stream, len(batch.lines), outcome.problem)

    def _drop(self, reason: str) -> bool:
        self._count("dropped")
        with self._lock:
            dropped = self._counts["dropped"]
        if dropped & (dropped - 1) == 0:  # the 1st, 2nd, 4th, 8th: a flood of drops is no flood of log lines
            _log.warning("%d events dropped, last because %s", dropped, reason)
        return False

    def _count(self, name: str, by: int = 1) -> None:
        with self._lock:
            self._counts[name] += by


class AsyncClient:
    """The same for programs with an event loop: `track` is a plain call, waiting is awaited."""

    def __init__(self, url: str, token: str, limits: ClientLimits = DEFAULTS) -> None:
        self._client = Client(url, token, limits)

    def track(self, stream: str, event: Mapping[str, Any]) -> bool:
        """See `Client.track`."""
        return self._client.track(stream, event)

    async def flush(self, timeout: float | None = None) -> bool:  # noqa: ASYNC109 - the same meaning as in `Client`
        """See `Client.flush`."""
        return await asyncio.to_thread(self._client.flush, timeout)

    async def close(self, timeout: float | None = None) -> bool:  # noqa: ASYNC109 - the same meaning as in `Client`
        """See `Client.close`."""
        return await asyncio.to_thread(self._client.close, timeout)

    @property
    def stats(self) -> ClientStats:
        """Counts so far."""
        return self._client.stats

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()
