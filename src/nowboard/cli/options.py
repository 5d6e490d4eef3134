"""Options that several commands share, and how they meet the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from nowboard.errors import BadRequest
from nowboard.settings import Settings

DataOption = Annotated[Path | None, typer.Option("--data", help="Data folder; else NOWBOARD_DATA, else ./data.")]


def settings_for(**given: Any) -> Settings:
    """The settings, with what the command line gave on top. Raises `BadRequest` naming the setting at fault."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise BadRequest(f"setting {name}: {first['msg']} (NOWBOARD_{name.upper()})", code="bad_setting") from error
