"""What a rule knows while it rewrites a tree: the stream, its joins, the scope and the query's zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from sqlglot import exp

from nowboard.errors import BadQuery, Forbidden
from nowboard.model.fields import Field
from nowboard.model.scopes import Scope
from nowboard.model.streams import Catalog, Join, Stream, Table
from nowboard.model.visible import visible_catalog
from nowboard.query.syntax import reject
from nowboard.query.zones import Zone

MASKS = ("hide", "hash", "partial")


@dataclass(frozen=True)
class Restriction:
    """A joined table of which only some rows are in scope: it is joined as `alias`, under `condition`.

    The alias names the condition, as live queries of different scopes share one statement.
    """

    alias: str
    condition: exp.Expr


@dataclass(frozen=True)
class Context:
    """One stream as one principal sees it. `part` names the text that is being read, for errors.

    `parameters` are the values of `:name` placeholders; `salt` makes hashed masks differ between installations.
    `restricted` has the joins of which not every row is in scope, by name.
    """

    catalog: Catalog
    stream: Stream
    scope: Scope
    zone: Zone
    part: str = "query"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    salt: str = ""
    restricted: Mapping[str, Restriction] = field(default_factory=dict)

    def within(self, part: str) -> Context:
        """The same, for another text of the query."""
        return replace(self, part=part)

    def join(self, name: str) -> Join | None:
        """The join called `name`, or None."""
        return next((join for join in self.stream.joins if join.name == name), None)

    def joined_table(self, join: Join) -> Table:
        """The table of a join. Raises `BadQuery` when it is not there or not joined on its whole key."""
        table = self.catalog.tables.get(join.table)
        if table is None:
            message = f"Stream {self.stream.name} joins the table {join.table}, which does not exist."
            raise BadQuery(message, detail={"part": self.part, "hint": f"load the table {join.table} first"})
        if set(join.on) != set(table.key):
            hint = f"join on {', '.join(table.key)}"
            message = f"The join {join.name} does not name the whole key of table {join.table}."
            raise BadQuery(message, detail={"part": self.part, "hint": hint})
        return table

    def field_of(self, column: exp.Column) -> Field:
        """The field that a column names. Raises `BadQuery` with a near name."""
        owner, name = column.table.lower(), column.name.lower()
        if not owner or owner == self.stream.name:
            found = self.stream.field(name)
            known = [field.name for field in self.stream.fields]
            if found is None and not owner:
                known += [join.name for join in self.stream.joins]
            place = f"Stream {self.stream.name}"
        else:
            join = self.join(owner)
            if join is None:
                joins = [join.name for join in self.stream.joins]
                message = f"Stream {self.stream.name} joins nothing called {owner!r}."
                reject(message, self.part, column, hint=near(owner, joins))
            table = self.joined_table(join)
            found, known, place = table.field(name), [field.name for field in table.fields], f"Table {table.name}"
        if found is None:
            reject(f"{place} has no field {name!r}.", self.part, column, hint=near(name, known))
        return found

    def mask_of(self, found: Field) -> str | None:
        """How the principal sees the field: `hide`, `hash`, `partial`, or None for as it is.

        The event time is never masked; an unknown kind of mask hides.
        """
        if found.pii is None or found.name == self.stream.time:
            return None
        mask = self.scope.masks.get(found.pii)
        return mask if mask is None or mask in MASKS else "hide"

    def column_type(self, column: exp.Column) -> str:
        """The type of a column as the principal sees it."""
        found = self.field_of(column)
        return "string" if self.mask_of(found) in ("hash", "partial") else found.type.value


def near(name: str, known: list[str]) -> str:
    """A hint for a name that is not known."""
    close = get_close_matches(name, known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return "there is " + ", ".join(known[:12]) + (", …" if len(known) > 12 else "") if known else "there is none"


def find_stream(catalog: Catalog, scope: Scope, name: str) -> Stream:
    """The stream called `name` as `scope` shows it.

    Raises `BadQuery` with a near name. To whom not everything is visible, what does not exist and what may not be seen
    are the same `Forbidden`.
    """
    seen = visible_catalog(catalog, scope).streams
    if name not in seen:
        raise refusal(scope, name, list(seen), "stream")
    return seen[name]


def refusal(scope: Scope, name: str, known: list[str], kind: str) -> BadQuery | Forbidden:
    """Why `name` cannot be read, when it is none of the `known` names that `scope` shows."""
    if scope.everything:
        return BadQuery(f"There is no {kind} called {name!r}.", detail={"part": "stream", "hint": near(name, known)})
    message = f"There is no {kind} {name!r} that you may see."
    return Forbidden(message, code="no_scope", detail={"stream": name, "hint": near(name, known)})
