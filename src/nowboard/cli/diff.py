"""`nowboard diff`: what applying a pack would change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from nowboard.cli.remote import Token, Url, connect, finish, told
from nowboard.packs.diff import diff as differences
from nowboard.packs.diff import print_changes
from nowboard.packs.load import load

DIFFERENT: Final = 1


def diff(
    folder: Annotated[Path, typer.Argument(help="Folder of the pack.")],
    url: Url = "http://127.0.0.1:8080",
    token: Token = "",
) -> None:
    """Show what `apply` would change, member by member, and change nothing.

    Lines begin with + (added), ~ (changed) or - (only with --prune). Exit codes: 0 no difference, 1 differences,
    2 trouble.
    """
    with told():
        pack = load(folder)
        current = finish(connect(url, token).read(tables=list(pack.contents.tables)))
    changes = differences(pack, current)
    for line in print_changes(changes):
        typer.echo(line)
    if changes:
        raise typer.Exit(DIFFERENT)
    typer.echo("No differences.")
