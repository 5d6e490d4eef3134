"""`nowboard token`: create, list and revoke API tokens. Works beside a running server and without one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from nowboard.access.tokens import issue_from_console, withdraw_from_console
from nowboard.cli.failures import told
from nowboard.cli.options import DataOption, day, opened_records
from nowboard.clock import DAY, HOUR, MINUTE, Micros, SystemClock
from nowboard.errors import BadRequest
from nowboard.model.scopes import EVERYTHING, Scope
from nowboard.records.tokens import TokenRow, list_tokens

_UNITS = {"m": MINUTE, "h": HOUR, "d": DAY}


def register(app: typer.Typer) -> None:
    """Add the `token` commands to `app`."""
    group = typer.Typer(help="Create, list and revoke API tokens.", no_args_is_help=True)
    group.command("create")(create)
    group.command("list")(show)
    group.command("revoke")(revoke)
    app.add_typer(group, name="token")


def create(
    name: Annotated[str, typer.Option(help="What the token is for.")],
    role: Annotated[str, typer.Option(help="viewer, ingest, analyst, editor, admin or one of your own.")] = "viewer",
    scope: Annotated[str | None, typer.Option(help="Row scope: JSON, or a file with JSON. Default: all rows.")] = None,
    expires: Annotated[str | None, typer.Option(help="Lifetime such as 12h or 90d. Default: until revoked.")] = None,
    data: DataOption = None,
) -> None:
    """Create a token and print it, on the last line, this once."""
    with told(), opened_records(data) as records:
        now = SystemClock().now()
        until = None if expires is None else now + _duration(expires)
        rows = EVERYTHING if scope is None else _scope(scope)
        issued = records.call(issue_from_console, name=name, role=role, now=now, scope=rows, expires_at=until)
        typer.echo(f"{issued.row.id}: token {issued.row.name!r} with role {issued.row.role}. It is shown only now:")
        typer.echo(issued.secret)


def show(data: DataOption = None) -> None:
    """List all tokens, without their secrets."""
    with told(), opened_records(data) as records:
        rows, now = records.call(list_tokens), SystemClock().now()
    table = Table("id", "name", "role", "state", "created", "last used", box=None)
    for row in rows:
        table.add_row(row.id, row.name, row.role, _state(row, now), day(row.created_at), day(row.last_used_at))
    Console(width=None if Console().is_terminal else 160).print(table)


def revoke(
    token: Annotated[str, typer.Argument(help="Id or name of the token.")],
    data: DataOption = None,
) -> None:
    """Revoke a token. A running server refuses it within a second and closes what it opened within five."""
    with told(), opened_records(data) as records:
        row = records.call(withdraw_from_console, token, SystemClock().now())
        typer.echo(f"{row.id}: token {row.name!r} is revoked.")


def _scope(text: str) -> Scope:
    source = text if text.lstrip().startswith("{") else Path(text).read_text(encoding="utf-8")
    try:
        return msgspec.json.decode(source, type=Scope)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        example = '{"streams": {"orders": {"sql": "region = :region"}}, "attributes": {"region": "north"}}'
        raise BadRequest(f"the scope is not valid: {error}. An example: {example}", code="bad_scope") from error


def _duration(text: str) -> Micros:
    unit = _UNITS.get(text[-1:])
    if unit is None or not text[:-1].isdecimal() or int(text[:-1]) == 0:
        raise BadRequest(f"{text!r} is not a lifetime; write 30m, 12h or 90d", code="bad_expiry")
    return int(text[:-1]) * unit


def _state(row: TokenRow, now: Micros) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "usable" if row.usable(now) else "over"
