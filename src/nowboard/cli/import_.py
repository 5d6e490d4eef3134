"""`nowboard import`: events from files, through the same door as over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, TextIO

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from nowboard.cli.failures import Exit, told
from nowboard.cli.targets import EventTarget, open_target
from nowboard.errors import BadRequest, NowboardError
from nowboard.sources.files.chunk import Chunk, Refused
from nowboard.sources.files.files import FileFormat, Reading, delimiter_of, format_of, read_chunks, total_of
from nowboard.sources.files.sending import Outcome, Sender

_SHOWN: Final = 10
"""Refused rows that are named on the screen; all of them are in the file of `--rejects`."""


def import_(
    files: Annotated[list[Path], typer.Argument(help="Files, in the order in which they are stored.")],
    stream: Annotated[str, typer.Option(help="Stream; it is made from the first events if there is none.")],
    form: Annotated[
        FileFormat | None, typer.Option("--format", help="Format, where a file's name does not tell it.")
    ] = None,
    data: Annotated[Path | None, typer.Option("--data", help="Data folder of a server that does not run.")] = None,
    url: Annotated[
        str, typer.Option("--url", envvar="NOWBOARD_URL", help="Address of a running server.")
    ] = "http://127.0.0.1:8080",
    token: Annotated[
        str, typer.Option("--token", envvar="NOWBOARD_TOKEN", help="API token that may send events.")
    ] = "",
    event_id: Annotated[
        str | None, typer.Option("--event-id", help="Column or member that names an event: stored once.")
    ] = None,
    delimiter: Annotated[str | None, typer.Option(help="What separates the cells of a CSV file.")] = None,
    rejects: Annotated[Path | None, typer.Option(help="File for the refused rows, one JSON object a line.")] = None,
) -> None:
    """Store the events of CSV, NDJSON, Parquet or Arrow files, .gz and .zst too. Importing again stores nothing twice.

    Exit codes: 0 every row is stored, 1 some rows were refused, 2 trouble.
    """
    with told():
        if delimiter is not None and len(delimiter) != 1:
            raise BadRequest("--delimiter is one character.")
        for path in files:
            if not path.is_file():
                raise BadRequest(f"{path}: there is no such file.")
        readings = [(path, _reading(path, form, event_id, delimiter)) for path in files]
        with _rejects(rejects) as writer:
            outcome = asyncio.run(_import(readings, stream, (data, url, token), _Log(writer)))
    if outcome.refused:
        raise typer.Exit(Exit.PROBLEMS)


class _Log:
    """Names refused rows: the first on the screen, all in the file."""

    def __init__(self, writer: TextIO | None) -> None:
        self._writer = writer
        self._named = 0
        self.path = Path()

    def refused(self, row: Refused) -> None:
        """One row could not be stored."""
        self._named += 1
        if self._named <= _SHOWN:
            field = "" if row.field is None else f"{row.field}: "
            typer.echo(f"{self.path}:{row.line}: {row.code}: {field}{row.message}", err=True)
        elif self._named == _SHOWN + 1:
            hint = "" if self._writer is not None else "; --rejects FILE names them all"
            typer.echo(f"and more{hint}", err=True)
        if self._writer is not None:
            named = {"file": str(self.path), **{name: getattr(row, name) for name in _MEMBERS}}
            self._writer.write(msgspec.json.encode(named, enc_hook=str).decode() + "\n")


_MEMBERS: Final = ("line", "code", "message", "field", "row")


async def _import(
    readings: list[tuple[Path, Reading]], stream: str, where: tuple[Path | None, str, str], log: _Log
) -> Outcome:
    total = Outcome()
    async with open_target(*where) as target:
        for path, reading in readings:
            log.path = path
            found = await _import_file(target, path, reading, stream, log)
            typer.echo(f"{path}: {_summary(found)}")
            for name in ("stored", "known", "duplicates", "refused"):
                setattr(total, name, getattr(total, name) + getattr(found, name))
    if len(readings) > 1:
        typer.echo(f"together: {_summary(total)}")
    return total


async def _import_file(target: EventTarget, path: Path, reading: Reading, stream: str, log: _Log) -> Outcome:
    size, unit = total_of(path, reading.format)
    _, kinds = await target.fields(stream)
    sender = Sender(target, stream, await target.place(), refused=log.refused)
    with _progress() as progress:
        task = progress.add_task(path.name, total=size or None, rate="")

        def sent(chunk: Chunk) -> None:
            seconds = progress.tasks[task].elapsed or 0.0
            rate = f"{sender.outcome.events / seconds:,.0f} events/s" if seconds > 0 else ""
            progress.update(task, completed=chunk.done, rate=rate)

        chunks = read_chunks(path, reading, kinds)
        try:
            await sender.send(chunks, sent)
        except NowboardError as error:
            where = (
                f"{path} stopped after {sender.outcome.events:,} rows ({unit} {progress.tasks[task].completed:,.0f})"
            )
            error.message = f"{where}: {error.message} Import it again to go on where it stopped."
            raise
        progress.update(task, completed=size or None)
    return sender.outcome


def _progress() -> Progress:
    console = Console(stderr=True)
    bar = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[rate]}"))
    return Progress(*bar, TimeRemainingColumn(), console=console, disable=not console.is_terminal)


def _reading(path: Path, form: FileFormat | None, event_id: str | None, delimiter: str | None) -> Reading:
    def renamed(title: str, name: str) -> None:
        typer.echo(f"{path}: column {title!r} becomes the field {name}", err=True)

    return Reading(form or format_of(path), event_id, delimiter or delimiter_of(path), renamed)


@contextmanager
def _rejects(path: Path | None) -> Iterator[TextIO | None]:
    if path is None:
        yield None
        return
    try:
        with path.open("w", encoding="utf-8") as writer:
            yield writer
    except OSError as error:
        raise BadRequest(f"{path}: {error.strerror}") from error


def _summary(outcome: Outcome) -> str:
    parts = [f"{outcome.stored:,} stored"]
    parts += [f"{outcome.known:,} stored before"] if outcome.known else []
    parts += [f"{outcome.duplicates:,} with an id seen before"] if outcome.duplicates else []
    parts += [f"{outcome.refused:,} refused"] if outcome.refused else []
    return ", ".join(parts)
