"""Options that several commands share, and how they meet the settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from nowboard.clock import Micros
from nowboard.errors import BadRequest
from nowboard.records.database import Records
from nowboard.settings import Settings

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

DataOption = Annotated[Path | None, typer.Option("--data", help="Data folder; else NOWBOARD_DATA, else ./data.")]


def settings_for(**given: Any) -> Settings:
    """The settings, with what the command line gave on top. Raises `BadRequest` naming the setting at fault."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except SettingsError as error:  # names the setting; what it holds may be a secret
        raise BadRequest(f"{error}: write JSON", code="bad_setting") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise BadRequest(f"setting {name}: {first['msg']} (NOWBOARD_{name.upper()})", code="bad_setting") from error


@contextmanager
def opened_records(data: Path | None) -> Iterator[Records]:
    """The records of a data folder for the length of a block; both are made where they are missing."""
    settings = settings_for(data=data)
    settings.data.mkdir(parents=True, exist_ok=True)
    records = Records(settings.records_path)
    try:
        yield records
    finally:
        records.close()


def day(micros: Micros | None) -> str:
    """An instant for people, in UTC."""
    return "never" if micros is None else f"{_EPOCH + timedelta(microseconds=micros):%Y-%m-%d %H:%M}"
