"""The `nowboard` command."""

from __future__ import annotations

from typing import Annotated

import typer

from nowboard import __version__
from nowboard.cli import token, user
from nowboard.cli.apply import apply
from nowboard.cli.backup import backup
from nowboard.cli.bench import bench
from nowboard.cli.demo import demo
from nowboard.cli.diff import diff
from nowboard.cli.doctor import doctor
from nowboard.cli.export import export
from nowboard.cli.import_ import import_
from nowboard.cli.init import init
from nowboard.cli.link import link
from nowboard.cli.replay import replay
from nowboard.cli.restore import restore
from nowboard.cli.serve import serve


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


def make() -> typer.Typer:
    """The command line with all its commands."""
    app = typer.Typer(
        help="Live dashboards from your events.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    for command in (serve, demo, link, doctor, init, apply, diff, export, backup, restore, replay, bench):
        app.command()(command)
    app.command("import")(import_)
    token.register(app)
    user.register(app)
    return app


def main() -> None:
    """Entry point of the `nowboard` script and of `python -m nowboard`."""
    make()()


def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """Live dashboards from your events."""
