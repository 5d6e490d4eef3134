"""`nowboard replay`: events of a file or of a stored stream once more, live, shifted to now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from nowboard.cli.failures import Exit, told
from nowboard.cli.rows import file_rows, stream_rows
from nowboard.cli.targets import RemoteTarget, open_server
from nowboard.clock import SystemClock
from nowboard.errors import BadRequest
from nowboard.model.fields import FieldType
from nowboard.sources.files.files import FileFormat, Reading, delimiter_of, format_of
from nowboard.sources.shifted import Sent, Shifted, Timed


@dataclass(frozen=True)
class _Plan:
    """What to replay and how: one of `file` and `source` is given."""

    file: Path | None
    source: str | None
    form: FileFormat | None
    stream: str
    time: str | None
    speed: float
    loop: bool


def replay(
    stream: Annotated[str, typer.Option(help="Stream that gets the events.")],
    file: Annotated[Path | None, typer.Argument(help="File with the events; or give --from.")] = None,
    source: Annotated[str | None, typer.Option("--from", help="Stored stream whose events are replayed.")] = None,
    form: Annotated[
        FileFormat | None, typer.Option("--format", help="Format, where the file's name does not tell it.")
    ] = None,
    time: Annotated[str | None, typer.Option(help="Column of the event time; else that of the stream.")] = None,
    speed: Annotated[float, typer.Option(min=0.001, max=1e9, help="60: an hour of events in a minute.")] = 1.0,
    url: Annotated[
        str, typer.Option("--url", envvar="NOWBOARD_URL", help="Address of the running server.")
    ] = "http://127.0.0.1:8080",
    token: Annotated[
        str, typer.Option("--token", envvar="NOWBOARD_TOKEN", help="API token that may send events; --from asks SQL.")
    ] = "",
    *,
    loop: Annotated[bool, typer.Option("--loop", help="Begin again at the end, until stopped.")] = False,
) -> None:
    """Send events once more as if they happened now: the first at once, each other after its distance in time.

    Exit codes: 0 done, 1 some events were refused, 2 trouble.
    """
    with told():
        if (file is None) == (source is None):
            raise BadRequest("Give a file, or a stored stream with --from.")
        if file is not None and not file.is_file():
            raise BadRequest(f"{file}: there is no such file.")
        plan = _Plan(file, source, form, stream, time, speed, loop)
        sent = asyncio.run(_replay(plan, url, token))
    typer.echo(f"{stream}: {sent.sent:,} events sent" + (f", {sent.refused:,} refused" if sent.refused else ""))
    if sent.refused:
        raise typer.Exit(Exit.PROBLEMS)


async def _replay(plan: _Plan, url: str, token: str) -> Sent:
    async with open_server(url, token) as target:
        known, kinds = await target.fields(plan.source or plan.stream)
        time = plan.time or known
        if time is None:
            raise BadRequest("Name the column of the event time: --time COLUMN.")
        shifted = Shifted(target, plan.stream, time, plan.speed, SystemClock())
        with _progress() as progress:
            task = progress.add_task(plan.stream, at="", total=None)

            def told_of(sent: Sent) -> None:
                late = f", {sent.behind:.1f} s behind" if sent.behind >= 1 else ""
                progress.update(task, at=f"{sent.sent:,} events, at {sent.at}{late}")

            while True:
                before = shifted.count.sent
                await shifted.run(_rows(plan, target, time, kinds), told_of)
                if not plan.loop or shifted.count.sent == before:
                    return shifted.count


def _rows(plan: _Plan, target: RemoteTarget, time: str, kinds: Mapping[str, FieldType]) -> AsyncIterator[Timed]:
    if plan.file is None:
        return stream_rows(target, str(plan.source), time)
    reading = Reading(plan.form or format_of(plan.file), delimiter=delimiter_of(plan.file))
    return file_rows(plan.file, reading, kinds, time)


def _progress() -> Progress:
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.fields[at]}"), TimeElapsedColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)
