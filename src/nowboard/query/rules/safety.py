"""Rules: what cannot be computed gives null instead of an error, for every row and in every engine."""

from __future__ import annotations

from sqlglot import exp

from nowboard.query.context import Context


def divide_safely(tree: exp.Expr, context: Context) -> exp.Expr:  # noqa: ARG001 - the shape of a rule
    """`a / b` becomes `a / NULLIF(b, 0)`; infinities would poison every sum they get into."""
    for node in tree.find_all(exp.Div, exp.IntDiv, exp.Mod):
        divisor = node.expression
        if not _cannot_be_zero(divisor):
            node.set("expression", exp.Nullif(this=divisor, expression=exp.Literal.number(0)))
    return tree


def cast_safely(tree: exp.Expr, context: Context) -> exp.Expr:  # noqa: ARG001 - the shape of a rule
    """`CAST` becomes `TRY_CAST`.

    One odd value must not take a widget down, and an error must not tell of rows outside of the principal's scope,
    which an engine may look at before it applies the scope.
    """
    for node in list(tree.find_all(exp.Cast)):
        if type(node) is exp.Cast:
            safe = exp.TryCast(this=node.this, to=node.args["to"], safe=True)
            if node is tree:
                return safe
            node.replace(safe)
    return tree


def _cannot_be_zero(divisor: exp.Expr) -> bool:
    if isinstance(divisor, exp.Nullif):
        return _is_zero(divisor.expression)
    return isinstance(divisor, exp.Literal) and not divisor.is_string and not _is_zero(divisor)


def _is_zero(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string and float(node.name) == 0
