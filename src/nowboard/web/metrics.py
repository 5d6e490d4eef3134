"""The server's own figures, for Prometheus and for the stream that shows them on a dashboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from nowboard.dashboards.warmer import WarmFigures
from nowboard.hub.stats import HubStats
from nowboard.model.engine import Status
from nowboard.model.events import Events, Record
from nowboard.model.frames import Update
from nowboard.query.runner import QueryStats
from nowboard.records.kept_frames import KeptTotals
from nowboard.sources.postgres.status import Figures
from nowboard.web.collectors import EngineCollector, FollowingCollector, HubCollector, StepsCollector, WarmCollector

_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
_Labelled = TypeVar("_Labelled", Counter, Histogram)


class Metrics:
    """Counts what the edge, ingest and the applier do, and reads the other counts when asked.

    It is ingest's `Meter` and the engine's `Observer`. Any thread may call.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._requests = Histogram(
            "nowboard_request_seconds",
            "Time to answer a request.",
            ("method", "route", "status"),
            registry=self.registry,
            buckets=_SECONDS,
        )
        self._steps = StepsCollector(_SECONDS)
        self.registry.register(self._steps)
        self._events = Counter(
            "nowboard_ingest_events", "Events acknowledged.", ("stream", "outcome"), registry=self.registry
        )
        self._rejected = Counter(
            "nowboard_ingest_rejected", "Events rejected, by reason.", ("reason",), registry=self.registry
        )
        self._applies = Histogram(
            "nowboard_apply_seconds",
            "Time to fold a batch into all live queries.",
            registry=self.registry,
            buckets=_SECONDS,
        )
        self._applied = Counter("nowboard_applied_events", "Events folded into live queries.", registry=self.registry)
        self._request_of = _Children(self._requests)
        self._events_of = _Children(self._events)
        self.totals = Totals()

    def watch(
        self, status: Callable[[], Status], queries: Callable[[], QueryStats], hub: Callable[[], HubStats]
    ) -> None:
        """Read these too whenever figures are asked for."""
        self.registry.register(EngineCollector(status, queries))
        self.registry.register(HubCollector(hub))

    def watch_beside(
        self,
        warm: Callable[[], WarmFigures],
        kept: Callable[[], KeptTotals],
        following: Callable[[], Figures],
    ) -> None:
        """Read what is kept warm and over a restart, and how tables follow their relations, too."""
        self.registry.register(WarmCollector(warm, kept))
        self.registry.register(FollowingCollector(following))

    def applied(self, records: Sequence[Record], seconds: float) -> None:
        """See `nowboard.live.observer.Observer`."""
        self._applies.observe(seconds)
        self._applied.inc(sum(r.content.batch.num_rows for r in records if isinstance(r.content, Events)))

    def published(self, updates: Sequence[Update]) -> None:
        """See `nowboard.live.observer.Observer`; the hub counts what becomes of them."""

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered."""
        known = method if method in _METHODS else "other"
        self._request_of[(known, route, f"{status // 100}xx")].observe(seconds)
        if "/live/" in route:
            return  # a stream or a poll lasts as long as somebody watches
        self.totals.requests += 1
        self.totals.request_errors += status >= 500 or status == 0
        self.totals.request_seconds += seconds

    def step(self, name: str, seconds: float) -> None:
        """See `nowboard.ingest.meter.Meter`; from the event loop alone, where ingest runs."""
        self._steps.observe(name, seconds)

    def accepted(self, stream: str, events: int, duplicates: int) -> None:
        """See `nowboard.ingest.meter.Meter`."""
        self._events_of[(stream, "accepted")].inc(events)
        if duplicates:
            self._events_of[(stream, "duplicate")].inc(duplicates)
        self.totals.events += events

    def rejected(self, reason: str, events: int) -> None:
        """See `nowboard.ingest.meter.Meter`."""
        self._rejected.labels(reason).inc(events)

    def query(self, seconds: float) -> None:
        """One query was answered over HTTP."""
        self.totals.queries += 1
        self.totals.query_seconds += seconds

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)


class _Children(dict[tuple[str, ...], _Labelled], Generic[_Labelled]):
    """The parts of a metric by their labels: `labels` checks and locks every time, this the first time."""

    def __init__(self, whole: _Labelled) -> None:
        self._whole: _Labelled = whole

    def __missing__(self, labels: tuple[str, ...]) -> _Labelled:
        child: _Labelled = self._whole.labels(*labels)
        self[labels] = child
        return child


class Totals:
    """Sums since the start, for the server's own stream."""

    __slots__ = ("events", "queries", "query_seconds", "request_errors", "request_seconds", "requests")

    def __init__(self) -> None:
        self.requests = 0
        self.request_errors = 0
        self.request_seconds = 0.0
        self.queries = 0
        self.query_seconds = 0.0
        self.events = 0
