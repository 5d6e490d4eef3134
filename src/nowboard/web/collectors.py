"""Figures that are read from their owners whenever somebody asks, as Prometheus' families."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from nowboard.dashboards.warmer import WarmFigures
from nowboard.hub.stats import Histogram as HubHistogram
from nowboard.hub.stats import HubStats
from nowboard.model.engine import Status
from nowboard.query.runner import QueryStats
from nowboard.records.kept_frames import KeptTotals
from nowboard.sources.postgres.status import Figures

_Family = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily


class EngineCollector(Collector):
    """Reads the engine and the query runner."""

    def __init__(self, status: Callable[[], Status], queries: Callable[[], QueryStats]) -> None:
        self._status = status
        self._queries = queries

    def collect(self) -> Iterator[_Family]:
        """See `prometheus_client.registry.Collector`."""
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


class WarmCollector(Collector):
    """Reads what is kept warm, and what is kept over a restart."""

    def __init__(self, warm: Callable[[], WarmFigures], kept: Callable[[], KeptTotals]) -> None:
        self._warm = warm
        self._kept = kept

    def collect(self) -> Iterator[_Family]:
        """See `prometheus_client.registry.Collector`."""
        warm, kept = self._warm(), self._kept()
        yield GaugeMetricFamily("nowboard_warm_queries", "Queries kept warm with no viewer.", warm.warm)
        yield GaugeMetricFamily("nowboard_warm_failed", "Queries to keep warm that failed for now.", warm.failed)
        yield GaugeMetricFamily("nowboard_warm_over_limit", "Queries there is no room to warm.", warm.over_limit)
        yield GaugeMetricFamily("nowboard_warm_unscoped", "Queries whose viewers see different rows.", warm.unscoped)
        yield GaugeMetricFamily("nowboard_kept_frames", "Last results stored for after a restart.", kept.frames)
        yield GaugeMetricFamily("nowboard_kept_frames_bytes", "Size of these results.", kept.bytes)


class FollowingCollector(Collector):
    """Reads how tables follow relations of other databases."""

    def __init__(self, figures: Callable[[], Figures]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[_Family]:
        """See `prometheus_client.registry.Collector`."""
        figures = self._figures()
        outcomes = {name: int(getattr(figures, name)) for name in ("changed", "unchanged", "failed")}
        text = "Readings of relations that tables follow."
        yield _by(CounterMetricFamily, "nowboard_table_refreshes", text, "outcome", outcomes)
        text = "Tables whose relation could not be read last."
        yield GaugeMetricFamily("nowboard_tables_failing", text, figures.failing)


class HubCollector(Collector):
    """Reads the hub."""

    def __init__(self, stats: Callable[[], HubStats]) -> None:
        self._stats = stats

    def collect(self) -> Iterator[_Family]:
        """See `prometheus_client.registry.Collector`."""
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


class StepsCollector(Collector):
    """Times of the steps of ingest. A step is counted in a list, at a third of what a metric of the library costs."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._steps: dict[str, HubHistogram] = {}

    def observe(self, name: str, seconds: float) -> None:
        """Count a step. To be called from one thread."""
        step = self._steps.get(name)
        if step is None:
            step = self._steps[name] = HubHistogram(self._bounds)
        step.observe(seconds)

    def collect(self) -> Iterator[_Family]:
        """See `prometheus_client.registry.Collector`."""
        text = "Time of each step of an event's path."
        family = HistogramMetricFamily("nowboard_ingest_step_seconds", text, labels=["step"])
        for name, step in list(self._steps.items()):  # the thread that observes may add one meanwhile
            family.add_metric([name], _buckets(step), step.sum)
        yield family


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
    return HistogramMetricFamily(name, text, buckets=_buckets(histogram), sum_value=histogram.sum)


def _buckets(histogram: HubHistogram) -> list[tuple[str, float]]:
    """Counts up to each bound, as Prometheus wants them."""
    buckets, total = [], 0
    for bound, count in zip((*map(str, histogram.bounds), "+Inf"), histogram.counts, strict=True):
        total += count
        buckets.append((bound, float(total)))
    return buckets
