"""What a pack holds, and what a server has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
import pyarrow as pa

from nowboard.dashboards.asks import queries_of
from nowboard.model.dashboards import Dashboard
from nowboard.model.saved import SavedQuery, is_use
from nowboard.model.streams import Catalog, Metric, Stream, Table


class TableRows(msgspec.Struct, frozen=True):
    """A table with its content in the columns of `table_schema`."""

    table: Table
    rows: pa.Table


class Template(msgspec.Struct, frozen=True):
    """A document to begin from, in its newest form; see `nowboard.dashboards.templates`."""

    id: str
    kind: str
    title: str
    document: dict[str, Any]
    description: str = ""


class Contents(msgspec.Struct, frozen=True):
    """Streams, tables, metrics, saved queries, dashboards and templates by their ids.

    `visibilities` says of dashboards who sees them, as far as that is known or wanted.
    """

    streams: dict[str, Stream] = {}
    tables: dict[str, TableRows] = {}
    metrics: dict[str, Metric] = {}
    queries: dict[str, SavedQuery] = {}
    dashboards: dict[str, Dashboard] = {}
    templates: dict[str, Template] = {}
    visibilities: dict[str, str] = {}

    @property
    def catalog(self) -> Catalog:
        """What can be asked about when these definitions hold."""
        tables = {name: content.table for name, content in self.tables.items()}
        return Catalog(streams=self.streams, tables=tables, metrics=self.metrics)


class Pack(msgspec.Struct, frozen=True):
    """Streams, tables, metrics, saved queries, dashboards and templates of one domain."""

    name: str
    title: str
    version: str = "1"
    description: str | None = None
    contents: Contents = Contents()


EMPTY: Final = Contents()


def owned(current: Contents, pack: Pack) -> Contents:
    """The part of a server that belongs to `pack`: what it names, and dashboards that read nothing but its streams.

    A dashboard with SQL may read anything, so it belongs to a pack only by its id. Metrics, saved queries and templates
    that others have made for the pack's streams are theirs.
    """
    wanted = pack.contents
    return Contents(
        streams={name: stream for name, stream in current.streams.items() if name in wanted.streams},
        tables={name: table for name, table in current.tables.items() if name in wanted.tables},
        metrics={name: metric for name, metric in current.metrics.items() if name in wanted.metrics},
        queries={name: query for name, query in current.queries.items() if name in wanted.queries},
        dashboards={
            name: dashboard
            for name, dashboard in current.dashboards.items()
            if name in wanted.dashboards or _reads_only(dashboard, current.queries, frozenset(wanted.streams))
        },
        templates={name: template for name, template in current.templates.items() if name in wanted.templates},
        visibilities=current.visibilities,
    )


def _reads_only(dashboard: Dashboard, queries: Mapping[str, SavedQuery], streams: frozenset[str]) -> bool:
    asked = [_written_out(data, queries) for widget in dashboard.widgets for _, data in queries_of(widget)]
    return bool(asked) and all(isinstance(data, dict) and data.get("stream") in streams for data in asked)


def _written_out(data: Any, queries: Mapping[str, SavedQuery]) -> Any:
    """The query that a widget asks, also where it names a saved one."""
    if not is_use(data):
        return data
    named = queries.get(data["saved"])
    return None if named is None else named.query
