"""The demo's history: definitions and every flight up to now.

Loading takes memory that a process keeps, so `load_apart` does it in one of its own and the server starts lean.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from nowboard.app import App, build
from nowboard.cli.background import SERVER_STREAM, install_once, load_server_pack, stream_of
from nowboard.cli.failures import told
from nowboard.cli.options import settings_for
from nowboard.errors import NotFound
from nowboard.model.events import Ack, Events
from nowboard.model.streams import Stream
from nowboard.packs.flights.demo import flights_pack, open_flights
from nowboard.packs.flights.fold import Fold
from nowboard.packs.flights.prepare import prepare
from nowboard.packs.flights.runner import Position, PositionFile, Replay
from nowboard.settings import Settings

FLIGHTS: Final = "flights"


def position_file(settings: Settings) -> PositionFile:
    """Where the demo in this data folder notes how far it is."""
    return PositionFile(settings.data / "demo.json")


def load_apart(settings: Settings, position: Position) -> None:
    """Load everything up to now in a process of its own, with a progress bar. Exits with its code if it fails."""
    arguments = (str(settings.data), msgspec.json.encode(position).decode())
    command = [sys.executable, "-m", "nowboard.cli.history", *arguments]
    done = subprocess.run(command, check=False)  # noqa: S603 - our own module and values
    if done.returncode != 0:
        raise typer.Exit(done.returncode)


async def install_packs(app: App) -> None:
    """Apply the demo's packs where they are missing."""
    position = _position(app.settings)
    await install_once(app, SERVER_STREAM, load_server_pack)
    await install_once(app, FLIGHTS, lambda: flights_pack(_fold(position), late=position.late))


def open_replay(app: App, append: Callable[[Events], Awaitable[Ack]], stream: Callable[[], Stream]) -> Replay:
    """The replay of the data folder, where it stands."""
    position = _position(app.settings)
    flights = open_flights(_flights_path(app.settings), position)
    return Replay(flights, append, stream, app.clock, position_file(app.settings), position)


async def load(app: App) -> int:
    """Define what is missing and append every flight up to now; returns how many. The app must be started."""
    await install_packs(app)
    position = _position(app.settings)
    expected = open_flights(_flights_path(app.settings), position).count(position.end, app.clock.now())
    replay = open_replay(app, app.engine.append, stream_of(app, FLIGHTS))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("Loading flights", total=expected)
        loaded = await replay.catch_up(lambda rows: progress.update(task, advance=rows))
        progress.update(task, completed=loaded, total=loaded)
    return loaded


def _flights_path(settings: Settings) -> Path:
    return settings.data / "flights.arrow"


def _fold(position: Position) -> Fold:
    return Fold(position.speed, position.zone)


def _position(settings: Settings) -> Position:
    found = position_file(settings).read()
    if found is None:
        raise NotFound(f"There is no demo in {settings.data}.")
    return found


async def _load_all(settings: Settings, position: Position) -> None:
    app = build(settings)
    if position_file(settings).read() is None:
        position_file(settings).write(position)
    if not _flights_path(settings).exists():
        prepare(_flights_path(settings))
    await app.start()
    try:
        await load(app)
    finally:
        await app.stop()


def main(data: str, position: str) -> None:
    """What the process of `load_apart` does."""
    with told():
        settings = settings_for(data=Path(data))
        asyncio.run(_load_all(settings, msgspec.json.decode(position, type=Position)))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except typer.Exit as ending:
        sys.exit(ending.exit_code)
