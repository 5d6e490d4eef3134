"""A TCP proxy between browser and server that can be cut, or refuse one transport, as networks do."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import Self


class Proxy:
    """Forwards to `upstream` on a port of its own until the block ends.

    `cut()` drops every connection and refuses new ones until `mend()`. `refuse_websocket` and `refuse_sse` answer such
    requests with 501, as a middlebox that does not know them.
    """

    def __init__(self, upstream: int) -> None:
        self.upstream = upstream
        self.port = 0
        self.down = False
        self.refuse_websocket = False
        self.refuse_sse = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait(5)
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._close_all)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Drop everything; nothing comes through any more."""
        self.down = True
        self._loop.call_soon_threadsafe(self._close_all)

    def mend(self) -> None:
        """Let connections through again."""
        self.down = False

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        self._loop.run_forever()
        server.close()
        pending = asyncio.all_tasks(self._loop)
        for task in pending:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))

    def _close_all(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    def _refused(self, head: bytes) -> bool:
        lowered = head.lower()
        websocket = self.refuse_websocket and b"upgrade: websocket" in lowered
        return websocket or (self.refuse_sse and b"/live/sse" in lowered.split(b"\r\n", 1)[0])

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            if not self.down:
                await self._serve(reader, writer)
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward request by request on one connection, so that each head is seen."""
        with suppress(OSError, asyncio.IncompleteReadError):
            upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", self.upstream)
            self._writers.add(upstream_writer)
            back = asyncio.ensure_future(self._pipe(upstream_reader, writer))
            try:
                while data := await reader.read(65536):
                    if self._refused(data):
                        writer.write(b"HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                        await writer.drain()
                        return
                    upstream_writer.write(data)
                    await upstream_writer.drain()
            finally:
                back.cancel()
                self._writers.discard(upstream_writer)
                upstream_writer.close()

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
            writer.close()
