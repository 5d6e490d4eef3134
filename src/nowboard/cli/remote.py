"""What the commands that talk to a running server share."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final, TypeVar

import typer

from nowboard.cli.failures import Exit
from nowboard.errors import NowboardError, Unauthenticated
from nowboard.packs.remote import RemoteServer

SHOWN: Final = 20

Url = Annotated[str, typer.Option("--url", envvar="NOWBOARD_URL", help="Address of the server.")]
Token = Annotated[
    str,
    typer.Option("--token", envvar="NOWBOARD_TOKEN", help="API token of a role that may define and edit."),
]

T = TypeVar("T")


def connect(url: str, token: str) -> RemoteServer:
    """The server at `url`. Raises `Unauthenticated` without a token."""
    if not token:
        raise Unauthenticated("Give an API token: --token, or NOWBOARD_TOKEN. `nowboard token create` makes one.")
    return RemoteServer(url, token)


def finish(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end."""
    return asyncio.run(work)


@contextmanager
def told() -> Iterator[None]:
    """Tell a failure in words on standard error, every problem on its line, and exit with `TROUBLE`."""
    try:
        yield
    except NowboardError as error:
        for line in explain(error):
            typer.echo(line, err=True)
        raise typer.Exit(Exit.TROUBLE) from error


def explain(error: NowboardError) -> Iterator[str]:
    """The lines that say what is wrong."""
    problems = (error.detail or {}).get("problems") or []
    if len(problems) < 2:
        yield f"error: {error.message}"
        yield from _widgets((error.detail or {}).get("widgets") or [])
        return
    yield f"error: {len(problems)} problems"
    for problem in problems[:SHOWN]:
        place = f"{problem['file']}:{problem['line']}: " if "file" in problem else ""
        path = f"{problem['path']}: " if problem.get("path") else ""
        yield f"  {place}{path}{problem['message']}"
    if len(problems) > SHOWN:
        yield f"  and {len(problems) - SHOWN} more"


def _widgets(broken: list[dict[str, Any]]) -> Iterator[str]:
    """Those that a saved query would break."""
    for each in broken[:SHOWN]:
        yield f"  {each['dashboard']} ({each['version']}), widget {each['widget']}: {each['problems'][0]}"
    if len(broken) > SHOWN:
        yield f"  and {len(broken) - SHOWN} more"
