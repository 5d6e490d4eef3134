"""`nowboard backup`: everything that cannot be made again, in one file, beside a running server."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from nowboard import __version__
from nowboard.cli.archive import FORMAT, JOURNAL, RECORDS, Manifest, describe, pack
from nowboard.cli.failures import told
from nowboard.cli.options import DataOption, settings_for
from nowboard.clock import MILLISECOND, SystemClock
from nowboard.errors import Conflict, Unavailable
from nowboard.journal.copying import copy_database, copy_journal
from nowboard.records.connections import shown
from nowboard.records.database import Records, versions
from nowboard.records.rows import dump_rows
from nowboard.settings import Settings


def backup(
    out: Annotated[Path, typer.Option("--out", help="File to write, such as board.tar.zst; it must not exist.")],
    data: DataOption = None,
) -> None:
    """Write the journal and the records to one file, whole at one offset, while the server runs or not.

    The store is left out: it is rebuilt from the journal. Exit codes: 0 done, 2 trouble.
    """
    with told():
        settings = settings_for(data=data)
        if out.exists():
            raise Conflict(f"{out} exists; a backup never takes the place of another file")
        # beside the file, so that there is room for one or for neither
        with tempfile.TemporaryDirectory(prefix=".nowboard-backup-", dir=out.absolute().parent) as folder:
            manifest = collect(settings, Path(folder))
            pack(Path(folder), manifest, out)
    typer.echo(
        f"{out}: {manifest.events} events up to offset {manifest.offset} of epoch {manifest.epoch},"
        f" {manifest.rows} records, {out.stat().st_size / 1e6:.1f} MB"
    )


def collect(settings: Settings, folder: Path) -> Manifest:
    """Copy what is to be kept into `folder`. Raises `Unavailable`."""
    # the records first: what they speak of is then in the journal
    rows, schema = _dump_records(settings, folder)
    extent = copy_journal(settings.journal_path, folder / JOURNAL)
    return Manifest(
        format=FORMAT,
        nowboard=__version__,
        created_at=SystemClock().now() // MILLISECOND,
        epoch=extent.epoch,
        offset=extent.offset,
        events=extent.events,
        schema=schema,
        rows=rows,
        files=(describe(folder, JOURNAL), describe(folder, RECORDS)),
    )


def _dump_records(settings: Settings, folder: Path) -> tuple[int, str]:
    target = settings.records
    if isinstance(target, Path):
        # rows are read from a copy, so that the server is not kept from writing
        copied = folder / "records.db"
        copy_database(target, copied)
        target = copied
    current, newest = versions(target)
    if current != newest:
        message = f"the records in {shown(settings.records)} have schema {current}; start this version once"
        raise Unavailable(message, code="bad_backup")
    records = Records(target)
    try:
        return records.call(dump_rows, folder / RECORDS), newest
    finally:
        records.close()
