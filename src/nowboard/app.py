"""The one place where the server is built and wired."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fastapi import FastAPI

from nowboard import __version__
from nowboard.access.accounts import Accounts
from nowboard.access.authenticate import Authenticator
from nowboard.access.dashboards import access_dashboard
from nowboard.access.foreign import jwt_bearers, oidc_providers
from nowboard.access.grants import OWNER, Grant
from nowboard.access.passwords import Passwords
from nowboard.access.revocation import Revocations
from nowboard.access.sessions import make_link
from nowboard.access.throttle import Throttle
from nowboard.access.tickets import Tickets
from nowboard.clock import DAY, Clock, SystemClock
from nowboard.dashboards.validate import validate
from nowboard.hub.hub import Hub
from nowboard.hub.limits import HubLimits
from nowboard.ingest.limits import IngestLimits
from nowboard.ingest.pipeline import Ingest
from nowboard.ingest.room import Room
from nowboard.journal.interface import Journal
from nowboard.journal.memory import MemoryJournal
from nowboard.journal.sqlite import SqliteJournal
from nowboard.live.engine import LocalEngine
from nowboard.live.limits import LiveLimits
from nowboard.model.dashboards import Dashboard
from nowboard.model.frames import Update
from nowboard.model.principals import Principal
from nowboard.model.publisher import Publisher
from nowboard.query.runner import QueryLimits
from nowboard.records.database import Records
from nowboard.records.secrets import server_secret
from nowboard.records.users import has_administrator
from nowboard.settings import Settings
from nowboard.sources.host import ServerFigures
from nowboard.stores.duckdb import DuckDBStore
from nowboard.stores.interface import Store
from nowboard.stores.limits import StoreLimits
from nowboard.stores.rebuild import open_store
from nowboard.web.api import WebServices, build_api, live_access
from nowboard.web.metrics import Metrics
from nowboard.web.options import Exposure, WebOptions
from nowboard.web.server import Server, ServerOptions, make_server
from nowboard.web.socketio import SOCKETIO_PATH
from nowboard.web.static import StaticFiles
from nowboard.web.subscriptions import Subscriptions
from nowboard.web.websocket import make_websocket_protocol

_PARSED: Final = 256
"""Dashboards kept parsed; a large one takes some 100 KB."""


class Relay:
    """The publisher that the engine is built with: the hub needs the engine first, so it is connected afterwards."""

    def __init__(self) -> None:
        self._target: Publisher | None = None

    def connect(self, target: Publisher) -> None:
        """Send everything to `target` from now on."""
        self._target = target

    def publish(self, updates: Sequence[Update]) -> None:
        """See `nowboard.model.publisher.Publisher`."""
        if self._target is not None:
            self._target.publish(updates)


class StoredDashboards:
    """Dashboards from the records, for subscriptions. The last ones read stay parsed: viewers come in crowds."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._parsed: dict[tuple[str, str], tuple[str, Dashboard]] = {}

    async def readable(self, principal: Principal, dashboard_id: str) -> Dashboard:
        """The dashboard, if `principal` may see it. Raises `NotFound`, `Forbidden`."""
        row = await self._records.run(access_dashboard, principal, dashboard_id)
        key = (row.organisation, row.id)
        etag, dashboard = self._parsed.get(key, ("", None))
        if dashboard is None or etag != row.etag:
            dashboard = validate(row.document)
            if len(self._parsed) >= _PARSED:
                self._parsed.clear()
            self._parsed[key] = (row.etag, dashboard)
        return dashboard


@dataclass
class App:
    """A built server. `start` before the first request, `stop` at the end; `api` does both when it is served."""

    settings: Settings
    clock: Clock
    journal: Journal
    store: Store
    records: Records
    engine: LocalEngine
    ingest: Ingest
    hub: Hub
    metrics: Metrics
    api: FastAPI
    websocket: type[asyncio.Protocol]
    revocations: Revocations
    passwords: Passwords
    stopping: bool = False
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self) -> None:
        """Bring the store up to date and begin to serve."""
        await self.engine.start()
        self.hub.start()
        self._tasks.append(asyncio.create_task(self.revocations.run()))

    async def stop(self) -> None:
        """Finish what was acknowledged or asked, then close everything. Idempotent."""
        self.stopping = True
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.hub.stop()
        await self.engine.close()
        for part in (self.passwords, self.journal, self.store, self.records):
            await asyncio.to_thread(part.close)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Started for the length of a block."""
        await self.start()
        try:
            yield
        finally:
            await self.stop()

    def server(self) -> Server:
        """A uvicorn server of this app; it starts and stops the app itself."""
        settings = self.settings
        options = ServerOptions(settings.host, settings.port, settings.trusted_proxies, settings.shutdown_seconds)
        return make_server(self.api, self.hub, self.websocket, self._begin_to_stop, options)

    def _begin_to_stop(self) -> None:
        self.stopping = True

    async def needs_setup(self) -> bool:
        """Whether the first administrator is still to be made: until then, the owner's code signs in."""
        return not await self.records.run(has_administrator)

    async def sign_in_code(self, grant: Grant = OWNER) -> str:
        """A fresh single-use code for the sign-in page."""
        return await self.records.run(make_link, grant, self.clock.now())

    def figures(self) -> ServerFigures:
        """What the server has done so far, for its own stream."""
        totals, stats = self.metrics.totals, self.hub.stats
        return ServerFigures(
            requests=totals.requests,
            request_errors=totals.request_errors,
            request_seconds=totals.request_seconds,
            queries=totals.queries,
            query_seconds=totals.query_seconds,
            events=totals.events,
            pushes=sum(stats.deliveries.values()),
            pushed_bytes=sum(stats.bytes_sent.values()),
            updates=stats.push.count,
            update_seconds=stats.push.sum,
            viewers=sum(stats.sessions.values()),
            live_queries=self.engine.status().live_queries,
        )


