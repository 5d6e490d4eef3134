"""The one place where the server is built and wired."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI

from nowboard import __version__
from nowboard.access.accounts import Accounts
from nowboard.access.audits import AuditRetention
from nowboard.access.authenticate import Authenticator
from nowboard.access.erasing import Erasures
from nowboard.access.foreign import jwt_bearers, oidc_providers
from nowboard.access.grants import OWNER, Grant
from nowboard.access.housekeeping import Housekeeping
from nowboard.access.limits import RequestLimiter, RequestLimits
from nowboard.access.passwords import Passwords
from nowboard.access.publications import Publications
from nowboard.access.refusals import Refusals
from nowboard.access.revocation import Revocations
from nowboard.access.sessions import make_link
from nowboard.access.throttle import Throttle
from nowboard.access.tickets import Tickets
from nowboard.clock import DAY, Clock, SystemClock
from nowboard.dashboards.warmer import Warmer, WarmLimits
from nowboard.errors import Unavailable
from nowboard.hub.hub import Hub
from nowboard.hub.interface import Resolver
from nowboard.hub.limits import HubLimits
from nowboard.ingest.limits import IngestLimits
from nowboard.ingest.pipeline import Ingest
from nowboard.ingest.room import Room
from nowboard.journal.interface import Journal
from nowboard.journal.memory import MemoryJournal
from nowboard.journal.sqlite import SqliteJournal
from nowboard.live.engine import LocalEngine
from nowboard.live.limits import LiveLimits
from nowboard.live.replay import Progress
from nowboard.model.engine import CatchUp
from nowboard.model.frames import Update
from nowboard.model.publisher import Publisher
from nowboard.query.runner import QueryLimits
from nowboard.records.database import Records
from nowboard.records.keeping import FrameKeeper, KeepingLimits
from nowboard.records.secrets import server_secret
from nowboard.records.users import has_administrator
from nowboard.settings import Settings
from nowboard.sources.host import ServerFigures
from nowboard.sources.postgres.connections import Connections
from nowboard.sources.postgres.follower import Follower, FollowLimits
from nowboard.sources.postgres.reading import ReadLimits
from nowboard.stores.duckdb import DuckDBStore
from nowboard.stores.limits import StoreLimits
from nowboard.stores.rebuild import open_store, reopen_store
from nowboard.stores.renewing import RenewingStore
from nowboard.web.api import WebServices, build_api, live_access
from nowboard.web.metrics import Metrics
from nowboard.web.named import NamedQueries
from nowboard.web.opening import OPENING, OpeningLimits
from nowboard.web.options import Exposure, WebOptions
from nowboard.web.saved import SavedQueries
from nowboard.web.server import Server, ServerOptions, make_server
from nowboard.web.socketio import SOCKETIO_PATH
from nowboard.web.static import StaticFiles
from nowboard.web.stored import StoredDashboards
from nowboard.web.subscriptions import Subscriptions
from nowboard.web.values import ParameterValues
from nowboard.web.websocket import make_websocket_protocol


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


@dataclass
class App:
    """A built server. `start` before the first request, `stop` at the end; `api` does both when it is served."""

    settings: Settings
    clock: Clock
    journal: Journal
    store: RenewingStore
    records: Records
    engine: LocalEngine
    ingest: Ingest
    hub: Hub
    metrics: Metrics
    api: FastAPI
    websocket: type[asyncio.Protocol]
    revocations: Revocations
    retention: AuditRetention
    erasures: Erasures
    publications: Publications
    housekeeping: Housekeeping
    keeper: FrameKeeper
    warmer: Warmer
    follower: Follower
    passwords: Passwords
    stopping: bool = False
    following_replay: Progress | None = None
    """Told of each part of a replay, in its thread, before the next one begins; for who embeds and shows progress."""
    _started: bool = False
    _starting: asyncio.Task[None] | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self) -> None:
        """Bring the store up to date and begin to serve."""
        await self.engine.start(self._replayed)
        await self.erasures.finish()
        self.hub.start()
        beside = (self.revocations, self.retention, self.publications, self.housekeeping, self.keeper, self.warmer)
        self._tasks += [asyncio.create_task(each.run()) for each in (*beside, self.follower)]
        self._started = True

    async def started(self) -> None:
        """Wait until a served app has started. Raises what went wrong."""
        if self._starting is not None:
            await asyncio.shield(self._starting)

    def catching_up(self) -> CatchUp | None:
        """How far the store is, while it is not up to the journal: after a start, or because it failed."""
        if not self._started:
            return CatchUp("starting", self.store.applied, self.journal.end)
        return self.store.catching_up()

    async def stop(self) -> None:
        """Finish what was acknowledged or asked, then close everything. Idempotent."""
        self.stopping = True
        if self._starting is not None:
            await asyncio.gather(self._starting, return_exceptions=True)
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.hub.stop()
        await self.engine.close()
        await self.keeper.flush()
        for part in (self.passwords, self.journal, self.store, self.records):
            await asyncio.to_thread(part.close)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Started for the length of a block; the block begins at once, and `started` tells when it is up."""
        self._starting = asyncio.create_task(self.start())
        try:
            yield
        finally:
            await self.stop()

    def server(self, opening: OpeningLimits = OPENING) -> Server:
        """A uvicorn server of this app; it starts and stops the app itself."""
        settings = self.settings
        options = ServerOptions(
            settings.host, settings.port, settings.trusted_proxies, settings.shutdown_seconds, opening=opening
        )
        return make_server(self.api, self.hub, self.websocket, self._begin_to_stop, options)

    def _begin_to_stop(self) -> None:
        self.stopping = True

    def _replayed(self, applied: int, end: int) -> None:
        """One more part of the journal is in the store, in a thread of its own; a stop ends it here."""
        if self.stopping:
            message = f"The server was stopped while it started, at offset {applied} of {end}."
            raise Unavailable(message, code="closed")
        if self.following_replay is not None:
            self.following_replay(applied, end)

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
    records = Records(None if memory and settings.records_url is None else settings.records)
    try:
        return _wire(settings, clock, journal, store, records, StaticFiles() if page is None else StaticFiles(page))
    except BaseException:
        for part in (journal, store, records):
            part.close()
        raise


