"""Requests to a server's API. Only the standard library: a command line that applies packs needs nothing else."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import quote, urlsplit

import msgspec

from nowboard.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    LimitExceeded,
    NotFound,
    NowboardError,
    PreconditionFailed,
    PreconditionRequired,
    TooLarge,
    Unauthenticated,
    Unavailable,
    Unprocessable,
)

API: Final = "/api/v1"
_BY_STATUS: Final[dict[int, type[NowboardError]]] = {
    error.status: error
    for error in (
        BadRequest, Unauthenticated, Forbidden, NotFound, Conflict, PreconditionFailed, PreconditionRequired, TooLarge,
        Unprocessable, LimitExceeded, Unavailable,
    )
}  # fmt: skip


@dataclass(frozen=True)
class RemoteLimits:
    """`timeout` is in seconds, for connecting and for each answer; `answer_bytes` caps what is read of one."""

    timeout: float = 60.0
    answer_bytes: int = 256 * 1024 * 1024


LIMITS: Final = RemoteLimits()


class Api:
    """The API of the server at `url`. Every method raises the error that it answered, or `Unavailable` without one."""

    def __init__(self, url: str, token: str, limits: RemoteLimits) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadRequest(f"{url!r} is not the address of a server: it begins with http:// or https://.")
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port
        self._base = parts.path.rstrip("/") + API
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._limits = limits

    async def pages(self, path: str) -> AsyncIterator[dict[str, Any]]:
        """Every item of a list, page by page."""
        after = ""
        while True:
            page = await self.call("GET", f"{path}{after}")
            for item in page["items"]:
                yield item
            if page.get("next") is None:
                return
            after = f"?after={quote(page['next'])}"

    async def etag(self, path: str) -> str | None:
        """The ETag of what is there, None where nothing is."""
        try:
            _, headers = await asyncio.to_thread(self._exchange, "GET", path, None, {})
        except NotFound:
            return None
        return headers.get("etag")

    async def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """The answer of one request, as data."""
        data, _ = await asyncio.to_thread(self._exchange, method, path, body, headers or {})
        return data

    def _exchange(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> tuple[Any, dict[str, str]]:
        connection = self._connection()
        try:
            kind = {} if body is None else {"Content-Type": "application/json"}
            content = None if body is None else msgspec.json.encode(body)
            connection.request(method, self._base + path, content, {**self._headers, **kind, **headers})
            response = connection.getresponse()
            data = response.read(self._limits.answer_bytes)
        except (OSError, HTTPException) as error:
            where = f"{self._host}:{connection.port}"
            raise Unavailable(f"{where} does not answer: {str(error) or type(error).__name__}.") from error
        finally:
            connection.close()
        if response.status >= 400:
            raise answered_error(response.status, data)
        said = {name.lower(): value for name, value in response.getheaders()}
        return (msgspec.json.decode(data) if data else None), said

    def _connection(self) -> HTTPConnection:
        if not self._secure:
            return HTTPConnection(self._host, self._port, timeout=self._limits.timeout)
        context = ssl.create_default_context()
        return HTTPSConnection(self._host, self._port, timeout=self._limits.timeout, context=context)


def answered_error(status: int, data: bytes, retry_after: float | None = None) -> NowboardError:
    """The error that the server answered. `retry_after` is in seconds."""
    kind = _BY_STATUS.get(status, NowboardError)
    try:
        error = msgspec.json.decode(data)["error"]
        return kind(error["message"], code=error["code"], detail=error.get("detail"), retry_after=retry_after)
    except (msgspec.DecodeError, KeyError, TypeError):
        return kind(f"The server answered with status {status}.", retry_after=retry_after)
