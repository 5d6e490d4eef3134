"""Metrics: named aggregates over a stream."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from nowboard.access.rules import may_see, require_whole
from nowboard.dashboards.problems import Problem, error_of
from nowboard.errors import Conflict, NotFound
from nowboard.model.engine import Ask, Engine
from nowboard.model.events import Definition, RecordKind
from nowboard.model.principals import Permission
from nowboard.model.queries import Measure, MetricQuery, Window
from nowboard.model.scopes import Scope
from nowboard.model.streams import Metric
from nowboard.packs.definitions import MetricText, metric_text, read_metric
from nowboard.web.answers import answer
from nowboard.web.direct import api_router
from nowboard.web.gate import Gate
from nowboard.web.notes import Notes
from nowboard.web.openapi import described
from nowboard.web.options import WebOptions
from nowboard.web.reading import read_object


class NamedMetric(MetricText, frozen=True, kw_only=True):
    """A metric with its name."""

    name: str


class MetricList(msgspec.Struct, frozen=True):
    """The metrics of the streams that are visible."""

    items: list[NamedMetric]


def metric_routes(gate: Gate, engine: Engine, notes: Notes, options: WebOptions) -> APIRouter:
    """`/metrics`."""
    router = api_router("Metrics")

    @router.get("/metrics", **described("All metrics", answer=MetricList))
    async def every(request: Request) -> Response:
        principal = await gate.principal(request, Permission.READ)
        metrics = [m for _, m in sorted(engine.catalog.metrics.items()) if may_see(principal, m.stream)]
        return answer({"items": [_named(metric) for metric in metrics]})

    @router.put("/metrics/{metric}", **described("Define a metric", body=MetricText, answer=NamedMetric))
    async def put(request: Request, metric: str) -> Response:
        principal = await gate.principal(request, Permission.DEFINE)
        wanted = _read(metric, await read_object(request, options.json_bytes))
        require_whole(principal, wanted.stream)
        current = engine.catalog.metrics.get(metric)
        if current is not None and not principal.scope.sees_whole(current.stream):
            raise Conflict(f"the name {metric!r} is taken; call the metric something else")
        if wanted.stream not in engine.catalog.streams:
            raise NotFound(f"there is no stream {wanted.stream!r}", code="unknown_stream")
        await _try(engine, wanted, principal.scope)
        await engine.define([Definition(RecordKind.METRIC, metric, msgspec.json.encode(wanted))])
        await notes.add(principal, "metric.change", "metric", metric, {"stream": wanted.stream})
        return answer(_named(wanted))

    return router


def _named(metric: Metric) -> dict[str, Any]:
    return {"name": metric.name, **metric_text(metric)}


def _read(name: str, data: dict[str, Any]) -> Metric:
    problems: list[Problem] = []
    metric = read_metric(name, data, problems)
    if metric is None or problems:
        raise error_of(problems, f"Metric {name!r}")
    return metric


async def _try(engine: Engine, metric: Metric, scope: Scope) -> None:
    """Answer the metric once, over next to nothing: what cannot be planned or typed must not be stored.

    Masks change types, and are not the same for everybody who will ask.
    """
    measure = Measure(metric.name, metric.sql)
    query = MetricQuery(metric.stream, (measure,), window=Window(last="1s"))
    await engine.query(Ask(query, msgspec.structs.replace(scope, masks={})))
