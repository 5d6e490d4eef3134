"""A crowd of WebSocket clients in one process: open, speak the little a peer needs, count frames."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast


@dataclass
class Tally:
    """What the crowd has seen. Only text frames of at least `least` payload bytes count as updates."""

    least: int
    opened: int = 0
    closed: int = 0
    frames: int = 0
    size: int = 0
    small: list[bytes] = field(default_factory=list)


@dataclass(frozen=True)
class Cost:
    """What a server spent on some ticks, and how many updates it delivered meanwhile."""

    seconds: float = 0.0
    updates: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.seconds + other.seconds, self.updates + other.updates)

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.seconds - other.seconds, self.updates - other.updates)

    @property
    def each(self) -> float:
        """Microseconds of CPU per delivered update."""
        return self.seconds / self.updates * 1e6


def masked(payload: bytes) -> bytes:
    """A masked text frame, as clients must send."""
    size = len(payload)
    head = bytes([0x81, 0x80 | size]) if size < 126 else bytes([0x81, 0x80 | 126]) + size.to_bytes(2, "big")
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


class Viewer(asyncio.Protocol):
    """One socket. `speak` is asked what to send after the upgrade and after each small frame."""

    def __init__(self, request: bytes, tally: Tally, speak: Callable[[bytes | None], bytes | None]) -> None:
        self.request = request
        self.tally = tally
        self.speak = speak
        self.buffer = bytearray()
        self.upgraded = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's transports do not inherit from asyncio's
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.upgraded:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if b" 101 " not in self.buffer[:20]:
                raise ConnectionError(bytes(self.buffer[:300]).decode(errors="replace"))
            del self.buffer[: end + 4]
            self.upgraded = True
            self.tally.opened += 1
            self._say(None)
        self._frames()

    def _frames(self) -> None:
        buffer, at, end = self.buffer, 0, len(self.buffer)
        while end - at >= 2:
            opcode, size, start = buffer[at] & 15, buffer[at + 1] & 127, at + 2
            if size >= 126:
                width = 2 if size == 126 else 8
                if end - at < 2 + width:
                    break
                size, start = int.from_bytes(buffer[start : start + width], "big"), start + width
            if end - start < size:
                break
            self._frame(opcode, buffer, start, size)
            at = start + size
        del buffer[:at]

    def _frame(self, opcode: int, buffer: bytearray, start: int, size: int) -> None:
        if opcode == 8:
            self.transport.close()
        elif opcode == 1 and size >= self.tally.least:
            self.tally.frames += 1
            self.tally.size += size
        elif opcode == 1:
            self._say(bytes(buffer[start : start + size]))

    def _say(self, heard: bytes | None) -> None:
        answer = self.speak(heard)
        if answer is not None:
            self.transport.write(masked(answer))

    def connection_lost(self, error: Exception | None) -> None:
        self.tally.closed += 1


async def crowd(
    port: int,
    path: str,
    count: int,
    tally: Tally,
    speak: Callable[[bytes | None], bytes | None],
    headers: Mapping[str, str] | None = None,
) -> list[asyncio.BaseTransport]:
    """Open `count` sockets, 50 at a time, and return their transports."""
    extra = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{extra}\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    transports: list[asyncio.BaseTransport] = []
    for start in range(0, count, 50):
        batch = [
            loop.create_connection(lambda: Viewer(request, tally, speak), "127.0.0.1", port)
            for _ in range(min(50, count - start))
        ]
        transports += [transport for transport, _ in await asyncio.gather(*batch)]
    deadline = loop.time() + 30
    while tally.opened < count:
        if loop.time() > deadline:
            raise TimeoutError(f"only {tally.opened} of {count} sockets opened")
        await asyncio.sleep(0.05)
    return transports


async def arrived(tally: Tally, updates: int, patience: float = 15.0) -> None:
    """Wait until `updates` have come, or no more do: a server that falls behind may leave some out; fails for none."""
    last = 0
    waited = 0.0
    while tally.frames < updates and waited < patience:
        await asyncio.sleep(0.05)
        waited = waited + 0.05 if tally.frames == last else 0.0
        last = tally.frames
    if not tally.frames:
        raise RuntimeError("no update arrived")
