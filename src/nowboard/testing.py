"""The real server in memory, for tests: ours, and those of who embeds it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from nowboard.access.tokens import issue_token
from nowboard.app import App, build
from nowboard.clock import Clock
from nowboard.model.principals import HOME
from nowboard.model.scopes import EVERYTHING, Scope
from nowboard.settings import Settings
from nowboard.web.opening import OPENING, OpeningLimits


class GivenSettings(Settings):
    """Settings that look at their arguments only, not at the environment."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        *_others: PydanticBaseSettingsSource,
        **_named: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what was given."""
        return (init_settings,)


def make_app(*, clock: Clock | None = None, data: Path | None = None, page: Path | None = None, **settings: Any) -> App:
    """A built server, not yet started: in memory, or with its files in `data`. Settings come from arguments only."""
    given = {"host": "127.0.0.1", "port": 0, **({} if data is None else {"data": data}), **settings}
    return build(GivenSettings.model_validate(given), clock=clock, memory=data is None, page=page)


@asynccontextmanager
async def started(app: App) -> AsyncIterator[App]:
    """Start `app` without a network; requests go to `app.api`, for example over httpx' `ASGITransport`."""
    await app.start()
    try:
        yield app
    finally:
        await app.stop()


async def make_token(
    app: App, role: str = "admin", scope: Scope = EVERYTHING, name: str = "test", organisation: str = HOME
) -> str:
    """An API token of a started app."""
    now = app.clock.now()
    issued = await app.records.run(issue_token, name=name, role=role, now=now, scope=scope, organisation=organisation)
    return issued.secret


@dataclass(frozen=True)
class Served:
    """An app that listens on a real port of the loopback."""

    app: App
    port: int

    @property
    def url(self) -> str:
        """The address, as `http://127.0.0.1:port`."""
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def serving(app: App, opening: OpeningLimits = OPENING) -> AsyncIterator[Served]:
    """Start `app` under uvicorn on a free port, and stop it as SIGTERM would."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = app.server(opening)
    up = asyncio.Event()
    server.when_started(up.set)
    # without the signal handlers of `serve`, which belong to whoever runs the tests
    running = asyncio.create_task(server._serve([listener]))
    waiting = asyncio.create_task(up.wait())
    try:
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        await app.started()
        yield Served(app, listener.getsockname()[1])
    finally:
        waiting.cancel()
        server.should_exit = True
        await running
        listener.close()
