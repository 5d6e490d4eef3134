"""What a pack cannot change on a server; looked at before anything is written."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from nowboard.dashboards.saved import breaks
from nowboard.dashboards.validate import to_document
from nowboard.errors import Conflict
from nowboard.packs.pack import Contents, Pack


def refuse_retyping(pack: Pack, current: Contents) -> None:
    """Raise `Conflict` when a field that exists gets another type, a stream another event time, a template a kind."""
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
    for name, template in pack.contents.templates.items():
        before = current.templates.get(name)
        if before is not None and before.kind != template.kind:
            message = f"Template {name!r} is one of a {before.kind}; it cannot become one of a {template.kind}."
            raise Conflict(f"{message} Give the new one another id.")


def refuse_breaking(pack: Pack, current: Contents, changed: Sequence[str]) -> None:
    """Raise `Conflict` (`breaks_widgets`) when the saved queries `changed` would break published widgets.

    The server looks once more when it is written: only it sees drafts, and the columns that SQL will have.
    """
    wanted = {name: pack.contents.queries[name] for name in changed if name in current.queries}
    after = {**current.queries, **wanted}
    broken = [
        msgspec.to_builtins(each)
        for name in wanted
        for dashboard in current.dashboards.values()
        for each in breaks(to_document(dashboard), "published", name, current.queries, after)
    ]
    if broken:
        first = broken[0]
        more = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
        where = f"widget {first['widget']!r} of dashboard {first['dashboard']!r}{more}"
        message = f"A saved query of the pack would break {where}: {first['problems'][0]}"
        hint = "Give the changed query another id, and let the dashboards name that one."
        raise Conflict(f"{message} {hint}", code="breaks_widgets", detail={"widgets": broken})
