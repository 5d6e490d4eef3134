"""Having and order: what a query says about its result columns."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from nowboard.errors import BadQuery
from nowboard.model.frames import Column, Order
from nowboard.query.context import near
from nowboard.query.guard import check_scalar
from nowboard.query.syntax import column, parse_scalar, reject
from nowboard.query.types import Typing


def plan_having(text: str | None, columns: Sequence[Column]) -> exp.Expr | None:
    """A condition over result columns, each named in quotes. Raises `BadQuery`."""
    if text is None:
        return None
    tree = parse_scalar(text, "having")
    check_scalar(tree, "having")
    kinds = {shown.name: shown.type for shown in columns}
    if any(True for _ in tree.find_all(exp.Placeholder)):
        reject("Parameters cannot stand in having.", "having", tree)
    for node in list(tree.find_all(exp.Column)):
        name = f"{node.table}.{node.name}" if node.table else node.name
        if name not in kinds:
            reject(f"The result has no column {name!r}.", "having", node, hint=near(name, list(kinds)))
        named = column(name)
        if node is tree:
            tree = named
        else:
            node.replace(named)
    if Typing(lambda node: kinds[node.name], "having").of(tree) not in ("boolean", "any"):
        reject("A condition is needed here, such as `orders > 10`.", "having", tree)
    return tree


def plan_order(names: Sequence[str], columns: Sequence[Column], *, grain: bool, grouped: bool) -> tuple[Order, ...]:
    """The order of the result.

    Without one in the query: by time where there is a grain, otherwise the largest first measure first where there are
    groups. Raises `BadQuery`.
    """
    known = [shown.name for shown in columns]
    if names:
        return tuple(_order(text, index, known) for index, text in enumerate(names))
    if grain:
        return (Order("time"),)
    first = next(shown.name for shown in columns if shown.role == "measure")
    return (Order(first, descending=True),) if grouped else ()


def _order(text: str, index: int, known: list[str]) -> Order:
    name = text.removeprefix("-")
    if name not in known:
        detail = {"part": f"order[{index}]", "hint": near(name, known)}
        raise BadQuery(f"The result has no column {name!r}.", detail=detail)
    return Order(name, descending=text.startswith("-"))
