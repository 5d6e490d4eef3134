"""Which widgets a change of a saved query breaks, told to whoever stores it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from nowboard.access.queries import Breaking, UsingDocument
from nowboard.dashboards.saved import breaks, read_saved
from nowboard.model.saved import SavedQuery
from nowboard.records.queries import QueryRow


def breaking(query_id: str, new: SavedQuery | None) -> Breaking:
    """Which widgets break when a saved query becomes `new`, or goes."""

    def broken(using: Sequence[UsingDocument], rows: Sequence[QueryRow]) -> list[dict[str, Any]]:
        before = {row.id: read_saved(row.document) for row in rows}
        after = {name: query for name, query in before.items() if name != query_id}
        if new is not None:
            after[query_id] = new
        return [
            msgspec.to_builtins(each)
            for document in using
            for each in breaks(document.document, document.version, query_id, before, after)
        ]

    return broken
