"""`nowboard serve`: run the server."""

from __future__ import annotations

import asyncio
import socket
from typing import Annotated, Final

import typer

from nowboard.app import App, build
from nowboard.cli.background import start, watch_self
from nowboard.cli.failures import told
from nowboard.cli.logs import configure_logs
from nowboard.cli.memory import keep_memory_low
from nowboard.cli.options import DataOption, settings_for
from nowboard.errors import Unavailable
from nowboard.settings import Settings

WEAK: Final = {
    "trusted_proxies": "is *: whoever connects can say where they come from; name the addresses of your proxies.",
    "allowed_origins": "names a page that comes unencrypted, and with it the session cookie; use https.",
    "public_url": "is unencrypted: cookies and passwords can be read on their way; use https.",
    "metrics": "is everyone: figures and names of streams are shown to strangers; use signed_in.",
}
"""What is wrong with each of `Settings.insecure`, and what to do."""


def serve(
    data: DataOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; else NOWBOARD_HOST, else 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; else NOWBOARD_PORT, else 8080.")] = None,
    *,
    self_metrics: Annotated[
        bool, typer.Option(help="Keep the stream `server` and the dashboard This server, one event a second.")
    ] = True,
) -> None:
    """Run the server until it is told to stop. Prints one link to sign in with."""
    with told():
        settings = settings_for(data=data, host=host, port=port)
        configure_logs(settings.log_level, settings.log_format)
        warn(settings)
        keep_memory_low()
        run(build(settings), self_metrics=self_metrics)


def warn(settings: Settings) -> None:
    """Say on standard error which settings give protection away."""
    for name in settings.insecure:
        typer.echo(f"warning: NOWBOARD_{name.upper()} {WEAK[name]}", err=True)


def run(app: App, *, self_metrics: bool = False) -> None:
    """Serve `app` until SIGINT or SIGTERM. Raises `Unavailable` when the address is taken."""
    settings = app.settings
    listener = listen(settings.host, settings.port)
    server = app.server()

    async def main() -> None:
        port = listener.getsockname()[1]
        beside: list[asyncio.Task[None]] = []

        failures: list[Exception] = []

        async def begin() -> None:
            try:
                await app.started()
            except Exception as error:  # noqa: BLE001 - raised again once the server has ended
                server.should_exit = True
                failures.extend([] if app.stopping else [error])
                return
            await _announce(app, port)
            if self_metrics:
                beside.append(start(watch_self(app), "self metrics"))

        server.when_started(lambda: beside.append(asyncio.create_task(begin())))
        try:
            await server.serve(sockets=[listener])
        finally:
            for task in beside:
                task.cancel()
            listener.close()
        if failures:
            raise failures[0]

    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        runner.run(main())


def sign_in_url(settings: Settings, port: int, code: str) -> str:
    """The link that signs in once."""
    return page_url(settings, port, "sign-in", code)


def page_url(settings: Settings, port: int, page: str, code: str = "") -> str:
    """The address of a page. A code is in the fragment, which browsers do not send."""
    host = "localhost" if settings.host in ("127.0.0.1", "0.0.0.0", "::", "::1") else settings.host  # noqa: S104 - compared
    base = settings.public_url.rstrip("/") if settings.public_url else f"http://{host}:{port}"
    return f"{base}/{page}#{code}" if code else f"{base}/{page}"


async def _announce(app: App, port: int) -> None:
    typer.echo(f"Nowboard listens on port {port}. {await invitation(app, port)}")


async def invitation(app: App, port: int) -> str:
    """How to sign in: by a single-use link until there is an administrator, and with an account from then on."""
    if await app.needs_setup():
        link = sign_in_url(app.settings, port, await app.sign_in_code())
        return f"Sign in within 15 minutes, once, with\n  {link}"
    return f"Sign in at\n  {page_url(app.settings, port, 'sign-in')}"


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to `host` and `port`; uvicorn begins to listen on it. Raises `Unavailable` when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        message = f"cannot listen on {host} port {port}: {error.strerror}; --host and --port choose another address"
        raise Unavailable(message, code="address_taken") from error
    listener.set_inheritable(True)
    return listener
