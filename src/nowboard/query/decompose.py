"""From an expression over aggregates to accumulators and a final expression over their values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlglot import exp

from nowboard.query.context import Context
from nowboard.query.functions import aggregate_of, arguments_of
from nowboard.query.plan import Aggregate, AggregateKind, Scalar
from nowboard.query.rules import FINAL_RULES, apply
from nowboard.query.syntax import reject, to_sql
from nowboard.query.types import Typing

_EXTREMES: Final = {
    "min": AggregateKind.MIN, "bool_and": AggregateKind.MIN,
    "max": AggregateKind.MAX, "bool_or": AggregateKind.MAX,
}  # fmt: skip
_ENDS: Final = {"first": AggregateKind.FIRST, "any_value": AggregateKind.FIRST, "last": AggregateKind.LAST}
_MOMENTS: Final = ("var_samp", "var_pop", "stddev_samp", "stddev_pop")


class Decomposer:
    """Collects the aggregates of a plan's measures; equal ones are kept once."""

    def __init__(self) -> None:
        self.aggregates: list[Aggregate] = []
        self._places: dict[tuple[object, ...], int] = {}

    def take(self, tree: exp.Expr, context: Context, condition: Scalar | None) -> exp.Expr:
        """Replace every aggregate in `tree` by a column `a<i>`. `condition` filters them all.

        `tree` has passed the measure rules and its types are checked. Raises `BadQuery`.
        """
        for node in [node for node in tree.walk() if aggregate_of(node) is not None]:
            outer = node.parent if isinstance(node.parent, exp.Filter) else node
            replacement = self._take_one(node, outer, context, condition)
            if outer is tree:
                return replacement
            outer.replace(replacement)
        for column in tree.find_all(exp.Column):
            if column.table:
                message = f"The field {column.name} stands outside of an aggregate."
                reject(message, context.part, column, hint=f"write an aggregate, such as sum({column.name})")
        return tree

    def _take_one(self, node: exp.Expr, outer: exp.Expr, context: Context, condition: Scalar | None) -> exp.Expr:
        where = outer.expression.this if isinstance(outer, exp.Filter) else None
        own = None if where is None else scalar_of(where.copy(), context)
        reader = _Reader(node, context, both(own, condition), self._place)
        return reader.read()

    def _place(self, aggregate: Aggregate) -> exp.Expr:
        argument = aggregate.argument.sql if aggregate.argument else None
        condition = aggregate.filter.sql if aggregate.filter else None
        whole = to_sql(aggregate.tree) if aggregate.tree is not None else None
        name = (aggregate.kind, aggregate.function, argument, condition, aggregate.parameter, whole)
        place = self._places.setdefault(name, len(self.aggregates))
        if place == len(self.aggregates):
            self.aggregates.append(aggregate)
        return exp.column(f"a{place}")


class _Reader:
    """One aggregate call."""

    def __init__(
        self, node: exp.Expr, context: Context, condition: Scalar | None, place: Callable[[Aggregate], exp.Expr]
    ) -> None:
        self._node = node
        self._context = context
        self._condition = condition
        self._place = place
        function = aggregate_of(node)
        self._name = "" if function is None else function.name
        self._type = Typing(context.column_type, context.part).of(node)

    def read(self) -> exp.Expr:
        """The expression that stands for the call."""
        arguments = arguments_of(self._node)
        first = arguments[0] if arguments else None
        if self._name == "count":
            return self._count(first)
        if self._name == "count_if" and first is not None:
            condition = both(self._scalar(first), self._condition)
            return self._place(Aggregate(AggregateKind.COUNT, "count", None, condition, type="integer"))
        if first is None or isinstance(first, exp.Distinct | exp.Order):
            return self._holistic()
        if self._name == "approx_count_distinct":
            return self._simple(AggregateKind.DISTINCT, "distinct", first)
        if self._name == "avg":
            total = self._simple(AggregateKind.SUM, "sum", first, Typing(self._context.column_type, "").of(first))
            count = self._simple(AggregateKind.COUNT, "count", first, "integer")
            return exp.Paren(this=exp.Div(this=total, expression=count))
        if self._name == "sum":
            return self._simple(AggregateKind.SUM, "sum", first)
        if self._name in _EXTREMES:
            kind = _EXTREMES[self._name]
            return self._simple(kind, kind.value, first)
        if self._name in _ENDS:
            kind = _ENDS[self._name]
            return self._simple(kind, kind.value, first)
        if self._name in _MOMENTS:
            return self._simple(AggregateKind.MOMENTS, self._name, first)
        if self._name == "quantile_cont" and len(arguments) == 2:
            return self._quantile(first, arguments[1])
        return self._holistic()

    def _count(self, first: exp.Expr | None) -> exp.Expr:
        if first is None or isinstance(first, exp.Star):
            return self._place(Aggregate(AggregateKind.COUNT, "count", None, self._condition, type="integer"))
        if isinstance(first, exp.Distinct):
            if len(first.expressions) != 1:
                reject("count(distinct …) takes one expression.", self._context.part, self._node)
            return self._simple(AggregateKind.DISTINCT, "distinct", first.expressions[0])
        return self._simple(AggregateKind.COUNT, "count", first)

    def _quantile(self, value: exp.Expr, share: exp.Expr) -> exp.Expr:
        if not isinstance(share, exp.Literal) or share.is_string or not 0 <= float(share.name) <= 1:
            reject("A quantile needs a number from 0 to 1.", self._context.part, self._node)
        parameter = float(share.name)
        aggregate = Aggregate(
            AggregateKind.QUANTILE, "quantile", self._scalar(value), self._condition, parameter, type="float"
        )
        return self._place(aggregate)

    def _simple(self, kind: AggregateKind, function: str, argument: exp.Expr, kind_of: str | None = None) -> exp.Expr:
        scalar = self._scalar(argument)
        return self._place(Aggregate(kind, function, scalar, self._condition, type=kind_of or self._type))

    def _holistic(self) -> exp.Expr:
        tree = apply(FINAL_RULES, self._node.copy(), self._context)
        aggregate = Aggregate(AggregateKind.HOLISTIC, self._name, None, self._condition, type=self._type, tree=tree)
        return self._place(aggregate)

    def _scalar(self, tree: exp.Expr) -> Scalar:
        return scalar_of(tree.copy(), self._context)


def scalar_of(tree: exp.Expr, context: Context) -> Scalar:
    """A qualified row-level tree as a scalar: typed, in the query's zone, masked."""
    kind = Typing(context.column_type, context.part).of(tree)
    final = apply(FINAL_RULES, tree, context)
    return Scalar(final, to_sql(final), column_kind(kind))


def both(left: Scalar | None, right: Scalar | None) -> Scalar | None:
    """The condition that both hold; None is no condition."""
    if left is None or right is None:
        return left or right
    tree = exp.And(this=wrapped(left.tree), expression=wrapped(right.tree))
    return Scalar(tree, to_sql(tree), "boolean")


def wrapped(tree: exp.Expr) -> exp.Expr:
    """A copy that can stand beside AND."""
    loose = isinstance(tree, exp.Or | exp.And)
    return exp.Paren(this=tree.copy()) if loose else tree.copy()


def column_kind(kind: str) -> str:
    """The type of a result column from the type of an expression."""
    if kind == "date":
        return "timestamp"
    return "string" if kind in ("null", "any", "interval") else kind
