"""`nowboard link`: a fresh sign-in link, beside a running server."""

from __future__ import annotations

from typing import Annotated

import typer

from nowboard.access.grants import OWNER
from nowboard.access.sessions import make_link
from nowboard.cli.failures import told
from nowboard.cli.options import DataOption, settings_for
from nowboard.cli.serve import sign_in_url
from nowboard.clock import SystemClock
from nowboard.records.database import Records


def link(
    data: DataOption = None,
    host: Annotated[str | None, typer.Option(help="Address of the server.")] = None,
    port: Annotated[int | None, typer.Option(help="Port of the server.")] = None,
) -> None:
    """Print a link that signs the owner in, once, within 15 minutes."""
    with told():
        settings = settings_for(data=data, host=host, port=port)
        settings.data.mkdir(parents=True, exist_ok=True)
        records = Records(settings.records)
        try:
            code = records.call(make_link, OWNER, SystemClock().now())
        finally:
            records.close()
        typer.echo(sign_in_url(settings, settings.port, code))
