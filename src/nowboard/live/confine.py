"""Which new events lie within a row scope, told by the engine that answers history."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
import pyarrow as pa

from nowboard.live.projector import Projector
from nowboard.model.events import Events, Record
from nowboard.model.queries import MetricQuery, Window
from nowboard.model.scopes import Scope
from nowboard.model.streams import Catalog
from nowboard.query.planner import plan
from nowboard.stores.interface import Store

_EVERY: Final = ("count(*)",)


def rows_inside(store: Store, catalog: Catalog, scope: Scope, stream: str, batch: pa.RecordBatch) -> tuple[int, ...]:
    """The places in `batch` of the rows that `scope` lets its principal see. For the applier's thread.

    Raises `Forbidden` when the stream is out of scope.
    """
    unmasked = msgspec.structs.replace(scope, masks={})
    found = plan(MetricQuery(stream, _EVERY, window=Window(all=True)), catalog, unmasked)
    if found.filter is None:
        return tuple(range(batch.num_rows))
    projector = Projector(store, catalog.streams[stream])
    projector.learn(found)
    projected = projector.project([Record(0, Events(stream, batch, 0), 0)], [found.filter])
    return tuple(np.flatnonzero(projected.passing(found.filter)).tolist())
