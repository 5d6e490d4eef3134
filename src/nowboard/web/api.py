"""The HTTP application, built in one place from the services it serves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI

from nowboard.access.accounts import Accounts
from nowboard.access.authenticate import Authenticator
from nowboard.access.identities import SignInProviders
from nowboard.access.tickets import Tickets
from nowboard.clock import Clock
from nowboard.hub.hub import Hub
from nowboard.ingest.pipeline import Ingest
from nowboard.model.engine import Engine
from nowboard.records.database import Records
from nowboard.web.errors import install_handlers
from nowboard.web.gate import Gate
from nowboard.web.live_access import LiveAccess
from nowboard.web.live_sessions import live_routes
from nowboard.web.metrics import Metrics
from nowboard.web.middleware import Edge
from nowboard.web.options import PREFIX, WebOptions
from nowboard.web.routes.dashboards import dashboard_routes
from nowboard.web.routes.docs import docs_routes
from nowboard.web.routes.events import event_routes
from nowboard.web.routes.health import health_routes
from nowboard.web.routes.metrics import metric_routes
from nowboard.web.routes.oidc import oidc_routes
from nowboard.web.routes.own_sessions import own_session_routes
from nowboard.web.routes.queries import query_routes
from nowboard.web.routes.sessions import session_routes
from nowboard.web.routes.setup import setup_routes
from nowboard.web.routes.streams import stream_routes
from nowboard.web.routes.tables import table_routes
from nowboard.web.routes.tokens import token_routes
from nowboard.web.routes.users import user_routes
from nowboard.web.socketio import SOCKETIO_PATH, make_socketio
from nowboard.web.static import PageApp, StaticFiles


@dataclass(frozen=True)
class WebServices:
    """What the routes are built from. `stopping` says whether the server is on its way down."""

    engine: Engine
    ingest: Ingest
    hub: Hub
    records: Records
    authenticator: Authenticator
    accounts: Accounts
    providers: SignInProviders | None
    tickets: Tickets
    clock: Clock
    metrics: Metrics
    stopping: Callable[[], bool]
    version: str
    options: WebOptions


Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def live_access(services: WebServices) -> LiveAccess:
    """How sockets, event streams and polls are let in."""
    gate = Gate(services.authenticator, services.options)
    return LiveAccess(gate.of_headers, services.options.origins)


def build_api(services: WebServices, *, files: StaticFiles | None = None, lifespan: Lifespan | None = None) -> FastAPI:
    """The application."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False, lifespan=lifespan)
    install_handlers(app)
    app.add_middleware(Edge, metrics=services.metrics)
    gate, options, files = Gate(services.authenticator, services.options), services.options, files or StaticFiles()
    for router in _api_routers(services, gate):
        app.include_router(router)
    app.include_router(docs_routes(gate, files, services.version, options))
    app.include_router(
        health_routes(gate, services.engine, services.ingest.room, services.metrics, services.stopping, options)
    )
    access = live_access(services)
    app.router.routes.extend(live_routes(services.hub, access, PREFIX))
    app.mount(SOCKETIO_PATH, make_socketio(services.hub, access))
    app.router.default = PageApp(files)
    return app


def _api_routers(services: WebServices, gate: Gate) -> list[APIRouter]:
    engine, records, clock, options = services.engine, services.records, services.clock, services.options
    return [
        *_identity_routers(services, gate),
        stream_routes(gate, engine, services.ingest.evolver, options),
        event_routes(gate, services.ingest),
        table_routes(gate, engine, options),
        metric_routes(gate, engine, options),
        query_routes(gate, engine, services.metrics, options),
        dashboard_routes(gate, records, engine, clock, services.hub.published, options),
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
        token_routes(gate, records, authenticator, clock, options),
    ]
