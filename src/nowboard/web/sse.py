"""Server-sent events: the session's payloads as a stream of events."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from nowboard.hub.connection import Connection
from nowboard.hub.hub import Hub
from nowboard.model.wire import CloseCode
from nowboard.web.live_access import LiveAccess
from nowboard.web.live_queue import QueueSink
from nowboard.web.live_requests import last_event, subscribe_in

_CHUNK: Final = 64 * 1024
_COMMENT: Final = b": still here\n\n"
_HEADERS: Final = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",  # nginx would hold events back otherwise
}


async def open_stream(request: Request, hub: Hub, access: LiveAccess) -> Response:
    """`GET /api/v1/live/sse`. With `dashboard` or `query` in the URL the stream is subscribed at once."""
    principal = await access.principal(request.headers, request.url.query)
    wanted = subscribe_in(request.query_params)
    sink = QueueSink()
    connection = hub.connect(principal, sink, "sse", heartbeat=False)
    sink.attach(connection)
    if wanted is not None:
        hub.open_at(connection, wanted, last_event(request.headers))
    return EventStream(sink, connection, silence=hub.limits.heartbeat, stall=hub.limits.stall)


class EventStream(Response):
    """Streams a session until either side ends it. `silence` and `stall` are in seconds."""

    def __init__(self, sink: QueueSink, connection: Connection, *, silence: float, stall: float) -> None:
        super().__init__(headers=_HEADERS)
        del self.headers["content-length"]
        self._sink = sink
        self._connection = connection
        self._silence = silence
        self._stall = stall

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        stream = asyncio.ensure_future(self._stream(send))
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait({stream, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._connection.left()
            for task in (stream, gone):
                task.cancel()
            outcomes = await asyncio.gather(stream, gone, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome

    async def _stream(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        try:
            while not self._sink.ended:
                payloads = await self._sink.take(self._silence)
                data = b"".join(payload.event for payload in payloads) or _COMMENT
                for start in range(0, len(data), _CHUNK):
                    async with asyncio.timeout(self._stall):
                        await _write(send, data[start : start + _CHUNK])
        except TimeoutError:
            self._connection.end(CloseCode.SLOW, "the client does not read")
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._stall):
                rest = await self._sink.take(0)
                await _write(send, b"".join(payload.event for payload in rest), more=False)


async def _write(send: Send, data: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": more})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
