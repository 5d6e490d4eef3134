"""The HTTP application, built in one place from the services it serves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI, Request

from nowboard.access.accounts import Accounts
from nowboard.access.authenticate import Authenticator
from nowboard.access.erasing import Erasures
from nowboard.access.identities import SignInProviders
from nowboard.access.limits import RequestLimiter
from nowboard.access.publications import Publications
from nowboard.access.refusals import Refusals
from nowboard.access.tickets import Tickets
from nowboard.clock import Clock
from nowboard.errors import NowboardError
from nowboard.hub.hub import Hub
from nowboard.hub.interface import Resolver
from nowboard.ingest.pipeline import Ingest
from nowboard.model.engine import CatchUp, Engine
from nowboard.records.database import Records
from nowboard.sources.postgres.follower import Follower
from nowboard.web.documents import Documents
from nowboard.web.errors import NoteRefusal, install_handlers
from nowboard.web.gate import PRINCIPAL, Gate
from nowboard.web.live_access import LiveAccess
from nowboard.web.live_sessions import live_routes
from nowboard.web.metrics import Metrics
from nowboard.web.middleware import Edge
from nowboard.web.notes import Notes
from nowboard.web.options import PREFIX, WebOptions
from nowboard.web.routes.audit import audit_routes
from nowboard.web.routes.cache import Cache, cache_routes
from nowboard.web.routes.dashboards import dashboard_routes
from nowboard.web.routes.docs import docs_routes
from nowboard.web.routes.embedding import embed_routes
from nowboard.web.routes.erasures import erasure_routes
from nowboard.web.routes.events import event_routes
from nowboard.web.routes.following import following_routes
from nowboard.web.routes.health import health_routes
from nowboard.web.routes.metrics import metric_routes
from nowboard.web.routes.oidc import oidc_routes
from nowboard.web.routes.organisations import organisation_routes
from nowboard.web.routes.own_sessions import own_session_routes
from nowboard.web.routes.pages import page_routes
from nowboard.web.routes.queries import query_routes
from nowboard.web.routes.roles import role_routes
from nowboard.web.routes.runs import run_routes
from nowboard.web.routes.saved import one_saved_query_routes, saved_query_routes
from nowboard.web.routes.sessions import session_routes
from nowboard.web.routes.settings import settings_routes
from nowboard.web.routes.setup import setup_routes
from nowboard.web.routes.shared import shared_routes
from nowboard.web.routes.shares import share_routes
from nowboard.web.routes.streams import stream_routes
from nowboard.web.routes.tables import table_routes
from nowboard.web.routes.template_use import template_use_routes
from nowboard.web.routes.templates import one_template_routes, template_routes
from nowboard.web.routes.tokens import token_routes
from nowboard.web.routes.transfer import transfer_routes
from nowboard.web.routes.users import user_routes
from nowboard.web.routes.versions import history_routes, version_routes
from nowboard.web.routes.widgets import widget_routes
from nowboard.web.saved import SavedQueries
from nowboard.web.socketio import SOCKETIO_PATH, make_socketio
from nowboard.web.starting import Starting, check_started
from nowboard.web.static import PageApp, StaticFiles
from nowboard.web.subscriptions import Dashboards
from nowboard.web.values import ParameterValues
from nowboard.web.writing import Writing


@dataclass(frozen=True)
class WebServices:
    """What the routes are built from.

    `stopping` says whether the server is on its way down, `catching_up` how far the store is when it is not up to date.
    """

    engine: Engine
    cache: Cache
    dashboards: Dashboards
    ingest: Ingest
    follower: Follower
    hub: Hub
    records: Records
    authenticator: Authenticator
    limiter: RequestLimiter
    erasures: Erasures
    refusals: Refusals
    accounts: Accounts
    providers: SignInProviders | None
    tickets: Tickets
    publications: Publications
    clock: Clock
    metrics: Metrics
    resolver: Resolver
    stopping: Callable[[], bool]
    catching_up: Callable[[], CatchUp | None]
    version: str
    options: WebOptions


Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def live_access(services: WebServices) -> LiveAccess:
    """How sockets, event streams and polls are let in."""
    gate = _gate(services)
    return LiveAccess(gate.of_headers, services.options.origins, lambda: check_started(services.catching_up()))


def build_api(services: WebServices, *, files: StaticFiles | None = None, lifespan: Lifespan | None = None) -> FastAPI:
    """The application."""
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    install_handlers(app, _note_refusals(services.refusals))
    app.add_middleware(Starting, catching_up=services.catching_up)
    app.add_middleware(Edge, metrics=services.metrics, secure=services.options.secure)
    gate, options, files = _gate(services), services.options, files or StaticFiles()
    for router in _api_routers(services, gate):
        app.router.routes.extend(router.routes)  # included, each would be looked for in two steps
    app.include_router(page_routes(files, services.records))
    app.include_router(docs_routes(gate, files, services.version, options))
    room, stopping, catching_up = services.ingest.room, services.stopping, services.catching_up
    app.include_router(health_routes(gate, services.engine, room, services.metrics, stopping, catching_up, options))
    access = live_access(services)
    app.router.routes.extend(live_routes(services.hub, access, PREFIX))
    app.mount(SOCKETIO_PATH, make_socketio(services.hub, access))
    app.router.default = PageApp(files)
    return app


def _gate(services: WebServices) -> Gate:
    return Gate(services.authenticator, services.options, services.limiter)


def _note_refusals(refusals: Refusals) -> NoteRefusal:
    async def note(request: Request, error: NowboardError) -> None:
        route = getattr(request.scope.get("route"), "path", request.url.path)
        await refusals.note(request.scope.get(PRINCIPAL), error, request.method, route)

    return note


def _api_routers(services: WebServices, gate: Gate) -> list[APIRouter]:
    engine, records, clock, options = services.engine, services.records, services.clock, services.options
    notes = Notes(records, clock)
    return [
        event_routes(gate, services.ingest),  # looked through in order, and most requests are for this one
        *_identity_routers(services, gate),
        organisation_routes(gate, records, services.authenticator, engine, clock, options),
        role_routes(gate, records, services.authenticator, engine, clock, options),
        stream_routes(gate, engine, services.ingest.evolver, notes, options),
        table_routes(gate, engine, services.follower, notes, options),
        following_routes(gate, services.follower, notes, clock),
        metric_routes(gate, engine, notes, options),
        audit_routes(gate, records),
        erasure_routes(gate, services.erasures),
        query_routes(gate, engine, services.resolver, services.metrics, notes, options),
        cache_routes(gate, services.cache, services.dashboards, engine, records, clock, options),
        *_sharing_routers(services, gate),
        *_document_routers(services, gate),
    ]


def _sharing_routers(services: WebServices, gate: Gate) -> list[APIRouter]:
    engine, records, clock, options = services.engine, services.records, services.clock, services.options
    return [
        share_routes(gate, records, services.authenticator, engine, clock, options),
        embed_routes(gate, records, services.authenticator, engine, clock, options),
        shared_routes(gate, engine, services.dashboards),
    ]


def _document_routers(services: WebServices, gate: Gate) -> list[APIRouter]:
    engine, records, clock, options = services.engine, services.records, services.clock, services.options
    documents, values = Documents(records, engine), ParameterValues(engine)
    changed = services.publications.nudge
    writing, saved = Writing(records, documents, clock, changed), SavedQueries(engine, values)
    return [
        transfer_routes(gate, records, writing, clock, options),
        dashboard_routes(gate, records, writing, clock, options),
        settings_routes(gate, records, writing, clock, options),
        version_routes(gate, records, documents, clock, changed, options),
        history_routes(gate, records, clock),
        widget_routes(gate, records, writing, clock, options),
        template_routes(gate, records, clock, options),
        one_template_routes(gate, records, clock, options),
        template_use_routes(gate, records, writing, clock, options),
        saved_query_routes(gate, records, saved, clock, options),
        one_saved_query_routes(gate, records, saved, clock, changed, options),
        run_routes(gate, records, engine, saved, values, services.metrics, Notes(records, clock), options),
    ]


def _identity_routers(services: WebServices, gate: Gate) -> list[APIRouter]:
    records, clock, options = services.records, services.clock, services.options
    authenticator, accounts, providers = services.authenticator, services.accounts, services.providers
    return [
        session_routes(gate, records, authenticator, accounts, services.tickets, providers, clock, options),
        oidc_routes(records, authenticator, providers, clock, options),
        own_session_routes(gate, records, authenticator, clock),
        setup_routes(gate, records, authenticator, accounts, clock, options),
        user_routes(gate, records, authenticator, accounts, clock, options),
        token_routes(gate, records, authenticator, services.engine, clock, options),
    ]
