"""`nowboard user`: accounts from the console. Works beside a running server and without one."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from nowboard.access.user_links import Purpose, access_user_link
from nowboard.access.users import UserChange, access_user_change, access_user_creation
from nowboard.cli.failures import told
from nowboard.cli.options import DataOption, day, opened_records, settings_for
from nowboard.cli.serve import page_url
from nowboard.clock import Micros, SystemClock
from nowboard.errors import NotFound
from nowboard.model.principals import HOME, SYSTEM
from nowboard.records.users import UserRow, find_user, list_users
from nowboard.settings import Settings

EmailArgument = Annotated[str, typer.Argument(help="The user's address.")]
HostOption = Annotated[str | None, typer.Option(help="Address of the server, for the printed link.")]
PortOption = Annotated[int | None, typer.Option(help="Port of the server, for the printed link.")]


def register(app: typer.Typer) -> None:
    """Add the `user` commands to `app`."""
    group = typer.Typer(help="Add, list and disable users; print links to choose a password.", no_args_is_help=True)
    for name, command in (("add", add), ("list", show), ("disable", disable), ("enable", enable)):
        group.command(name)(command)
    group.command("password-link")(password_link)
    app.add_typer(group, name="user")


def add(
    email: EmailArgument,
    role: Annotated[str, typer.Option(help="viewer, analyst, editor, admin or a role of the organisation.")] = "viewer",
    name: Annotated[str, typer.Option(help="The person's name; else the address.")] = "",
    organisation: Annotated[str, typer.Option(help="The organisation's id.")] = HOME,
    data: DataOption = None,
    host: HostOption = None,
    port: PortOption = None,
) -> None:
    """Add a user and print, on the last line, a link with which they choose a password: once, within seven days."""
    with told(), opened_records(data) as records:
        settings = settings_for(data=data, host=host, port=port)
        row = UserRow("", organisation, email, name, role, {}, 0, 0)
        now = SystemClock().now()
        made = records.call(access_user_creation, SYSTEM, row, now=now)
        typer.echo(f"{made.id}: user {made.email} with role {made.role}. The link works once, within seven days:")
        typer.echo(records.call(link_for, made.email, "invite", settings, now))


def show(data: DataOption = None) -> None:
    """List all users."""
    with told(), opened_records(data) as records:
        rows = records.call(list_users)
    table = Table("id", "email", "name", "role", "organisation", "state", "last sign-in", box=None)
    for row in rows:
        state = "usable" if row.disabled_at is None else "disabled"
        table.add_row(row.id, row.email, row.name, row.role, row.organisation, state, day(row.last_sign_in_at))
    Console(width=None if Console().is_terminal else 200).print(table)


def disable(email: EmailArgument, data: DataOption = None) -> None:
    """Disable a user. A running server refuses them within a second and closes their sockets within five."""
    _switch(email, data, disabled=True)


def enable(email: EmailArgument, data: DataOption = None) -> None:
    """Let a disabled user in again."""
    _switch(email, data, disabled=False)


def password_link(
    email: EmailArgument, data: DataOption = None, host: HostOption = None, port: PortOption = None
) -> None:
    """Print a link with which a user chooses a new password: once, within an hour."""
    with told(), opened_records(data) as records:
        settings = settings_for(data=data, host=host, port=port)
        typer.echo(records.call(link_for, email, "reset", settings, SystemClock().now()))


def link_for(connection: Connection, email: str, purpose: Purpose, settings: Settings, now: Micros) -> str:
    """A single-use link for a user. Raises `NotFound`, `Conflict` for a disabled one."""
    made = access_user_link(connection, SYSTEM, user_of(connection, email).id, purpose, now=now)
    return page_url(settings, settings.port, "sign-in" if purpose == "sign_in" else "reset", made.code)


def user_of(connection: Connection, email: str) -> UserRow:
    """The user with this address. Raises `NotFound`."""
    found = find_user(connection, email)
    if found is None:
        raise NotFound(f"there is no user {email!r}; `nowboard user list` shows all", code="unknown_user")
    return found


def _switch(email: str, data: DataOption, *, disabled: bool) -> None:
    with told(), opened_records(data) as records:
        row = records.call(_change, email, UserChange(disabled=disabled), SystemClock().now())
        typer.echo(f"{row.id}: user {row.email} is {'disabled' if disabled else 'usable'}.")


def _change(connection: Connection, email: str, change: UserChange, now: Micros) -> UserRow:
    return access_user_change(connection, SYSTEM, user_of(connection, email).id, change, now=now)
