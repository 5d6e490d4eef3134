"""Work that goes on beside the server: watching itself, and the demo's replay."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from nowboard.app import App
from nowboard.model.events import Ack, Events
from nowboard.model.streams import Stream
from nowboard.packs import server as server_pack
from nowboard.packs.apply import apply
from nowboard.packs.load import load
from nowboard.packs.local import LocalServer
from nowboard.packs.pack import Pack
from nowboard.packs.shelf import RecordsShelf
from nowboard.sources.sampler import Sampler

SERVER_STREAM: Final = "server"

_log = logging.getLogger(__name__)


def local_server(app: App) -> LocalServer:
    """The server in this process as a target for packs."""
    return LocalServer(app.engine, RecordsShelf(app.records, app.clock))


def load_server_pack() -> Pack:
    """The pack in which the server shows itself."""
    return load(Path(server_pack.__path__[0]))


async def install_once(app: App, stream: str, load_pack: Callable[[], Pack]) -> bool:
    """Apply a pack unless its `stream` is there: later changes by people are theirs. Returns whether it was applied."""
    if stream in app.engine.catalog.streams:
        return False
    await apply(load_pack(), local_server(app))
    return True


def sampler(app: App) -> Sampler:
    """The sampler of this host and server; its pack must be installed."""
    return Sampler(counted(app), stream_of(app, SERVER_STREAM), app.figures, app.clock, app.settings.data)


async def watch_self(app: App) -> None:
    """Keep the stream and dashboard of this server, until cancelled. The app must be started."""
    await install_once(app, SERVER_STREAM, load_server_pack)
    await sampler(app).run()


def counted(app: App) -> Callable[[Events], Awaitable[Ack]]:
    """The engine's `append`, counted as ingested events are."""

    async def append(events: Events) -> Ack:
        ack = await app.engine.append(events)
        app.metrics.accepted(events.stream, ack.accepted, ack.duplicates)
        return ack

    return append


def stream_of(app: App, name: str) -> Callable[[], Stream]:
    """The stream as it is defined when asked."""
    return lambda: app.engine.catalog.streams[name]


def start(work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    """Run `work` beside the server. If it fails, that is logged, and the server goes on."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_report)
    return task


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.error("%s stopped", task.get_name(), exc_info=task.exception())
