"""`nowboard link`: a fresh sign-in link, beside a running server."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import Connection

from nowboard.access.grants import OWNER
from nowboard.access.sessions import make_link
from nowboard.cli.failures import told
from nowboard.cli.options import DataOption, opened_records, settings_for
from nowboard.cli.serve import sign_in_url
from nowboard.cli.user import link_for
from nowboard.clock import Micros, SystemClock
from nowboard.errors import Conflict
from nowboard.records.users import has_administrator
from nowboard.settings import Settings


def link(
    data: DataOption = None,
    user: Annotated[str | None, typer.Option(help="Address of the user who signs in. Default: the owner.")] = None,
    host: Annotated[str | None, typer.Option(help="Address of the server.")] = None,
    port: Annotated[int | None, typer.Option(help="Port of the server.")] = None,
) -> None:
    """Print a link that signs in once, within 15 minutes: a user, or the owner while there is no administrator."""
    with told(), opened_records(data) as records:
        settings = settings_for(data=data, host=host, port=port)
        now = SystemClock().now()
        if user is None:
            typer.echo(records.call(_owner_link, settings, now))
        else:
            typer.echo(records.call(link_for, user, "sign_in", settings, now))


def _owner_link(connection: Connection, settings: Settings, now: Micros) -> str:
    if has_administrator(connection):
        message = "the server has an administrator: name whom the link is for with --user EMAIL"
        raise Conflict(f"{message}; `nowboard user list` shows all")
    return sign_in_url(settings, settings.port, make_link(connection, OWNER, now))
