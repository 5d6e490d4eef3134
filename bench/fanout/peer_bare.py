"""The limit: an asyncio loop that writes one prebuilt WebSocket frame to every transport, and nothing else."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import signal
import sys
from typing import cast

import uvloop

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Peer(asyncio.Protocol):
    """One socket: answers the upgrade, then only receives."""

    def __init__(self, peers: set[asyncio.Transport]) -> None:
        self.peers = peers

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's transports do not inherit from asyncio's

    def data_received(self, data: bytes) -> None:
        for line in data.split(b"\r\n"):
            if line.lower().startswith(b"sec-websocket-key:"):
                key = line.split(b":", 1)[1].strip()
                accept = base64.b64encode(hashlib.sha1(key + GUID).digest())  # noqa: S324 - RFC 6455 asks for SHA-1
                self.transport.write(
                    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
                )
                self.peers.add(self.transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.peers.discard(self.transport)


async def main(port: int, ticks: int, interval: float, size: int) -> None:
    peers: set[asyncio.Transport] = set()
    frame = bytes([0x81, 126]) + size.to_bytes(2, "big") + b"x" * size
    go = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, go.set)
    await loop.create_server(lambda: Peer(peers), "127.0.0.1", port, backlog=2048)
    while True:
        await go.wait()
        go.clear()
        for _ in range(ticks):
            for transport in peers:
                transport.write(frame)
            await asyncio.sleep(interval)


uvloop.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
