"""One evaluation per micro-batch and stream: every scalar that any live query needs, in the store's own SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
from sqlglot import exp

from nowboard.live.batch import Batch
from nowboard.live.columns import Arrow, Column
from nowboard.live.inbox import rows_of
from nowboard.model.arrow import align, schema_of
from nowboard.model.events import Events, Record
from nowboard.model.streams import Stream
from nowboard.query.plan import Plan, Scalar
from nowboard.query.render import render_projection
from nowboard.query.syntax import to_sql
from nowboard.stores.interface import Store

_SEQ = "_seq"


class Projector:
    """Evaluates the scalars of one stream over its new events.

    Fields come straight from the batch; only what has to be computed goes through the engine that answers history.
    """

    def __init__(self, store: Store, stream: Stream) -> None:
        self._store = store
        self._stream = stream
        self._schema = schema_of(stream)
        self._plans: dict[tuple[str, ...], Plan] = {}
        self._printed: dict[tuple[str, ...], str] = {}
        self._fields: dict[str, str | None] = {}

    def redefine(self, stream: Stream) -> None:
        """Take events in the stream's new shape from now on; if it is joined in another way, forget the old one."""
        if stream.joins != self._stream.joins:
            self._plans.clear()
        self._stream = stream
        self._schema = schema_of(stream)
        self._printed.clear()
        self._fields.clear()

    def learn(self, plan: Plan) -> None:
        """Know the relations that a plan's scalars name. A stream joins a table in one way only."""
        if self._plans.setdefault(tuple(to_sql(join) for join in plan.joins), plan) is plan:
            self._printed.clear()

    def project(self, records: Sequence[Record], scalars: Iterable[Scalar]) -> Batch:
        """The batch of all events in `records`, which are of this stream. Raises `BadQuery` if a scalar fails."""
        rows = self._rows(records)
        wanted = {scalar.sql: scalar for scalar in scalars}
        columns: dict[str, Arrow] = {
            sql: rows.column(name) for sql, scalar in wanted.items() if (name := self._field(scalar))
        }
        computed = [scalar for sql, scalar in wanted.items() if sql not in columns]
        if computed:
            columns.update(self._evaluate(_numbered(rows, records), computed))
        typed = {sql: Column(column, wanted[sql].type) for sql, column in columns.items()}
        return Batch(typed, rows.num_rows)

    def _rows(self, records: Sequence[Record]) -> pa.RecordBatch | pa.Table:
        batches = [align(r.content.batch, self._schema) for r in records if isinstance(r.content, Events)]
        return batches[0] if len(batches) == 1 else pa.Table.from_batches(batches, self._schema).combine_chunks()

    def _field(self, scalar: Scalar) -> str | None:
        """The field that a scalar is, if it is nothing but that."""
        if scalar.sql not in self._fields:
            self._fields[scalar.sql] = self._look_up(scalar)
        return self._fields[scalar.sql]

    def _look_up(self, scalar: Scalar) -> str | None:
        tree = scalar.tree
        if not isinstance(tree, exp.Column) or tree.table not in ("", self._stream.name):
            return None
        return tree.name if self._stream.field(tree.name) else None

    def _evaluate(self, rows: pa.Table, scalars: Sequence[Scalar]) -> Mapping[str, Arrow]:
        names = tuple(scalar.sql for scalar in scalars)
        sql = self._printed.get(names)
        if sql is None:
            sql = self._printed[names] = self._print(scalars)
        found = self._store.evaluate(rows, sql)
        order = found.column("s0").to_numpy()
        if len(order) > 1 and not bool((order[1:] > order[:-1]).all()):  # a join may hand rows over in another order
            found = found.take(np.argsort(order))
        return {scalar.sql: found.column(f"s{place}") for place, scalar in enumerate(scalars, start=1)}

    def _print(self, scalars: Sequence[Scalar]) -> str:
        plans = list(self._plans.values())
        number = exp.column(_SEQ, table=self._stream.name, quoted=True)
        return render_projection(plans, [number, *(scalar.tree for scalar in scalars)])


def _numbered(rows: pa.RecordBatch | pa.Table, records: Sequence[Record]) -> pa.Table:
    """Rows with their place in the journal, by which they are put back in order."""
    table = pa.Table.from_batches([rows]) if isinstance(rows, pa.RecordBatch) else rows
    numbers = [np.arange(r.seq, r.seq + rows_of(r), dtype=np.int64) for r in records if isinstance(r.content, Events)]
    return table.append_column(_SEQ, pa.array(np.concatenate(numbers)))
