"""Long poll: each request takes what the session has, or waits for it."""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from nowboard.errors import NotFound
from nowboard.hub.hub import Hub
from nowboard.hub.payload import Payload
from nowboard.web.live_access import LiveAccess
from nowboard.web.live_queue import QueueSink
from nowboard.web.live_requests import last_event, subscribe_in, unless_gone

WAIT: Final = 25.0
"""Seconds that a poll waits at most; proxies commonly cut at 30 or 60."""


class PollSink(QueueSink):
    """Takes updates only while somebody polls: between two polls a session costs no queue, it only falls behind."""

    __slots__ = ("_expiry", "_polls")

    def __init__(self) -> None:
        super().__init__()
        self._expiry: asyncio.TimerHandle | None = None
        self._polls = 0

    def close(self, code: int, reason: str) -> None:
        self.expire_after(None)
        super().close(code, reason)

    def expire_after(self, seconds: float | None) -> None:
        """End the session after so many seconds without a poll; None calls it off."""
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
        if seconds is not None and self.connection is not None:
            self._expiry = asyncio.get_running_loop().call_later(seconds, self.connection.left)

    async def poll(self, wait: float, expiry: float) -> list[Payload]:
        """What there is, waiting up to `wait` seconds. A newer poll ends an older one, which then gets nothing."""
        self._polls += 1
        turn = self._polls
        self.expire_after(None)
        self._ready.set()  # whoever waits from an older poll looks up and finds that it is not its turn
        await asyncio.sleep(0)
        self._ready.clear()
        try:
            return await self.take(wait) if turn == self._polls else []
        finally:
            if turn == self._polls and not self.ended:
                self.pause()
                self.expire_after(expiry)


async def open_or_wait(request: Request, hub: Hub, access: LiveAccess) -> Response:
    """`GET /api/v1/live/poll`. Without `session` a session is opened; it may be subscribed at once as with events."""
    principal = await access.principal(request.headers, request.url.query)
    session_id = request.query_params.get("session")
    if session_id is None:
        wanted = subscribe_in(request.query_params)
        sink = PollSink()
        connection = hub.connect(principal, sink, "poll", heartbeat=False)
        sink.attach(connection)
        if wanted is not None:
            hub.open_at(connection, wanted, last_event(request.headers))
        wait = 0.0
    else:
        found = hub.find(session_id, principal)
        if found is None or not isinstance(found.sink, PollSink):
            raise NotFound("There is no such live session; open a new one.", code="unknown_session")
        sink, wait = found.sink, WAIT
    payloads = await unless_gone(request, sink.poll(wait, hub.limits.poll_expiry))
    messages = [msgspec.Raw(message) for payload in payloads or () for message in payload.messages]
    body = msgspec.json.encode(messages)
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})
