"""Rule: placeholders become literals of their values, so that no text is ever spliced."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from nowboard.errors import BadQuery
from nowboard.query.context import Context
from nowboard.query.literals import MAX_LIST, literal
from nowboard.query.syntax import place_of


def bind_parameters(tree: exp.Expr, context: Context) -> exp.Expr:
    """`:name` becomes the literal value of the parameter; in `x IN (:name)` a list becomes its members."""
    for node in list(tree.find_all(exp.Placeholder)):
        value = _value(node, context)
        place = node.parent
        if isinstance(value, list | tuple | set | frozenset):
            if not isinstance(place, exp.In):
                raise _bad(node, context, "is a list, so it can only stand in `x IN (:…)`")
            if len(value) > MAX_LIST:
                raise _bad(node, context, f"has more than {MAX_LIST:,} values")
            _spread(place, node, [literal(item, context.part) for item in value])
        else:
            tree = _replace(tree, node, literal(value, context.part))
    return tree


def _value(node: exp.Placeholder, context: Context) -> Any:
    if node.name not in context.parameters:
        raise _bad(node, context, "has no value")
    return context.parameters[node.name]


def _spread(place: exp.In, node: exp.Placeholder, values: list[exp.Expr]) -> None:
    others = [item for item in place.expressions if item is not node]
    # No value at all: `x IN (NULL)` is never true, and neither is its opposite.
    place.set("expressions", [*others, *values] or [exp.Null()])


def _replace(tree: exp.Expr, node: exp.Expr, value: exp.Expr) -> exp.Expr:
    if node is tree:
        return value
    node.replace(value)
    return tree


def _bad(node: exp.Placeholder, context: Context, what: str) -> BadQuery:
    return BadQuery(f"The parameter :{node.name} {what}.", detail={"part": context.part, **place_of(node)})
