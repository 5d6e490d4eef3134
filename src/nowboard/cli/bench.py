"""`nowboard bench`: what this machine does with this server, in half a minute."""

from __future__ import annotations

import asyncio
import json as json_text
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from nowboard.cli.failures import told
from nowboard.cli.measuring import Figure, measure
from nowboard.cli.trial import trial_server


def bench(
    folder: Annotated[
        Path | None, typer.Option(help="Where to make the temporary data folder: the disk that is measured.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.5, max=60, help="How long events are sent.")] = 5.0,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure durable ingest, queries and push latency of this server on this machine.

    A server is started in a temporary folder, which is removed afterwards. Exit codes: 0 done, 2 trouble.
    """
    with told(), tempfile.TemporaryDirectory(prefix="nowboard-bench-", dir=folder) as data:
        console = Console(stderr=True)
        with console.status("Starting a server"), trial_server(Path(data)) as server:
            figures = asyncio.run(measure(server, seconds))
    if json:
        typer.echo(json_text.dumps({figure.name: {"value": figure.value, "unit": figure.unit} for figure in figures}))
        return
    Console().print(_table(figures))


def _table(figures: list[Figure]) -> Table:
    table = Table("what", "here", "how it was measured")
    table.columns[1].justify = "right"
    for figure in figures:
        value = f"{figure.value:,.0f}" if figure.value >= 100 else f"{figure.value:,.2f}"
        table.add_row(figure.text, f"{value} {figure.unit}", figure.how)
    return table
