"""A pack onto a server: idempotent, and nothing is removed unless asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from nowboard.errors import Conflict
from nowboard.model.dashboards import Dashboard
from nowboard.model.streams import Metric, Stream
from nowboard.packs.diff import ObjectChange, diff, merged
from nowboard.packs.pack import Contents, Pack, TableRows


class Source(Protocol):
    """A server that can be read."""

    async def read(self, tables: Sequence[str] | None = None) -> Contents:
        """Everything it has; of the tables only those named, if any are named, with all their rows."""
        ...


class Target(Source, Protocol):
    """A server that can be written."""

    async def define(self, streams: Sequence[Stream], tables: Sequence[TableRows], metrics: Sequence[Metric]) -> None:
        """Add or replace definitions: tables before the streams that join them, streams before their metrics."""
        ...

    async def put_dashboard(self, dashboard: Dashboard, visibility: str | None = None) -> None:
        """Add or replace a dashboard and publish it; who sees it stays as it is where `visibility` is None."""
        ...

    async def delete_dashboard(self, dashboard_id: str) -> None:
        """Put a dashboard in the trash."""
        ...


class Report(msgspec.Struct, frozen=True):
    """What was done, and what was left although the pack does not have it."""

    done: tuple[ObjectChange, ...]
    kept: tuple[ObjectChange, ...]


async def apply(pack: Pack, target: Target, *, prune: bool = False) -> Report:
    """Make `target` have what `pack` says. Applying again does nothing.

    With `prune`, dashboards that read only the pack's streams and are not in the pack are removed. Nothing else ever
    is: streams and tables hold data, and metrics may be in use elsewhere. Raises `Conflict` before anything is written
    when a field would change its type, or a stream its event time.
    """
    current = await target.read(tables=list(pack.contents.tables))
    changes = diff(pack, current)
    refuse_retyping(pack, current)
    written = [change for change in changes if change.action != "removed"]
    removed = [change for change in changes if change.action == "removed" and prune]
    await _define(pack, current, written, target)
    for change in written:
        if change.kind == "dashboard":
            visibility = pack.contents.visibilities.get(change.id)
            await target.put_dashboard(pack.contents.dashboards[change.id], visibility)
    for change in removed:
        await target.delete_dashboard(change.id)
    kept = tuple(change for change in changes if change.action == "removed" and not prune)
    return Report(done=(*written, *removed), kept=kept)


def refuse_retyping(pack: Pack, current: Contents) -> None:
    """Raise `Conflict` when the pack gives a field that exists another type, or a stream another event time."""
    for name, wanted in pack.contents.streams.items():
        stream = current.streams.get(name)
        if stream is None:
            continue
        if stream.time != wanted.time:
            raise Conflict(f"Stream {name!r} has the event time {stream.time!r}; it cannot become {wanted.time!r}.")
        for field in wanted.fields:
            known = stream.field(field.name)
            if known is not None and known.type is not field.type:
                there = f"Field {field.name!r} of stream {name!r} is {known.type.value}"
                raise Conflict(f"{there}; it cannot become {field.type.value}. Give the new field another name.")


async def _define(pack: Pack, current: Contents, changes: Sequence[ObjectChange], target: Target) -> None:
    wanted = pack.contents
    names = {kind: [change.id for change in changes if change.kind == kind] for kind in ("stream", "table", "metric")}
    if not any(names.values()):
        return
    await target.define(
        streams=[merged(current.streams.get(name), wanted.streams[name]) for name in names["stream"]],
        tables=[wanted.tables[name] for name in names["table"]],
        metrics=[wanted.metrics[name] for name in names["metric"]],
    )
