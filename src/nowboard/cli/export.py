"""`nowboard export`: what a server has, as a pack."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nowboard.cli.remote import Token, Url, connect, finish, told
from nowboard.errors import BadRequest, Conflict
from nowboard.model.fields import is_name
from nowboard.packs.export import files_of, write_files
from nowboard.packs.load import PACK_FILE
from nowboard.packs.pack import Pack


def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write to; it is made if need be.")],
    url: Url = "http://127.0.0.1:8080",
    token: Token = "",
    name: Annotated[str, typer.Option(help="Name of the pack.")] = "exported",
    title: Annotated[str, typer.Option(help="Title of the pack.")] = "Exported",
) -> None:
    """Write everything that is defined on a server as a pack, in a stable order for version control.

    Streams, tables, metrics, saved queries, dashboards and templates are part of it; events are not.
    Exit codes: 0 done, 2 trouble.
    """
    with told():
        if not is_name(name):
            raise BadRequest(f"{name!r} cannot name a pack: use lower case letters, digits and _.")
        if folder.exists() and any(folder.iterdir()) and not (folder / PACK_FILE).exists():
            raise Conflict(f"{folder} holds something that is no pack; export to another folder.")
        contents = finish(connect(url, token).read())
        files = files_of(Pack(name=name, title=title, contents=contents))
        write_files(files, folder)
    typer.echo(f"{folder}: {len(files)} files")
