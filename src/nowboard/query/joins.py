"""The relations of a plan: the stream under its own name, and the joined tables that are used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlglot import exp

from nowboard.query.context import Context
from nowboard.query.guard import check_scalar
from nowboard.query.plan import Aggregate, Key, Scalar
from nowboard.query.rules.qualify import qualify
from nowboard.query.syntax import column, parse_scalar, reject


def plan_source(stream: str) -> exp.From:
    """`FROM "stream_<name>" AS "<name>"`."""
    return exp.From(this=_relation(f"stream_{stream}", stream))


def plan_joins(context: Context, trees: Iterable[exp.Expr]) -> tuple[tuple[exp.Join, ...], tuple[str, ...]]:
    """The LEFT JOINs that `trees` need, and the tables they read. Raises `BadQuery`.

    A predicate of the scope may read tables that its principal does not see, so the stream's definition counts here.
    """
    used = {node.table for tree in trees for node in tree.find_all(exp.Column)}
    joins, tables = [], []
    whole = context.catalog.streams.get(context.stream.name, context.stream)
    for join in whole.joins:
        restriction = context.restricted.get(join.name)
        for alias in (join.name, None if restriction is None else restriction.alias):
            if alias not in used or alias is None:
                continue
            table = context.joined_table(join)
            made = _join(context.within(f"joins.{join.name}"), alias, table.name, join.on)
            if restriction is not None and alias == restriction.alias:
                made.set("on", exp.And(this=made.args["on"], expression=restriction.condition.copy()))
            joins.append(made)
            tables.append(table.name)
    return tuple(joins), tuple(sorted(set(tables)))


def trees_of(keys: Iterable[Key], condition: Scalar | None, aggregates: Iterable[Aggregate]) -> Iterator[exp.Expr]:
    """Every row-level tree of a plan."""
    yield from (key.scalar.tree for key in keys)
    if condition is not None:
        yield condition.tree
    for aggregate in aggregates:
        for scalar in (aggregate.argument, aggregate.filter):
            if scalar is not None:
                yield scalar.tree
        if aggregate.tree is not None:
            yield aggregate.tree


def _join(context: Context, name: str, table: str, pairs: dict[str, str]) -> exp.Join:
    condition: exp.Expr | None = None
    for target, text in sorted(pairs.items()):
        tree = parse_scalar(text, context.part)
        check_scalar(tree, context.part)
        tree = qualify(tree, context)
        if any(node.table != context.stream.name for node in tree.find_all(exp.Column)):
            reject(f"The join {name} can only read fields of the stream.", context.part, tree)
        pair: exp.Expr = exp.EQ(this=column(target, name), expression=exp.Paren(this=tree))
        condition = pair if condition is None else exp.And(this=condition, expression=pair)
    return exp.Join(this=_relation(f"table_{table}", name), side="LEFT", on=condition)


def _relation(name: str, alias: str) -> exp.Table:
    shown = exp.TableAlias(this=exp.to_identifier(alias, quoted=True))
    return exp.Table(this=exp.to_identifier(name, quoted=True), alias=shown)
