"""The server's own figures, for Prometheus and for the stream that shows them on a dashboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from nowboard.dashboards.warmer import WarmFigures
from nowboard.hub.stats import Histogram as HubHistogram
from nowboard.hub.stats import HubStats
from nowboard.model.engine import Status
from nowboard.model.events import Events, Record
from nowboard.model.frames import Update
from nowboard.query.runner import QueryStats
from nowboard.records.kept_frames import KeptTotals
from nowboard.sources.postgres.status import Figures

_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
_Family = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily


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
        self._steps = Histogram(
            "nowboard_ingest_step_seconds",
            "Time of each step of an event's path.",
            ("step",),
            registry=self.registry,
            buckets=_SECONDS,
        )
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
        self._step_of = _Children(self._steps)
        self._request_of = _Children(self._requests)
        self.totals = Totals()

    def watch(
        self, status: Callable[[], Status], queries: Callable[[], QueryStats], hub: Callable[[], HubStats]
    ) -> None:
        """Read these too whenever figures are asked for."""
        self.registry.register(_EngineCollector(status, queries))
        self.registry.register(_HubCollector(hub))

    def watch_beside(
        self,
        warm: Callable[[], WarmFigures],
        kept: Callable[[], KeptTotals],
        following: Callable[[], Figures],
    ) -> None:
        """Read what is kept warm and over a restart, and how tables follow their relations, too."""
        self.registry.register(_WarmCollector(warm, kept))
        self.registry.register(_FollowingCollector(following))

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
        """See `nowboard.ingest.meter.Meter`."""
        self._step_of[(name,)].observe(seconds)

    def accepted(self, stream: str, events: int, duplicates: int) -> None:
        """See `nowboard.ingest.meter.Meter`."""
        self._events.labels(stream, "accepted").inc(events)
        if duplicates:
            self._events.labels(stream, "duplicate").inc(duplicates)
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


class _Children(dict[tuple[str, ...], Histogram]):
    """The parts of a histogram by their labels: `labels` checks and locks every time, this the first time."""

    def __init__(self, whole: Histogram) -> None:
        self._whole = whole

    def __missing__(self, labels: tuple[str, ...]) -> Histogram:
        child = self[labels] = self._whole.labels(*labels)
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


class _EngineCollector(Collector):
    def __init__(self, status: Callable[[], Status], queries: Callable[[], QueryStats]) -> None:
        self._status = status
        self._queries = queries

    def collect(self) -> Iterator[_Family]:
        status = self._status()
        yield GaugeMetricFamily("nowboard_journal_offset", "Offset of the last durable record.", status.durable)
        yield GaugeMetricFamily("nowboard_store_offset", "Offset of the last applied record.", status.applied)
        yield GaugeMetricFamily("nowboard_accepting", "1 while events are acknowledged.", float(status.accepting))
        yield GaugeMetricFamily("nowboard_live_queries", "Live queries kept up to date.", status.live_queries)
        yield GaugeMetricFamily("nowboard_watchers", "Channels that watch live queries.", status.watchers)
        yield CounterMetricFamily("nowboard_computations", "Steps of live queries.", status.computations)
        yield CounterMetricFamily("nowboard_store_queries", "Queries that the store ran.", status.store_queries)
        queries = self._queries()
        yield CounterMetricFamily("nowboard_query_seconds", "Time spent running queries.", queries.seconds)
        yield CounterMetricFamily("nowboard_query_failures", "Queries that failed.", queries.failures)
        yield CounterMetricFamily("nowboard_query_shared", "Askers that joined a running query.", queries.shared)
        yield CounterMetricFamily("nowboard_query_cache_hits", "Answers from the cache.", queries.hits)
        yield CounterMetricFamily("nowboard_query_cache_misses", "Answers not in the cache.", queries.misses)
        yield GaugeMetricFamily("nowboard_query_cache_entries", "Results kept.", queries.cached)
        yield GaugeMetricFamily("nowboard_query_cache_bytes", "Size of the results kept.", queries.cached_bytes)


class _WarmCollector(Collector):
    def __init__(self, warm: Callable[[], WarmFigures], kept: Callable[[], KeptTotals]) -> None:
        self._warm = warm
        self._kept = kept

    def collect(self) -> Iterator[_Family]:
        warm, kept = self._warm(), self._kept()
        yield GaugeMetricFamily("nowboard_warm_queries", "Queries kept warm with no viewer.", warm.warm)
        yield GaugeMetricFamily("nowboard_warm_failed", "Queries to keep warm that failed for now.", warm.failed)
        yield GaugeMetricFamily("nowboard_warm_over_limit", "Queries there is no room to warm.", warm.over_limit)
        yield GaugeMetricFamily("nowboard_warm_unscoped", "Queries whose viewers see different rows.", warm.unscoped)
        yield GaugeMetricFamily("nowboard_kept_frames", "Last results stored for after a restart.", kept.frames)
        yield GaugeMetricFamily("nowboard_kept_frames_bytes", "Size of these results.", kept.bytes)


class _FollowingCollector(Collector):
    def __init__(self, figures: Callable[[], Figures]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[_Family]:
        figures = self._figures()
        outcomes = {name: int(getattr(figures, name)) for name in ("changed", "unchanged", "failed")}
        text = "Readings of relations that tables follow."
        yield _by(CounterMetricFamily, "nowboard_table_refreshes", text, "outcome", outcomes)
        text = "Tables whose relation could not be read last."
        yield GaugeMetricFamily("nowboard_tables_failing", text, figures.failing)


class _HubCollector(Collector):
    def __init__(self, stats: Callable[[], HubStats]) -> None:
        self._stats = stats

    def collect(self) -> Iterator[_Family]:
        stats = self._stats()
        yield _by(GaugeMetricFamily, "nowboard_viewers", "Sessions open now.", "transport", stats.sessions)
        yield _by(CounterMetricFamily, "nowboard_sessions_opened", "Sessions begun.", "transport", stats.opened)
        yield _by(CounterMetricFamily, "nowboard_sessions_closed", "Sessions ended.", "code", stats.closed)
        yield _by(CounterMetricFamily, "nowboard_deliveries", "Writes to viewers.", "transport", stats.deliveries)
        yield _by(CounterMetricFamily, "nowboard_sent_bytes", "Bytes to viewers.", "transport", stats.bytes_sent)
        yield GaugeMetricFamily("nowboard_channels", "Channels with viewers, or lingering.", stats.channels)
        for name, text, value in (
            ("nowboard_updates", "Updates that the engine published.", stats.updates),
            ("nowboard_encodes", "Frames encoded: one per channel and tick.", stats.encodes),
            ("nowboard_snapshots", "Frames that were snapshots.", stats.snapshots),
            ("nowboard_conflations", "Updates merged into a newer one for a viewer.", stats.conflations),
            ("nowboard_client_messages", "Messages from viewers.", stats.messages_received),
            ("nowboard_resumes", "Subscriptions that came back with positions.", stats.resumed),
            ("nowboard_recoveries", "Those of them that got their whole tail.", stats.recovered),
        ):
            yield CounterMetricFamily(name, text, value)
        yield _histogram("nowboard_ingest_to_push_seconds", "From receipt to the write to viewers.", stats.push)
        yield _histogram("nowboard_ingest_to_paint_seconds", "From receipt to a viewer's screen.", stats.paint)


def _by(
    family: type[CounterMetricFamily | GaugeMetricFamily],
    name: str,
    text: str,
    label: str,
    values: dict[str, int] | dict[int, int],
) -> _Family:
    found = family(name, text, labels=[label])
    for key, value in values.items():
        found.add_metric([str(key)], value)
    return found


def _histogram(name: str, text: str, histogram: HubHistogram) -> HistogramMetricFamily:
    buckets, total = [], 0
    for bound, count in zip((*map(str, histogram.bounds), "+Inf"), histogram.counts, strict=True):
        total += count
        buckets.append((bound, float(total)))
    return HistogramMetricFamily(name, text, buckets=buckets, sum_value=histogram.sum)
