"""`nowboard restore`: a data folder from a backup, verified before anything is touched."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from nowboard.cli.archive import JOURNAL, RECORDS, Manifest, unpack
from nowboard.cli.failures import told
from nowboard.cli.options import DataOption, settings_for
from nowboard.clock import SystemClock
from nowboard.errors import BadRequest, Conflict
from nowboard.journal.copying import extent_of
from nowboard.journal.sqlite import SqliteJournal
from nowboard.records.connections import shown
from nowboard.records.database import Records
from nowboard.records.rows import load_rows
from nowboard.records.tables import HEAD
from nowboard.settings import Settings


def restore(
    archive: Annotated[Path, typer.Argument(help="File that `nowboard backup` has written.")],
    data: DataOption = None,
) -> None:
    """Make a data folder from a backup. The folder must not exist or be empty, and so must a PostgreSQL database.

    The journal gets a new epoch: offsets of the time after the backup mean nothing here. Exit codes: 0 done, 2 trouble.
    """
    with told():
        settings = settings_for(data=data)
        folder = settings.data
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Conflict(f"{folder} is not empty; restore into a new folder", code="not_empty")
        partial = folder.absolute().with_name(folder.absolute().name + ".restoring")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True, mode=0o700)
        try:
            manifest, epoch = _restore(archive, partial, settings)
            partial.replace(folder.absolute())
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    typer.echo(
        f"{folder}: {manifest.events} events up to offset {manifest.offset}, now of epoch {epoch};"
        f" {manifest.rows} records in {shown(settings.records)}"
    )


def _restore(archive: Path, folder: Path, settings: Settings) -> tuple[Manifest, str]:
    manifest = unpack(archive, folder)
    found = extent_of(folder / JOURNAL)
    if found is None or (found.epoch, found.offset, found.events) != (manifest.epoch, manifest.offset, manifest.events):
        raise BadRequest(f"{archive}: the journal does not hold what the manifest says", code="bad_backup")
    if manifest.schema != HEAD:
        message = (
            f"{archive} has records of schema {manifest.schema}, this version {HEAD}: use nowboard {manifest.nowboard}"
        )
        raise BadRequest(message, code="bad_backup")
    journal = SqliteJournal(folder / JOURNAL, clock=SystemClock())
    try:
        epoch = journal.renew_epoch()
    finally:
        journal.close()
    _load_records(folder, settings)
    return manifest, epoch


def _load_records(folder: Path, settings: Settings) -> None:
    target = settings.records if settings.records_url is not None else folder / settings.records_path.name
    records = Records(target)
    try:
        records.call(load_rows, folder / RECORDS)
    finally:
        records.close()
    (folder / RECORDS).unlink()