def build(settings: Settings, *, clock: Clock | None = None, memory: bool = False, page: Path | None = None) -> App:
    """Everything wired, nothing started. `memory` keeps all state in this process; `page` is another built page."""
    clock = clock or SystemClock()
    journal, store = _open_memory(settings, clock) if memory else _open_files(settings, clock)
    records = Records(None if memory else settings.records_path)
    try:
        return _wire(settings, clock, journal, store, records, StaticFiles() if page is None else StaticFiles(page))
    except BaseException:
        for part in (journal, store, records):
            part.close()
        raise


def _wire(
    settings: Settings, clock: Clock, journal: Journal, store: Store, records: Records, files: StaticFiles
) -> App:
    relay, metrics = Relay(), Metrics()
    engine = LocalEngine(
        journal,
        store,
        clock,
        relay,
        LiveLimits(live_queries=settings.live_queries),
        queries=QueryLimits(timeout=settings.query_timeout),
        observer=metrics,
        salt=records.call(server_secret, "masks", clock.now()).hex(),
    )
    hub = Hub(engine, Subscriptions(StoredDashboards(records)), clock=clock, limits=_hub_limits(settings))
    relay.connect(hub)
    metrics.watch(engine.status, engine.runner.stats, lambda: hub.stats)
    room = Room(settings.data if isinstance(journal, SqliteJournal) else None, settings.disk_reserve, clock)
    tickets, passwords = Tickets(clock), Passwords()
    services = WebServices(
        engine=engine,
        ingest=Ingest(engine, clock, meter=metrics, limits=_ingest_limits(settings), room=room),
        hub=hub,
        records=records,
        authenticator=Authenticator(records, tickets, clock, jwt_bearers(settings.jwt_issuers, records, clock)),
        accounts=Accounts(records, passwords, Throttle(), clock),
        providers=oidc_providers(settings.oidc_providers, records.call(server_secret, "oidc", clock.now()), clock),
        tickets=tickets,
        clock=clock,
        metrics=metrics,
        stopping=lambda: app.stopping,
        version=__version__,
        options=_web_options(settings),
    )
    app = App(
        settings=settings,
        clock=clock,
        journal=journal,
        store=store,
        records=records,
        engine=engine,
        ingest=services.ingest,
        hub=hub,
        metrics=metrics,
        api=build_api(services, files=files, lifespan=lambda _: app.running()),
        websocket=make_websocket_protocol(hub, live_access(services), others=(SOCKETIO_PATH,)),
        revocations=Revocations(records, services.authenticator, clock, hub.revoke),
        passwords=passwords,
    )
    return app


def _open_memory(settings: Settings, clock: Clock) -> tuple[Journal, Store]:
    return MemoryJournal(clock=clock), DuckDBStore(None, limits=_store_limits(settings))


def _open_files(settings: Settings, clock: Clock) -> tuple[Journal, Store]:
    settings.data.mkdir(parents=True, exist_ok=True)
    journal = SqliteJournal(settings.journal_path, clock=clock)
    try:
        limits = _store_limits(settings)
        store, rebuild = open_store(settings.store_path, epoch=journal.epoch, end=journal.end, limits=limits)
        if rebuild is not None and rebuild.code == "ahead":
            journal.renew_epoch()  # acknowledged records are gone, and their offsets will be given out again
    except BaseException:
        journal.close()
        raise
    return journal, store


def _store_limits(settings: Settings) -> StoreLimits:
    return StoreLimits(memory_bytes=settings.store_memory, threads=settings.store_threads)


def _hub_limits(settings: Settings) -> HubLimits:
    return HubLimits(sessions=settings.viewers)


def _ingest_limits(settings: Settings) -> IngestLimits:
    return IngestLimits(
        body_bytes=settings.body_bytes,
        decoded_bytes=settings.decoded_bytes,
        rows=settings.events_per_request,
        inflight_bytes=settings.inflight_bytes,
    )


def _web_options(settings: Settings) -> WebOptions:
    return WebOptions(
        secure=settings.secure,
        public_url=settings.public_url,
        origins=frozenset(origin.lower().rstrip("/") for origin in settings.allowed_origins),
        session_lifetime=settings.session_days * DAY,
        metrics=Exposure(settings.metrics),
        docs=Exposure(settings.docs),
    )
