"""One request: a batch of lines to the server, and what came of it."""

from __future__ import annotations

import gzip
import json
import ssl
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import quote, urlsplit

from nowboard.client.outbox import Batch

RETRYABLE: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
WORTH_ZIPPING: Final = 2_048


@dataclass(frozen=True)
class Outcome:
    """What the server said. `retry` says that the same batch may succeed later, `after` when the server asks for it."""

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    retry: bool = False
    after: float | None = None
    problem: str | None = None


class Transport:
    """Posts batches over one connection that is kept open. Used by one thread."""

    def __init__(self, url: str, token: str, timeout: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is not the address of a server: it begins with http:// or https://")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._base = parts.path.rstrip("/")
        self._token = token
        self._timeout = timeout
        self._connection: HTTPConnection | None = None

    def send(self, batch: Batch) -> Outcome:
        """Deliver a batch. Never raises: trouble with the network is an outcome that may be retried."""
        body = b"\n".join(batch.lines)
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/x-ndjson",
            "Idempotency-Key": batch.key,
        }
        if len(body) > WORTH_ZIPPING:
            body = gzip.compress(body, compresslevel=1)
            headers["Content-Encoding"] = "gzip"
        path = f"{self._base}/api/v1/streams/{quote(batch.stream)}/events"
        reused = self._connection is not None
        outcome = self._post(path, body, headers)
        # a server closes connections that were idle; that says nothing about the next one
        return self._post(path, body, headers) if reused and self._connection is None else outcome

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> Outcome:
        try:
            connection = self._connection or self._connect()
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            data = response.read(1_000_000)
        except (OSError, HTTPException) as error:
            self.close()
            return Outcome(retry=True, problem=f"{self._host} does not answer: {str(error) or type(error).__name__}")
        return _outcome(response.status, response.headers.get("Retry-After"), data)

    def close(self) -> None:
        """Close the connection; the next batch opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> HTTPConnection:
        if self._secure:
            context = ssl.create_default_context()
            self._connection = HTTPSConnection(self._host, self._port, timeout=self._timeout, context=context)
        else:
            self._connection = HTTPConnection(self._host, self._port, timeout=self._timeout)
        return self._connection


def _outcome(status: int, retry_after: str | None, data: bytes) -> Outcome:
    body = _object(data)
    if status < 300:
        rejected = body.get("rejected") or []
        first = f"{len(rejected)} events rejected, first: {rejected[0].get('message')}" if rejected else None
        accepted, duplicates = int(body.get("accepted", 0)), int(body.get("duplicates", 0))
        return Outcome(accepted, duplicates, len(rejected), problem=first)
    after = float(retry_after) if retry_after and retry_after.isdigit() else None
    message = _object(body.get("error")).get("message") or "no reason given"
    return Outcome(retry=status in RETRYABLE, after=after, problem=f"status {status}: {message}")


def _object(data: object) -> dict[str, Any]:
    if isinstance(data, bytes):
        try:
            data = json.loads(data)
        except ValueError:
            return {}
    return data if isinstance(data, dict) else {}
