"""Rules: metrics by name become their SQL, and spellings of one aggregate become one."""

from __future__ import annotations

from typing import Final

from sqlglot import exp

from nowboard.query.context import Context
from nowboard.query.functions import aggregate_of
from nowboard.query.guard import check_aggregate
from nowboard.query.syntax import parse_scalar, reject

_DEEPEST: Final = 8


def resolve_metrics(tree: exp.Expr, context: Context) -> exp.Expr:
    """Outside of aggregates, the name of a metric stands for its SQL: `revenue / orders_total`."""
    return _resolve(tree, context, ())


def _resolve(tree: exp.Expr, context: Context, path: tuple[str, ...]) -> exp.Expr:
    metrics = context.catalog.metrics
    for node in list(tree.find_all(exp.Column)):
        metric = metrics.get(node.name.lower()) if not node.table else None
        if metric is None or metric.stream != context.stream.name or _in_aggregate(node):
            continue
        if metric.name in path or len(path) >= _DEEPEST:
            chain = " → ".join((*path, metric.name))
            reject(f"Metrics refer to each other in a circle: {chain}.", context.part, node)
        part = f"metrics.{metric.name}.sql"
        inner = parse_scalar(metric.sql, part)
        check_aggregate(inner, part)
        inner = _resolve(inner, context.within(part), (*path, metric.name))
        if node is tree:
            return inner
        node.replace(exp.Paren(this=inner))
    return tree


def _in_aggregate(node: exp.Expr) -> bool:
    parent: exp.Expr | None = node.parent
    while parent is not None:
        if aggregate_of(parent) is not None or isinstance(parent, exp.Filter | exp.WithinGroup):
            return True
        parent = parent.parent
    return False


def unify_aggregates(tree: exp.Expr, context: Context) -> exp.Expr:
    """One form per aggregate: `percentile(x, 95)` and `median(x)` become `quantile_cont(x, …)`."""
    for node in reversed(list(tree.walk())):
        found = _unified(node, context)
        if found is not None and node is tree:
            return found
        if found is not None:
            node.replace(found)
    return tree


def _unified(node: exp.Expr, context: Context) -> exp.Expr | None:
    if isinstance(node, exp.WithinGroup):
        ordered = node.expression.expressions if isinstance(node.expression, exp.Order) else []
        if not isinstance(node.this, exp.PercentileCont) or len(ordered) != 1 or ordered[0].args.get("desc"):
            reject("Only percentile_cont(p) WITHIN GROUP (ORDER BY x) is known.", context.part, node)
        return exp.PercentileCont(this=ordered[0].this, expression=node.this.this)
    if isinstance(node, exp.Median):
        return exp.PercentileCont(this=node.this, expression=exp.Literal.number("0.5"))
    if isinstance(node, exp.ApproxQuantile):
        return exp.PercentileCont(this=node.this, expression=node.args["quantile"])
    if isinstance(node, exp.Anonymous) and str(node.this).lower() == "percentile" and len(node.expressions) == 2:
        return exp.PercentileCont(this=node.expressions[0], expression=_share(node.expressions[1], context))
    return node.this if isinstance(node, exp.IgnoreNulls) else None


def _share(node: exp.Expr, context: Context) -> exp.Expr:
    if not isinstance(node, exp.Literal) or node.is_string or not 0 <= float(node.name) <= 100:
        reject("percentile(x, p) needs a number p from 0 to 100.", context.part, node)
    return exp.Literal.number(repr(float(node.name) / 100))
