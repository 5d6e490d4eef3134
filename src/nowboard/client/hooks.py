"""`track` without a client in hand: one for the whole process, from the environment or from `configure`."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping
from typing import Any

from nowboard.client.client import Client
from nowboard.client.outbox import DEFAULTS, ClientLimits

_log = logging.getLogger("nowboard.client")


class _Default:
    """Holds the process's client; made on first use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._warned = False

    def replace(self, client: Client) -> None:
        with self._lock:
            before, self._client = self._client, client
        if before is not None:
            before.close()

    def get(self) -> Client | None:
        with self._lock:
            if self._client is None:
                self._client = self._from_environment()
            return self._client

    def _from_environment(self) -> Client | None:
        url, token = os.environ.get("NOWBOARD_URL"), os.environ.get("NOWBOARD_TOKEN")
        if url and token:
            return Client(url, token)
        if not self._warned:
            self._warned = True
            _log.warning("events are dropped: set NOWBOARD_URL and NOWBOARD_TOKEN, or call nowboard.client.configure")
        return None


_default = _Default()


def configure(url: str, token: str, limits: ClientLimits = DEFAULTS) -> Client:
    """Send `track`'s events to the server at `url` from now on. Raises `ValueError` when `url` is no address."""
    client = Client(url, token, limits)
    _default.replace(client)
    return client


def track(stream: str, event: Mapping[str, Any]) -> bool:
    """Send an event, soon. Never blocks and never raises; False when it is dropped."""
    client = _default.get()
    return client is not None and client.track(stream, event)


def flush(timeout: float | None = None) -> bool:
    """Send everything now; False when it is not delivered in time. True when there is nothing to send."""
    client = _default.get()
    return client is None or client.flush(timeout)
