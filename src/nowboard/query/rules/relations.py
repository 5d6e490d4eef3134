"""Rule for SQL queries: every name of a stream or table becomes a subquery that holds what the principal may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from sqlglot import exp

from nowboard.errors import NowboardError
from nowboard.model.visible import visible_catalog
from nowboard.query.context import Context, refusal
from nowboard.query.decompose import both
from nowboard.query.filters import filter_predicate
from nowboard.query.joins import plan_joins
from nowboard.query.rules.masks import apply_masks
from nowboard.query.scopes import as_stream, scope_predicate, table_stream, with_restrictions
from nowboard.query.syntax import column, place_of, reject

_CTE: Final = "with "
"""Common table expressions are renamed to names with a space, which no relation of a store has."""

_TABLE_MEMBERS: Final = frozenset({"this", "alias"})


@dataclass
class Relations:
    """Puts relations in, and notes which were read. `base` is a context whose stream is replaced per relation."""

    base: Context
    filters: dict[str, Any]
    streams: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)

    def apply_scope(self, tree: exp.Query) -> exp.Query:
        """Replace every relation. Raises `BadQuery` for an unknown one and `Forbidden` for one out of scope."""
        ctes = self._rename_ctes(tree)
        for node in list(tree.find_all(exp.Table)):
            self._check(node)
            name = node.name.lower()
            if name in ctes:
                _point_at_cte(node, name)
            else:
                node.replace(self._visible(node, name))
        return tree

    def _rename_ctes(self, tree: exp.Query) -> set[str]:
        catalog, names = visible_catalog(self.base.catalog, self.base.scope), set[str]()
        for clause in tree.find_all(exp.With):
            if clause.args.get("recursive"):
                reject("Recursive queries are not available.", "sql", clause)
            for cte in clause.expressions:
                name = cte.alias.lower()
                if name in names or name in catalog.streams or name in catalog.tables:
                    reject(f"The name {name!r} is taken.", "sql", cte, hint="give the WITH query another name")
                names.add(name)
                cte.args["alias"].set("this", exp.to_identifier(_CTE + name, quoted=True))
        return names

    def _check(self, node: exp.Table) -> None:
        extra = [name for name, value in node.args.items() if value and name not in _TABLE_MEMBERS]
        if extra or not isinstance(node.this, exp.Identifier):
            reject("A relation is the name of a stream or table.", "sql", node)

    def _visible(self, node: exp.Table, name: str) -> exp.Expr:
        catalog = visible_catalog(self.base.catalog, self.base.scope)
        stream = catalog.streams.get(name)
        if stream is None and name not in catalog.tables:
            raise _unknown(self.base, node, name, [*catalog.streams, *catalog.tables])
        context = with_restrictions(as_stream(self.base, stream or table_stream(catalog, name)))
        condition = scope_predicate(context, self.base.scope.streams.get(name))
        if stream is not None:
            self.streams.add(name)
            for filtered, wanted in self.filters.items():
                condition = both(condition, filter_predicate(context, filtered, wanted))
        else:
            self.tables.add(name)
        relation = f"stream_{name}" if stream is not None else f"table_{name}"
        joins, joined = plan_joins(context, [] if condition is None else [condition.tree])
        self.tables.update(joined)
        shown = [_shown(context, found.name) for found in context.stream.fields]
        alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True))
        source = exp.Table(this=exp.to_identifier(relation, quoted=True), alias=alias)
        inner = exp.Select(expressions=shown, from_=exp.From(this=source), joins=list(joins))
        if condition is not None:
            inner.set("where", exp.Where(this=condition.tree.copy()))
        outer = node.args.get("alias") or alias.copy()
        return exp.Subquery(this=inner, alias=outer)


def _unknown(base: Context, node: exp.Table, name: str, known: list[str]) -> NowboardError:
    error = refusal(base.scope, name, known, "stream or table")
    error.detail = {**(error.detail or {}), "part": "sql", **place_of(node)}
    return error


def _shown(context: Context, name: str) -> exp.Expr:
    tree = apply_masks(column(name, context.stream.name), context)
    return tree if isinstance(tree, exp.Column) else exp.alias_(tree, name, quoted=True)


def _point_at_cte(node: exp.Table, name: str) -> None:
    if node.args.get("alias") is None:
        node.set("alias", exp.TableAlias(this=exp.to_identifier(name, quoted=True)))
    node.set("this", exp.to_identifier(_CTE + name, quoted=True))
