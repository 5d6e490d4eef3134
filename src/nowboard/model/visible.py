"""What of the definitions a scope lets somebody know of."""

from __future__ import annotations

import msgspec

from nowboard.model.scopes import Scope
from nowboard.model.streams import Catalog, Stream


def visible_catalog(catalog: Catalog, scope: Scope) -> Catalog:
    """The streams and tables that `scope` names, with the metrics of those streams and the joins to those tables.

    What is left out does not exist for whoever plans against it: not in hints, not in names that are taken.
    """
    if scope.everything:
        return catalog
    return Catalog(
        streams={name: visible_stream(stream, scope) for name, stream in catalog.streams.items() if scope.sees(name)},
        tables={name: table for name, table in catalog.tables.items() if scope.sees(name)},
        metrics={name: metric for name, metric in catalog.metrics.items() if scope.sees(metric.stream)},
        offset=catalog.offset,
    )


def visible_stream(stream: Stream, scope: Scope) -> Stream:
    """The stream without joins to tables that `scope` does not show."""
    if scope.everything:
        return stream
    joins = tuple(join for join in stream.joins if scope.sees(join.table))
    return stream if joins == stream.joins else msgspec.structs.replace(stream, joins=joins)
