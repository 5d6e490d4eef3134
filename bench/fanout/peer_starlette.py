"""Starlette's `send_text` to every socket, under uvicorn as it comes."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

PORT, TICKS, INTERVAL, SIZE = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
sockets: set[WebSocket] = set()


async def live(socket: WebSocket) -> None:
    await socket.accept()
    sockets.add(socket)
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        sockets.discard(socket)


async def broadcast(go: asyncio.Event) -> None:
    text = "x" * SIZE
    while True:
        await go.wait()
        go.clear()
        for _ in range(TICKS):
            for socket in list(sockets):
                await socket.send_text(text)
            await asyncio.sleep(INTERVAL)


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    go = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, go.set)
    task = asyncio.create_task(broadcast(go))
    yield
    task.cancel()


app = Starlette(routes=[WebSocketRoute("/", live)], lifespan=lifespan)
uvicorn.run(app, port=PORT, log_level="error", backlog=2048, ws_per_message_deflate=False)
