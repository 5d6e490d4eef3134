"""uvicorn with a good-bye: viewers are told before the server waits for its connections to end."""

from __future__ import annotations

import socket

import uvicorn

from nowboard.hub.hub import Hub


class LiveServer(uvicorn.Server):
    """Ends every live session with 1012 when it shuts down; an event stream would keep the server waiting otherwise."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See `uvicorn.Server.shutdown`."""
        self._hub.disconnect_all()
        await super().shutdown(sockets)
