"""Analytical engines: a projection of the journal that answers SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol, Self

import pyarrow as pa

from nowboard.clock import Micros
from nowboard.model.erasing import Condition
from nowboard.model.events import Record
from nowboard.model.streams import Catalog


class Snapshot(Protocol):
    """A read view of the store at one offset. Use it as a context manager; it must be closed."""

    @property
    def offset(self) -> int:
        """The offset up to which (included) this view has every record and nothing later."""
        ...

    def execute(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        timeout: float,
        reads: Collection[str] | None = None,
    ) -> pa.Table:
        """Run one read statement. `$name` placeholders are bound from `parameters`, never spliced.

        With `reads`, a statement that reads any other relation, or from anything but relations, is refused by the
        engine's own parser: what planned the statement may have understood it in another way.

        Raises `QueryTimeout` after `timeout` seconds, `BadQuery` for what the engine refuses, `Unavailable` when memory
        runs out. Runs in the calling thread; `interrupt` from another thread ends it with `QueryCancelled` (errors.py).
        """
        ...

    def interrupt(self) -> None:
        """Cancel a running `execute` of this view. Safe from any thread, harmless when nothing runs."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...


class Store(Protocol):
    """A rebuildable projection of the journal.

    Implementations: `memory` (DuckDB in memory), `duckdb` (default). `tests/conformance/test_store.py` runs over all.

    Physical layout, the same everywhere: a stream is the relation `stream_<name>` with the stream's fields as
    columns, plus `_seq BIGINT` (the row's position in the whole journal, ascending, unique) and `_received
    TIMESTAMP`. A table is the relation `table_<name>`. Timestamps are UTC without a zone, in microseconds. What
    users write never names these relations directly: the planner puts them in.
    """

    @property
    def dialect(self) -> str:
        """SQLGlot's name of the engine's SQL."""
        ...

    @property
    def applied(self) -> int:
        """The offset of the last applied record; 0 when empty. Read from the store's own transaction on opening."""
        ...

    @property
    def epoch(self) -> str | None:
        """The journal epoch the store was built from; None when empty."""
        ...

    def catalog(self) -> Catalog:
        """The definitions as applied."""
        ...

    def apply(self, records: Sequence[Record], *, epoch: str) -> None:
        """Apply records in one transaction together with the new applied offset.

        Records at or below `applied` are skipped, so a replay is harmless. Called from one thread at a time. A failure
        leaves the store as it was.
        """
        ...

    def snapshot(self) -> Snapshot:
        """Open a read view. Any number may be open while `apply` runs; each sees a consistent state."""
        ...

    def evaluate(self, relation: pa.Table | pa.RecordBatch, sql: str) -> pa.Table:
        """Run `sql` over in-memory events bound as the relation `batch`, and over the store's tables.

        The engine that answers history evaluates live expressions too, so that their semantics cannot differ. Same
        thread rule as `apply`.
        """
        ...

    def expire(self, stream: str, before: Micros) -> int:
        """Delete rows of `stream` with event time < `before`; returns how many."""
        ...

    def erase(self, stream: str, condition: Condition, seq: int) -> int:
        """Delete the rows of `stream` that `condition` names, up to row number `seq`; returns how many.

        They are gone from every answer at once. What an engine leaves of them in unused parts of its files is gone
        after the next start, which builds the store anew.
        """
        ...

    def size(self) -> int:
        """Bytes on disk; 0 in memory."""
        ...

    def close(self) -> None:
        """Close all views and the engine. Idempotent."""
        ...
