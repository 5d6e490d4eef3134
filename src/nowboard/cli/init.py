"""`nowboard init`: a small pack to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from nowboard.cli.remote import told
from nowboard.errors import Conflict
from nowboard.packs import starter
from nowboard.packs.export import write_files

STARTER: Final = Path(starter.__path__[0])

NEXT: Final = """\
{folder}: {count} files

Next:
  nowboard serve                       start a server, in another terminal
  nowboard token create --name me --role admin
  export NOWBOARD_TOKEN=...            the token it printed
  nowboard apply {folder}
"""


def init(folder: Annotated[Path, typer.Argument(help="Folder to make.")]) -> None:
    """Write a small commented pack: a stream, a table, metrics, a saved query and a dashboard, to change into your own.

    Exit codes: 0 done, 2 trouble.
    """
    with told():
        if folder.exists() and any(folder.iterdir()):
            raise Conflict(f"{folder} is not empty; name a new folder.")
        files = {path.relative_to(STARTER).as_posix(): path.read_bytes() for path in sorted(STARTER.rglob("*.yaml"))}
        write_files(files, folder)
    typer.echo(NEXT.format(folder=folder, count=len(files)), nl=False)
