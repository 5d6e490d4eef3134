"""`nowboard demo`: real data, live, in one command."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Final

import typer

from nowboard.app import App, build
from nowboard.cli.background import counted, start, stream_of, watch_self
from nowboard.cli.failures import told
from nowboard.cli.history import FLIGHTS, install_packs, load_apart, open_replay, position_file
from nowboard.cli.logs import configure_logs
from nowboard.cli.memory import keep_memory_low
from nowboard.cli.options import settings_for
from nowboard.cli.serve import invitation, listen
from nowboard.clock import HOUR, Clock, SystemClock
from nowboard.errors import BadRequest, Conflict
from nowboard.packs.flights.demo import beginning
from nowboard.packs.flights.fold import WEEKS, Fold, waking_zone
from nowboard.packs.flights.prepare import data_folder
from nowboard.packs.flights.runner import Position
from nowboard.settings import Settings

SMALL_GAP: Final = 6 * HOUR
"""What was missed in this time is few enough for the server to load itself."""


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
        clock = SystemClock()
        position = choose_position(settings, clock, speed=speed, timezone=timezone, late=late)
        if clock.now() - position.end > SMALL_GAP:
            load_apart(settings, position)
        keep_memory_low()
        app = build(settings)
        with asyncio.Runner(loop_factory=app.server().config.get_loop_factory()) as runner:
            runner.run(_run(app))


def choose_position(
    settings: Settings, clock: Clock, *, speed: int | None, timezone: str | None, late: bool
) -> Position:
    """Where the data folder's demo was, or a new beginning. Raises `Conflict` when it was started otherwise."""
    found = position_file(settings).read()
    if found is None:
        now = clock.now()
        zone = timezone or waking_zone(now)
        try:
            return beginning(Fold(speed or WEEKS, zone), now, late=late)
        except (KeyError, ValueError) as error:
            raise BadRequest(f"There is no time zone called {zone!r}.") from error
    given = {"speed": speed, "timezone": timezone, "late": late or None}
    there = {"speed": found.speed, "timezone": found.zone, "late": found.late or None}
    for name, value in given.items():
        if value is not None and value != there[name]:
            message = f"The demo in {settings.data} was started with {name} {there[name]}."
            raise Conflict(f"{message} Name another folder with --data for {name} {value}.")
    return found


async def _run(app: App) -> None:
    """Serve and replay until told to stop."""
    listener, server = listen(app.settings.host, app.settings.port), app.server()
    started = asyncio.Event()
    server.when_started(started.set)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    beside = asyncio.create_task(_beside(app, started, listener.getsockname()[1]))
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


async def _beside(app: App, started: asyncio.Event, port: int) -> None:
    """Announce, replay and sample for as long as the server runs."""
    await started.wait()
    await app.started()
    await install_packs(app)
    replay = open_replay(app, counted(app), stream_of(app, FLIGHTS))
    await replay.catch_up()
    typer.echo(f"Departures from New York, live. {await invitation(app, port)}")
    work = start(replay.run(), "replay"), start(watch_self(app), "sampler")
    await asyncio.gather(*work, return_exceptions=True)
