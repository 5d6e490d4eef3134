"""What applying a pack would change, member by member."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec
import pyarrow as pa

from nowboard.dashboards.compare import ABSENT, MemberChange, member_changes
from nowboard.dashboards.validate import to_document
from nowboard.model.dashboards import Dashboard
from nowboard.model.streams import Stream
from nowboard.packs import queries, templates
from nowboard.packs.boards import board_text
from nowboard.packs.definitions import metric_text, stream_text, table_text
from nowboard.packs.pack import Contents, Pack, TableRows, owned

T = TypeVar("T")


class ObjectChange(msgspec.Struct, frozen=True):
    """An object that is `added`, `changed` or `removed`.

    `kind` is stream, table, metric, query, dashboard or template.
    """

    kind: str
    id: str
    action: str
    members: tuple[MemberChange, ...] = ()


def diff(pack: Pack, current: Contents) -> list[ObjectChange]:
    """What differs between the pack and the part of the server that belongs to it, in a stable order.

    Fields that an open stream has gained beside the pack's are no difference. What is `removed` goes only with prune.
    """
    wanted, mine = pack.contents, owned(current, pack)
    return [
        *_objects("stream", _merged(mine.streams, wanted.streams), mine.streams, stream_text),
        *_objects("table", wanted.tables, mine.tables, _table_text),
        *_objects("metric", wanted.metrics, mine.metrics, metric_text),
        *_objects("query", wanted.queries, mine.queries, queries.compared),
        *_objects("dashboard", _boards(wanted, wanted), _boards(mine, wanted), _by_widget),
        *_objects("template", wanted.templates, mine.templates, templates.compared),
    ]


def merged(current: Stream | None, wanted: Stream) -> Stream:
    """The stream to define: what the pack says, and the fields that the stream has gained since, in their old order."""
    if current is None:
        return wanted
    fields = [wanted.field(field.name) or field for field in current.fields]
    fields += [field for field in wanted.fields if current.field(field.name) is None]
    return msgspec.structs.replace(wanted, fields=tuple(fields))


def same_rows(one: TableRows, other: TableRows) -> bool:
    """Whether two tables hold the same rows in any order."""
    return one.rows.num_rows == other.rows.num_rows and bool(_sorted(one).equals(_sorted(other)))


def print_changes(changes: list[ObjectChange]) -> Iterator[str]:
    """Lines for people: `+` added, `~` changed, `-` removed."""
    signs = {"added": "+", "changed": "~", "removed": "-"}
    for change in changes:
        yield f"{signs[change.action]} {change.kind} {change.id}"
        for member in change.members:
            yield f"    {member.path}: {_print(member.before)} -> {_print(member.after)}"


def _objects(
    kind: str, wanted: Mapping[str, T], current: Mapping[str, T], text: Callable[[T], Mapping[str, Any]]
) -> Iterator[ObjectChange]:
    for name in sorted({*wanted, *current}):
        if name not in current:
            yield ObjectChange(kind, name, "added")
        elif name not in wanted:
            yield ObjectChange(kind, name, "removed")
        else:
            members = tuple(member_changes(text(current[name]), text(wanted[name])))
            if (
                not members
                and isinstance(left := current[name], TableRows)
                and isinstance(right := wanted[name], TableRows)
            ):
                members = tuple(_row_changes(left, right))
            if members:
                yield ObjectChange(kind, name, "changed", members)


def _merged(current: Mapping[str, Stream], wanted: Mapping[str, Stream]) -> dict[str, Stream]:
    return {name: merged(current.get(name), stream) for name, stream in wanted.items()}


def _boards(contents: Contents, wanted: Contents) -> dict[str, tuple[Dashboard, str | None]]:
    """Dashboards, each with who sees it where `wanted` says who should."""
    return {
        name: (dashboard, contents.visibilities.get(name) if name in wanted.visibilities else None)
        for name, dashboard in contents.dashboards.items()
    }


def _by_widget(board: tuple[Dashboard, str | None]) -> dict[str, Any]:
    """The document with its widgets by id, so that a moved or inserted widget does not look like a changed one."""
    dashboard, visibility = board
    document = board_text(to_document(dashboard), visibility)
    widgets = {widget["id"]: {**widget, "position": index} for index, widget in enumerate(document.get("widgets", ()))}
    return {**document, "widgets": widgets}


def _table_text(content: TableRows) -> dict[str, Any]:
    return table_text(content.table)


def _row_changes(before: TableRows, after: TableRows) -> Iterator[MemberChange]:
    if after.table.follow is not None or same_rows(before, after):
        return  # rows that come from elsewhere are no part of a pack
    old, new = _keyed(before), _keyed(after)
    added, removed = len(new.keys() - old.keys()), len(old.keys() - new.keys())
    changed = sum(1 for key in old.keys() & new.keys() if old[key] != new[key])
    counts = f"{len(new)} rows ({added} added, {changed} changed, {removed} removed)"
    yield MemberChange("rows", f"{len(old)} rows", counts)


def _keyed(content: TableRows) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    columns = content.rows.to_pydict()
    keys = zip(*(columns[name] for name in content.table.key), strict=True)
    return dict(zip(keys, zip(*columns.values(), strict=True), strict=True))


def _sorted(content: TableRows) -> pa.Table:
    return content.rows.sort_by([(name, "ascending") for name in content.table.key]).combine_chunks()


def _print(value: Any) -> str:
    if value is ABSENT:
        return "(none)"
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= 200 else f"{text[:197]}..."
