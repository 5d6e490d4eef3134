"""Rule: columns of a joined table of which only some rows are in scope are read from those rows."""

from __future__ import annotations

from sqlglot import exp

from nowboard.query.context import Context


def restrict_joins(tree: exp.Expr, context: Context) -> exp.Expr:
    """`"shop"."city"` becomes `"shop 1f…"."city"` where the scope has a predicate for the table. Comes last.

    Predicates of the scope itself keep the plain name: they look at the whole table.
    """
    if context.restricted:
        for node in tree.find_all(exp.Column):
            restriction = context.restricted.get(node.table)
            if restriction is not None:
                node.set("table", exp.to_identifier(restriction.alias, quoted=True))
    return tree
