"""`nowboard demo`: real data, live, in one command."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from nowboard.app import App, build
from nowboard.cli.background import SERVER_STREAM, counted, install_once, load_server_pack, sampler, start, stream_of
from nowboard.cli.failures import told
from nowboard.cli.logs import configure_logs
from nowboard.cli.options import settings_for
from nowboard.cli.serve import listen, sign_in_url
from nowboard.errors import BadRequest, Conflict, Unavailable
from nowboard.packs.flights.demo import beginning, flights_pack, open_flights
from nowboard.packs.flights.fold import WEEKS, Fold, waking_zone
from nowboard.packs.flights.prepare import data_folder
from nowboard.packs.flights.runner import Position, PositionFile, Replay

FLIGHTS: Final = "flights"
POSITION_FILE: Final = "demo.json"
FLIGHTS_FILE: Final = "flights.arrow"


def demo(
    data: Annotated[Path, typer.Option(help="Data folder; a demo that is there already goes on.")] = Path(
        "nowboard-demo"
    ),
    host: Annotated[str | None, typer.Option(help="Address to listen on; else NOWBOARD_HOST, else 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; else NOWBOARD_PORT.")] = None,
    speed: Annotated[
        int | None, typer.Option(min=1, max=WEEKS, help="Weeks of 2013 that fly at once; 52: a year passes every week.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Zone of the local times. Default: New York's; at night there, Singapore's.")
    ] = None,
    *,
    late: Annotated[
        bool, typer.Option("--late", help="Delayed flights come in when they leave, as late events.")
    ] = False,
) -> None:
    """Replay the 336,776 flights that left New York in 2013 as if they left now, and watch this host beside them.

    Every flight keeps its weekday and its local time of day. Prints one link to sign in with.
    """
    with told():
        settings = settings_for(data=data, host=host, port=port)
        configure_logs(settings.log_level, settings.log_format)
        data_folder()
        app = build(settings)
        position = choose_position(app, speed=speed, timezone=timezone, late=late)
        with asyncio.Runner(loop_factory=app.server().config.get_loop_factory()) as runner:
            runner.run(_Demo(app, position).run())


def choose_position(app: App, *, speed: int | None, timezone: str | None, late: bool) -> Position:
    """Where the data folder's demo was, or a new beginning. Raises `Conflict` when it was started otherwise."""
    found = PositionFile(app.settings.data / POSITION_FILE).read()
    if found is None:
        now = app.clock.now()
        fold = Fold(speed or WEEKS, timezone or waking_zone(now))
        try:
            return beginning(fold, now, late=late)
        except (KeyError, ValueError) as error:
            raise BadRequest(f"There is no time zone called {fold.zone!r}.") from error
    given = {"speed": speed, "timezone": timezone, "late": late or None}
    there = {"speed": found.speed, "timezone": found.zone, "late": found.late or None}
    for name, value in given.items():
        if value is not None and value != there[name]:
            message = f"The demo in {app.settings.data} was started with {name} {there[name]}."
            raise Conflict(f"{message} Name another folder with --data for {name} {value}.")
    return found


class _Demo:
    """The server with its replay."""

    def __init__(self, app: App, position: Position) -> None:
        self._app = app
        self._position = position
        self._console = Console(stderr=True)

    async def run(self) -> None:
        """Serve, load what is missing, then replay until told to stop."""
        settings = self._app.settings
        listener, server = listen(settings.host, settings.port), self._app.server()
        started = asyncio.Event()
        server.when_started(started.set)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        beside = asyncio.create_task(self._beside(started, listener.getsockname()[1]))
        try:
            await asyncio.wait({serving, beside}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            beside.cancel()
            server.should_exit = True
            outcomes = await asyncio.gather(beside, serving, return_exceptions=True)
            listener.close()
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome

    async def _beside(self, started: asyncio.Event, port: int) -> None:
        """Load, announce, replay and sample for as long as the server runs."""
        await started.wait()
        replay = await self._load()
        link = sign_in_url(self._app.settings, port, await self._app.sign_in_code())
        typer.echo(f"Departures from New York, live. Sign in within 15 minutes, once, with\n  {link}")
        work = start(replay.run(), "replay"), start(sampler(self._app).run(), "sampler")
        await asyncio.gather(*work, return_exceptions=True)

    async def _load(self) -> Replay:
        """Definitions, then every flight up to now."""
        settings, position = self._app.settings, self._position
        fold = Fold(position.speed, position.zone)
        await install_once(self._app, SERVER_STREAM, load_server_pack)
        await install_once(self._app, FLIGHTS, lambda: flights_pack(fold, late=position.late))
        path = settings.data / FLIGHTS_FILE
        if not path.exists():
            await _prepare(path)
        flights = open_flights(path, position)
        file = PositionFile(settings.data / POSITION_FILE)
        stream = stream_of(self._app, FLIGHTS)
        replay = Replay(flights, counted(self._app), stream, self._app.clock, file, position)
        expected = flights.count(position.end, self._app.clock.now())
        with self._progress() as progress:
            task = progress.add_task("Loading flights", total=expected)
            loaded = await replay.catch_up(lambda rows: progress.update(task, advance=rows))
            progress.update(task, completed=loaded, total=loaded)
        return replay

    def _progress(self) -> Progress:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        return Progress(*columns, console=self._console)


async def _prepare(path: Path) -> None:
    """Sort the year in a process of its own, whose memory goes when it ends. Raises `Unavailable` if it fails."""
    module = "nowboard.packs.flights.prepare"
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, str(path))
    if await process.wait() != 0:
        raise Unavailable("The flights could not be prepared; what went wrong stands above.")
