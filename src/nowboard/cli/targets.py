"""Where commands send events: a stopped data folder, opened in this process, or a running server over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import quote

import httpx
import msgspec

from nowboard.app import App, build
from nowboard.cli.memory import keep_memory_low
from nowboard.cli.options import settings_for
from nowboard.errors import BadRequest, Forbidden, NotFound, Unauthenticated, Unavailable
from nowboard.ingest.bodies import format_of
from nowboard.ingest.pipeline import Passage
from nowboard.model.events import Ack
from nowboard.model.fields import FieldType
from nowboard.model.principals import SYSTEM
from nowboard.packs.connection import API, answered_error
from nowboard.packs.definitions import read_stream
from nowboard.sources.files.sending import Place

TIMEOUT: Final = 60.0
"""Seconds for one answer."""


class EventTarget(Protocol):
    """Takes events, and says what its streams are."""

    async def post(self, stream: str, body: bytes, form: str, key: str | None) -> Ack:
        """See `nowboard.sources.files.sending.Target`."""
        ...

    async def fields(self, stream: str) -> tuple[str | None, Mapping[str, FieldType]]:
        """The event time and the types of a stream's fields; None and nothing when it cannot be seen."""
        ...

    async def place(self) -> Place:
        """Where the journal stands now."""
        ...


@asynccontextmanager
async def open_target(data: Path | None, url: str, token: str) -> AsyncIterator[EventTarget]:
    """The data folder if one is given, else the server at `url`. Raises `Unavailable` when a server uses the folder."""
    if data is not None:
        keep_memory_low()
        app = build(settings_for(data=data))
        await app.start()
        try:
            yield LocalTarget(app)
        finally:
            await app.stop()
        return
    if not token:
        message = "Give --data for a stopped server, or an API token for a running one: --token, or NOWBOARD_TOKEN."
        raise Unauthenticated(message)
    async with open_server(url, token) as target:
        yield target


@asynccontextmanager
async def open_server(url: str, token: str) -> AsyncIterator[RemoteTarget]:
    """The running server at `url`. Raises `Unauthenticated` without a token, `BadRequest` for what is no address."""
    if not token:
        raise Unauthenticated("Give an API token: --token, or NOWBOARD_TOKEN. `nowboard token create` makes one.")
    if not url.startswith(("http://", "https://")):
        raise BadRequest(f"{url!r} is not the address of a server: it begins with http:// or https://.")
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=TIMEOUT, trust_env=False) as client:
        yield RemoteTarget(client)


class LocalTarget:
    """A started app: the same steps as over HTTP, without the network. Acts as the system."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def post(self, stream: str, body: bytes, form: str, key: str | None) -> Ack:
        """See `EventTarget`."""
        return await self._app.ingest.post(Passage(SYSTEM, stream, format_of(form), _once(body), idempotency_key=key))

    async def fields(self, stream: str) -> tuple[str | None, Mapping[str, FieldType]]:
        """See `EventTarget`."""
        found = self._app.engine.catalog.streams.get(stream)
        return (None, {}) if found is None else (found.time, {field.name: field.type for field in found.fields})

    async def place(self) -> Place:
        """See `EventTarget`."""
        status = self._app.engine.status()
        return Place(status.epoch, status.durable)


class RemoteTarget:
    """A running server. `client` knows its address and carries the token."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def post(self, stream: str, body: bytes, form: str, key: str | None) -> Ack:
        """See `EventTarget`."""
        headers = {"Content-Type": form, **({} if key is None else {"Idempotency-Key": key})}
        response = await self._ask("POST", f"{API}/streams/{quote(stream)}/events", content=body, headers=headers)
        return msgspec.json.decode(response.content, type=Ack)

    async def fields(self, stream: str) -> tuple[str | None, Mapping[str, FieldType]]:
        """See `EventTarget`."""
        try:
            response = await self._ask("GET", f"{API}/streams/{quote(stream)}")
        except (NotFound, Forbidden):
            return None, {}
        data: dict[str, Any] = msgspec.json.decode(response.content)
        for extra in ("name", "rows", "newest"):
            data.pop(extra, None)
        found = read_stream(stream, data, [])
        return (None, {}) if found is None else (found.time, {field.name: field.type for field in found.fields})

    async def place(self) -> Place:
        """See `EventTarget`."""
        response = await self._ask("GET", "/health/ready", refused=False)
        data = msgspec.json.decode(response.content)
        return Place(str(data.get("epoch", "")), int(data.get("durable", 0)))

    async def query(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """One answer of the server's `/query`."""
        response = await self._ask("POST", f"{API}/query", json=body)
        answer: dict[str, Any] = msgspec.json.decode(response.content)
        return answer

    async def _ask(self, method: str, path: str, *, refused: bool = True, **given: Any) -> httpx.Response:
        try:
            response = await self._client.request(method, path, **given)
        except httpx.TransportError as error:
            message = f"{self._client.base_url} does not answer: {str(error) or type(error).__name__}."
            raise Unavailable(message) from error
        if response.is_error and refused:
            after = response.headers.get("Retry-After", "")
            raise answered_error(response.status_code, response.content, float(after) if after.isdigit() else None)
        return response


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body
