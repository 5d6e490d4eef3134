"""Definitions folded into a catalog. Pure."""

from __future__ import annotations

import msgspec

from nowboard.model.events import Definition, RecordKind
from nowboard.model.streams import Catalog, Metric, Stream, Table


def define(catalog: Catalog, definition: Definition, offset: int) -> Catalog:
    """The catalog after `definition`, which stands at `offset` of the journal.

    A dropped stream takes its metrics along.
    """
    streams, tables, metrics = dict(catalog.streams), dict(catalog.tables), dict(catalog.metrics)
    match definition.kind:
        case RecordKind.STREAM:
            streams[definition.name] = msgspec.json.decode(definition.body, type=Stream)
        case RecordKind.TABLE:
            tables[definition.name] = msgspec.json.decode(definition.body, type=Table)
        case RecordKind.METRIC:
            metrics[definition.name] = msgspec.json.decode(definition.body, type=Metric)
        case RecordKind.DROP:
            streams.pop(definition.name, None)
            metrics = {name: metric for name, metric in metrics.items() if metric.stream != definition.name}
        case RecordKind.EVENTS:
            raise ValueError("events define nothing")
    return Catalog(streams, tables, metrics, offset)