def _make_engine(
    settings: Settings, clock: Clock, journal: Journal, store: RenewingStore, records: Records, metrics: Metrics
) -> tuple[LocalEngine, Relay, FrameKeeper]:
    relay, keeper = Relay(), FrameKeeper(records, clock, KeepingLimits(total_bytes=settings.kept_bytes))
    salt = records.call(server_secret, "masks", clock.now()).hex()
    limits, queries = LiveLimits(live_queries=settings.live_queries), QueryLimits(timeout=settings.query_timeout)
    engine = LocalEngine(
        journal, store, clock, relay, limits, queries=queries, observer=metrics, keeper=keeper, salt=salt
    )
    return engine, relay, keeper


def _make_hub(
    settings: Settings, clock: Clock, engine: LocalEngine, relay: Relay, resolver: Resolver, metrics: Metrics
) -> Hub:
    hub = Hub(engine, resolver, clock=clock, limits=_hub_limits(settings))
    relay.connect(hub)
    metrics.watch(engine.status, engine.runner.stats, lambda: hub.stats)
    return hub


def _make_follower(settings: Settings, clock: Clock, engine: LocalEngine) -> Follower:
    limits = FollowLimits(reading=ReadLimits(seconds=settings.follow_seconds, rows=settings.follow_rows))
    return Follower(engine, Connections(settings.connections), clock, limits)


def _make_resolver(engine: LocalEngine, records: Records, dashboards: StoredDashboards) -> Subscriptions:
    values = ParameterValues(engine)
    return Subscriptions(dashboards, values, NamedQueries(records, SavedQueries(engine, values)))


def _wire(
    settings: Settings, clock: Clock, journal: Journal, store: RenewingStore, records: Records, files: StaticFiles
) -> App:
    metrics, dashboards = Metrics(), StoredDashboards(records, clock)
    engine, relay, keeper = _make_engine(settings, clock, journal, store, records, metrics)
    resolver = _make_resolver(engine, records, dashboards)
    hub = _make_hub(settings, clock, engine, relay, resolver, metrics)
    warmer = Warmer(records, dashboards, engine, clock, WarmLimits(settings.warm_queries))
    follower = _make_follower(settings, clock, engine)
    metrics.watch_beside(warm=lambda: warmer.figures, kept=lambda: keeper.totals, following=lambda: follower.figures)
    in_files = isinstance(journal, SqliteJournal)
    room = Room(settings.data if in_files else None, settings.disk_reserve, clock)
    tickets, passwords = Tickets(clock), Passwords()
    services = WebServices(
        engine=engine,
        cache=engine.runner,
        dashboards=dashboards,
        ingest=Ingest(engine, clock, meter=metrics, limits=_ingest_limits(settings), room=room),
        follower=follower,
        hub=hub,
        records=records,
        authenticator=Authenticator(records, tickets, clock, jwt_bearers(settings.jwt_issuers, records, clock)),
        accounts=Accounts(records, passwords, Throttle(), clock),
        providers=oidc_providers(settings.oidc_providers, records.call(server_secret, "oidc", clock.now()), clock),
        limiter=RequestLimiter(records, clock, _request_limits(settings)),
        refusals=Refusals(records, clock),
        erasures=Erasures(records, engine, clock, settings.erasure_path if in_files else None),
        tickets=tickets,
        publications=Publications(records, hub.watched, hub.moved),
        clock=clock,
        metrics=metrics,
        resolver=resolver,
        stopping=lambda: app.stopping,
        catching_up=lambda: app.catching_up(),  # noqa: PLW0108 - there is no app yet
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
        erasures=services.erasures,
        retention=AuditRetention(records, clock, settings.audit_days),
        publications=services.publications,
        housekeeping=Housekeeping(records, clock),
        keeper=keeper,
        warmer=warmer,
        follower=follower,
        passwords=passwords,
    )
    return app


def _open_memory(settings: Settings, clock: Clock) -> tuple[Journal, RenewingStore]:
    journal = MemoryJournal(clock=clock)

    def open_empty() -> DuckDBStore:
        return DuckDBStore(None, limits=_store_limits(settings))

    return journal, RenewingStore(open_empty(), open_empty, journal.read, journal.epoch)


def _open_files(settings: Settings, clock: Clock) -> tuple[Journal, RenewingStore]:
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
    path = settings.store_path
    return journal, RenewingStore(store, lambda: reopen_store(path, limits), journal.read, journal.epoch)


def _store_limits(settings: Settings) -> StoreLimits:
    return StoreLimits(memory_bytes=settings.store_memory, threads=settings.store_threads)


def _hub_limits(settings: Settings) -> HubLimits:
    return HubLimits(
        sessions=settings.viewers,
        sessions_per_principal=settings.viewers_per_principal,
        subscriptions=settings.subscriptions_per_viewer,
        subscriptions_per_principal=settings.subscriptions_per_principal,
    )


def _request_limits(settings: Settings) -> RequestLimits:
    return RequestLimits(
        guest=settings.requests_guest,
        viewer=settings.requests_viewer,
        editor=settings.requests_editor,
        admin=settings.requests_admin,
    )


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
        insecure=settings.insecure,
        session_lifetime=settings.session_days * DAY,
        metrics=Exposure(settings.metrics),
        docs=Exposure(settings.docs),
    )
