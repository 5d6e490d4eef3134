"""What a pack holds, and what a server has."""

from __future__ import annotations

from typing import Final

import msgspec
import pyarrow as pa

from nowboard.dashboards.asks import queries_of
from nowboard.model.dashboards import Dashboard
from nowboard.model.streams import Catalog, Metric, Stream, Table


class TableRows(msgspec.Struct, frozen=True):
    """A table with its content in the columns of `table_schema`."""

    table: Table
    rows: pa.Table


class Contents(msgspec.Struct, frozen=True):
    """Streams, tables, metrics and dashboards by their ids.

    `visibilities` says of dashboards who sees them, as far as that is known or wanted.
    """

    streams: dict[str, Stream] = {}
    tables: dict[str, TableRows] = {}
    metrics: dict[str, Metric] = {}
    dashboards: dict[str, Dashboard] = {}
    visibilities: dict[str, str] = {}

    @property
    def catalog(self) -> Catalog:
        """What can be asked about when these definitions hold."""
        tables = {name: content.table for name, content in self.tables.items()}
        return Catalog(streams=self.streams, tables=tables, metrics=self.metrics)


class Pack(msgspec.Struct, frozen=True):
    """Streams, tables, metrics and dashboards of one domain."""

    name: str
    title: str
    version: str = "1"
    description: str | None = None
    contents: Contents = Contents()


EMPTY: Final = Contents()


def owned(current: Contents, pack: Pack) -> Contents:
    """The part of a server that belongs to `pack`: what it names, and dashboards that read nothing but its streams.

    A dashboard with SQL may read anything, so it belongs to a pack only by its id. Metrics that others have added to
    the pack's streams are theirs.
    """
    wanted = pack.contents
    return Contents(
        streams={name: stream for name, stream in current.streams.items() if name in wanted.streams},
        tables={name: table for name, table in current.tables.items() if name in wanted.tables},
        metrics={name: metric for name, metric in current.metrics.items() if name in wanted.metrics},
        dashboards={
            name: dashboard
            for name, dashboard in current.dashboards.items()
            if name in wanted.dashboards or _reads_only(dashboard, frozenset(wanted.streams))
        },
        visibilities=current.visibilities,
    )


def _reads_only(dashboard: Dashboard, streams: frozenset[str]) -> bool:
    queries = [data for widget in dashboard.widgets for _, data in queries_of(widget)]
    return bool(queries) and all(isinstance(data, dict) and data.get("stream") in streams for data in queries)
