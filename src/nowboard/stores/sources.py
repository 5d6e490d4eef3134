"""What a statement reads, in the engine's own words: a second opinion, independent of the parser that planned it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterator
from threading import Lock
from typing import Any, Final

import duckdb
import msgspec

from nowboard.errors import BadQuery

WITH: Final = "with "
"""How names of common table expressions begin; no relation of a store does."""

_SHAPES: Final = frozenset({"BASE_TABLE", "SUBQUERY", "JOIN", "EMPTY"})
"""What may stand in FROM. Missing on purpose: table functions, which read files, catalogs and statements in strings."""
_KEPT: Final = 1_000


class Sources:
    """Asks the engine's parser which relations a statement reads. Answers are remembered; thread-safe."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, frozenset[str]] = OrderedDict()
        self._lock = Lock()

    def check(self, cursor: duckdb.DuckDBPyConnection, sql: str, allowed: Collection[str]) -> None:
        """Refuse a statement that reads anything but `allowed` relations. Raises `BadQuery`."""
        other = sorted(self._names(cursor, sql) - set(allowed))
        if other:
            raise BadQuery("The statement reads what was not planned for it.", detail={"part": "sql"})

    def _names(self, cursor: duckdb.DuckDBPyConnection, sql: str) -> frozenset[str]:
        with self._lock:
            found = self._held.get(sql)
            if found is not None:
                self._held.move_to_end(sql)
                return found
        made = _read(cursor, sql)
        with self._lock:
            self._held[sql] = made
            while len(self._held) > _KEPT:
                self._held.popitem(last=False)
        return made


def _read(cursor: duckdb.DuckDBPyConnection, sql: str) -> frozenset[str]:
    rows = cursor.execute("SELECT json_serialize_sql($sql)", {"sql": sql}).fetchall()
    tree: dict[str, Any] = msgspec.json.decode(rows[0][0])
    if tree.get("error", True) or len(tree.get("statements", ())) != 1:
        raise BadQuery("The statement cannot be read by the engine.", detail={"part": "sql"})
    names: set[str] = set()
    for node in _nodes(tree):
        kind = node.get("type")
        # only what stands in FROM has a sample
        if "sample" in node and "query_location" in node and "select_list" not in node:
            if kind not in _SHAPES:
                raise BadQuery("The statement reads from what is no stream or table.", detail={"part": "sql"})
            if kind == "BASE_TABLE":
                # a name with a place in front is none of those that a plan writes
                names.add(".".join(node["qualified_name"]["path"]))
    return frozenset(name for name in names if not name.startswith(WITH))


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    pending = [value]
    while pending:
        found = pending.pop()
        if isinstance(found, dict):
            yield found
            pending.extend(found.values())
        elif isinstance(found, list):
            pending.extend(found)
