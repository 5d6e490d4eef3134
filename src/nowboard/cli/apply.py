"""`nowboard apply`: a pack onto a server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nowboard.cli.remote import Token, Url, connect, finish, told
from nowboard.packs.apply import apply as apply_pack
from nowboard.packs.diff import print_changes
from nowboard.packs.load import load


def apply(
    folder: Annotated[Path, typer.Argument(help="Folder of the pack.")],
    url: Url = "http://127.0.0.1:8080",
    token: Token = "",
    *,
    prune: Annotated[bool, typer.Option("--prune", help="Also remove dashboards that the pack does not have.")] = False,
) -> None:
    """Make a server have what a pack says. Applying again does nothing.

    Streams, tables, metrics, saved queries and templates are never removed. Exit codes: 0 done, 2 trouble.
    """
    with told():
        pack = load(folder)
        report = finish(apply_pack(pack, connect(url, token), prune=prune))
    for line in print_changes(list(report.done)):
        typer.echo(line)
    for change in report.kept:
        typer.echo(f"  kept {change.kind} {change.id}, which the pack does not have (--prune removes it)")
    changes = len(report.done)
    typer.echo(f"{pack.title}: {changes} {'change' if changes == 1 else 'changes'}" if changes else "Nothing to do.")
