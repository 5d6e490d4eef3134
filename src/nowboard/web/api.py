"""The HTTP application, built in one place from the services it serves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI

from nowboard.access.authenticate import Authenticator
from nowboard.access.publications import Publications
from nowboard.access.tickets import Tickets
from nowboard.clock import Clock
from nowboard.hub.hub import Hub
from nowboard.ingest.pipeline import Ingest
from nowboard.model.engine import Engine
from nowboard.records.database import Records
from nowboard.web.documents import Documents
from nowboard.web.errors import install_handlers
from nowboard.web.gate import Gate
from nowboard.web.live_access import LiveAccess
from nowboard.web.live_sessions import live_routes
from nowboard.web.metrics import Metrics
from nowboard.web.middleware import Edge
from nowboard.web.options import PREFIX, WebOptions
from nowboard.web.routes.cache import Cache, cache_routes
from nowboard.web.routes.dashboards import dashboard_routes
from nowboard.web.routes.docs import docs_routes
from nowboard.web.routes.events import event_routes
from nowboard.web.routes.health import health_routes
from nowboard.web.routes.metrics import metric_routes
from nowboard.web.routes.queries import query_routes
from nowboard.web.routes.runs import run_routes
from nowboard.web.routes.saved import one_saved_query_routes, saved_query_routes
from nowboard.web.routes.sessions import session_routes
from nowboard.web.routes.settings import settings_routes
from nowboard.web.routes.streams import stream_routes
from nowboard.web.routes.tables import table_routes
from nowboard.web.routes.template_use import template_use_routes
from nowboard.web.routes.templates import one_template_routes, template_routes
from nowboard.web.routes.transfer import transfer_routes
from nowboard.web.routes.versions import history_routes, version_routes
from nowboard.web.routes.widgets import widget_routes
from nowboard.web.saved import SavedQueries
from nowboard.web.socketio import SOCKETIO_PATH, make_socketio
from nowboard.web.static import PageApp, StaticFiles
from nowboard.web.subscriptions import Dashboards
from nowboard.web.values import ParameterValues
from nowboard.web.writing import Writing


@dataclass(frozen=True)
class WebServices:
    """What the routes are built from. `stopping` says whether the server is on its way down."""

    engine: Engine
    cache: Cache
    dashboards: Dashboards
    ingest: Ingest
    hub: Hub
    records: Records
    authenticator: Authenticator
    tickets: Tickets
    publications: Publications
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
        session_routes(gate, records, services.authenticator, services.tickets, clock, options),
        stream_routes(gate, engine, services.ingest.evolver, options),
        event_routes(gate, services.ingest),
        table_routes(gate, engine, options),
        metric_routes(gate, engine, options),
        query_routes(gate, engine, services.metrics, options),
        cache_routes(gate, services.cache, services.dashboards, engine, records, clock, options),
        *_document_routers(services, gate),
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
        run_routes(gate, records, engine, saved, values, services.metrics, options),
    ]
