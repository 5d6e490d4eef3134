"""uvicorn with a good-bye: viewers are told before the server waits for its connections to end."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Final

import uvicorn

from nowboard.hub.hub import Hub

_TICKS_PER_SECOND: Final = 10
"""uvicorn counts tenths of seconds, and writes the Date header anew at every tenth of them."""


class LiveServer(uvicorn.Server):
    """Ends every live session with 1012 when it shuts down; an event stream would keep the server waiting otherwise.

    It wakes up once a second and when it is told to exit, where uvicorn looks ten times a second whether it is.
    """

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        self._exit = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = asyncio.Event()
        super().__init__(config)
        self._hub = hub

    @property
    def should_exit(self) -> bool:
        """Whether the server has been told to exit. Any thread, and a signal handler, may say so."""
        return self._exit

    @should_exit.setter
    def should_exit(self, told: bool) -> None:
        self._exit = told
        if told and self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and with it the server
                self._loop.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        """See `uvicorn.Server.main_loop`."""
        self._loop = asyncio.get_running_loop()
        counter = 0
        while not await self.on_tick(counter):
            counter = (counter + _TICKS_PER_SECOND) % 864_000
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._told.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See `uvicorn.Server.shutdown`."""
        self._hub.disconnect_all()
        await super().shutdown(sockets)
