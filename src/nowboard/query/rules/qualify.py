"""Rule: every column names its relation, in quotes."""

from __future__ import annotations

from sqlglot import exp

from nowboard.query.context import Context
from nowboard.query.syntax import column


def qualify(tree: exp.Expr, context: Context) -> exp.Expr:
    """`total` becomes `"orders"."total"`. Raises `BadQuery` for what neither the stream nor a joined table has."""
    for node in list(tree.find_all(exp.Column)):
        found = context.field_of(node)
        owner = node.table.lower() or context.stream.name
        qualified = column(found.name, owner)
        qualified.this.meta.update(node.this.meta)  # errors found later still know the place
        if node is tree:
            return qualified
        node.replace(qualified)
    return tree
