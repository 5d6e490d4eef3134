"""Ways in which a server may misbehave, whatever it speaks; each takes a connection's writer and an honest piece."""

from __future__ import annotations

import asyncio
import random
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

GIB: Final = 1 << 30
HOLD: Final = 60.0
"""Seconds that a connection is held open; whoever waits for it to close has hung."""

Attack = Callable[[StreamWriter, bytes], Awaitable[None]]


@asynccontextmanager
async def accepting(handle: Callable[[StreamReader, StreamWriter], Awaitable[None]]) -> AsyncIterator[int]:
    """A port on loopback. `handle` gets every connection; what still runs at the end of the block is cancelled."""
    tasks: set[asyncio.Future[None]] = set()

    def accept(reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.ensure_future(handle(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


async def hold() -> None:
    await asyncio.sleep(HOLD)


async def garbage(writer: StreamWriter, piece: bytes) -> None:
    """Random bytes, then nothing."""
    writer.write(random.Random(len(piece)).randbytes(64 * 1024))
    await hold()


async def garbage_and_end(writer: StreamWriter, piece: bytes) -> None:
    writer.write(random.Random(len(piece)).randbytes(64 * 1024))
    await writer.drain()


async def zeros(writer: StreamWriter, piece: bytes) -> None:
    """Nothing but zeros, for ever."""
    await endless(writer, bytes(64 * 1024))


async def truncated(writer: StreamWriter, piece: bytes) -> None:
    """Half of what should come, then the end."""
    writer.write(piece[: max(1, len(piece) // 2)])
    await writer.drain()


async def silent(writer: StreamWriter, piece: bytes) -> None:
    await hold()


async def closed(writer: StreamWriter, piece: bytes) -> None:
    """The end."""


async def reset(writer: StreamWriter, piece: bytes) -> None:
    """The end, rudely."""
    writer.transport.abort()


async def dripping(writer: StreamWriter, piece: bytes) -> None:
    """What should come and more of it, a byte at a time."""
    while True:
        for byte in piece:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.2)


async def endless(writer: StreamWriter, piece: bytes) -> None:
    """The same thing again and again, as fast as it is taken."""
    block = piece * max(1, 64 * 1024 // max(1, len(piece)))
    while not writer.is_closing():
        writer.write(block)
        await writer.drain()


EVERYWHERE: Final[dict[str, Attack]] = {
    attack.__name__: attack
    for attack in (garbage, garbage_and_end, zeros, truncated, silent, closed, reset, dripping, endless)
}
