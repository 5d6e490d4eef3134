"""A pack onto a server: idempotent, and nothing is removed unless asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from nowboard.model.dashboards import Dashboard
from nowboard.model.saved import SavedQuery
from nowboard.model.streams import Metric, Stream
from nowboard.packs.diff import ObjectChange, diff, merged
from nowboard.packs.pack import Contents, Pack, TableRows, Template
from nowboard.packs.refusals import refuse_breaking, refuse_retyping


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

    async def put_query(self, query: SavedQuery) -> None:
        """Add or replace a saved query. Raises `Conflict` (`breaks_widgets`) when a widget would break."""
        ...

    async def put_template(self, template: Template) -> None:
        """Add or replace a template."""
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
    is: streams and tables hold data, metrics and saved queries may be in use elsewhere, and saved queries and templates
    have no trash to come back from. Raises `Conflict` before anything is written when a field would change its type, a
    stream its event time or a template its kind, and when a saved query would break a widget of a published dashboard.
    """
    current = await target.read(tables=list(pack.contents.tables))
    changes = diff(pack, current)
    refuse_retyping(pack, current)
    refuse_breaking(pack, current, [change.id for change in changes if change.kind == "query"])
    written = [change for change in changes if change.action != "removed"]
    removed = [change for change in changes if change.action == "removed" and prune]
    await _define(pack, current, written, target)
    await _document(pack.contents, written, target)
    for change in removed:
        await target.delete_dashboard(change.id)
    kept = tuple(change for change in changes if change.action == "removed" and not prune)
    return Report(done=(*written, *removed), kept=kept)


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


async def _document(wanted: Contents, changes: Sequence[ObjectChange], target: Target) -> None:
    """In the order of `diff`: saved queries come before the dashboards that name them."""
    for change in changes:
        if change.kind == "query":
            await target.put_query(wanted.queries[change.id])
        elif change.kind == "dashboard":
            await target.put_dashboard(wanted.dashboards[change.id], wanted.visibilities.get(change.id))
        elif change.kind == "template":
            await target.put_template(wanted.templates[change.id])
