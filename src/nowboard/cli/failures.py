"""How commands fail: one line that says what to do, and an exit code for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import typer

from nowboard.errors import NowboardError


class Exit(IntEnum):
    """Exit codes; docs/reference/cli.md lists them. `PROBLEMS` is an answer: `doctor` found some."""

    DONE = 0
    PROBLEMS = 1
    TROUBLE = 2


@contextmanager
def told() -> Iterator[None]:
    """Turn our errors into a message on standard error and an exit code."""
    try:
        yield
    except NowboardError as error:
        typer.echo(f"error: {error.message}", err=True)
        raise typer.Exit(Exit.TROUBLE) from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        typer.echo(f"error: {where}{error.strerror or error}", err=True)
        raise typer.Exit(Exit.TROUBLE) from error
