"""What live transports over HTTP read from a request."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Final, TypeVar

import msgspec
from starlette.requests import Request

from nowboard.errors import BadRequest, TooLarge
from nowboard.model.frames import Position
from nowboard.model.wire import Subscribe

T = TypeVar("T")

_JSON_MEMBERS: Final = ("query", "parameters", "filters", "window", "resume")
_TEXT_MEMBERS: Final = ("dashboard", "widget", "timezone")


def subscribe_in(parameters: Mapping[str, str]) -> Subscribe | None:
    """The subscription that a query string asks for, if it names a dashboard or a query. Raises `BadRequest`."""
    if "dashboard" not in parameters and "query" not in parameters:
        return None
    members: dict[str, Any] = {"id": parameters.get("id", "1")}
    members |= {name: parameters[name] for name in _TEXT_MEMBERS if name in parameters}
    try:
        members |= {name: msgspec.json.decode(parameters[name]) for name in _JSON_MEMBERS if name in parameters}
        if "draft" in parameters:
            members["draft"] = msgspec.json.decode(parameters["draft"])
        if "interval" in parameters:
            members["interval"] = int(parameters["interval"])
        return msgspec.convert(members | {"type": "subscribe"}, Subscribe)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BadRequest(f"The query string is not valid: {error}.") from error


def last_event(headers: Mapping[str, str]) -> Position | None:
    """The position in a `Last-Event-ID` header; None when there is none or it is not ours."""
    epoch, _, offset = headers.get("last-event-id", "").rpartition(":")
    return (epoch, int(offset)) if epoch and offset.isascii() and offset.isdigit() else None


async def limited_body(request: Request, limit: int) -> bytes:
    """The body. Raises `TooLarge` as soon as it is over `limit` bytes."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > limit:
            raise TooLarge(f"A message may have {limit} bytes.", detail={"limit": limit})
    return b"".join(parts)


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T | None:
    """What `work` comes to, or None as soon as the client is gone; the work is cancelled then."""
    task = asyncio.ensure_future(work)
    watch = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, watch}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for each in (task, watch):
            each.cancel()
        await asyncio.gather(task, watch, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
