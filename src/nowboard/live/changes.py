"""What a group of definitions changes, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nowboard.model.events import Definition, RecordKind
from nowboard.model.streams import Catalog, Stream
from nowboard.query.canonical import Prepared


@dataclass(frozen=True)
class Redefined:
    """The names that were defined anew. `reshaped` streams changed in more than gaining fields."""

    streams: frozenset[str]
    reshaped: frozenset[str]
    tables: frozenset[str]
    metrics_of: frozenset[str]

    def touches(self, prepared: Prepared) -> bool:
        """Whether the ask could now mean something else."""
        names = self.streams | self.metrics_of
        return not names.isdisjoint(prepared.streams) or not self.tables.isdisjoint(prepared.tables)

    def changes_rows(self, prepared: Prepared) -> bool:
        """Whether what was counted so far is no longer right."""
        return not self.reshaped.isdisjoint(prepared.streams) or not self.tables.isdisjoint(prepared.tables)


def redefined(definitions: Sequence[Definition], before: Catalog, after: Catalog) -> Redefined:
    """What `definitions` changed between two catalogs."""
    streams = {each.name for each in definitions if each.kind in (RecordKind.STREAM, RecordKind.DROP)}
    metrics = {each.name for each in definitions if each.kind is RecordKind.METRIC}
    read = {catalog.metrics[name].stream for name in metrics for catalog in (before, after) if name in catalog.metrics}
    return Redefined(
        streams=frozenset(streams),
        reshaped=frozenset(name for name in streams if _reshaped(before.streams.get(name), after.streams.get(name))),
        tables=frozenset(each.name for each in definitions if each.kind is RecordKind.TABLE),
        metrics_of=frozenset(read),
    )


def _reshaped(before: Stream | None, after: Stream | None) -> bool:
    if before is None or after is None:
        return True
    kept = all(after.field(field.name) == field for field in before.fields)
    return not kept or before.time != after.time or before.joins != after.joins
