"""Accumulators, one file each: what a live query keeps instead of the events."""

from __future__ import annotations

from nowboard.live.aggregates.count import Count
from nowboard.live.aggregates.distinct import Distinct
from nowboard.live.aggregates.first import First
from nowboard.live.aggregates.interface import Law, Parts
from nowboard.live.aggregates.last import Last
from nowboard.live.aggregates.max import Max
from nowboard.live.aggregates.min import Min
from nowboard.live.aggregates.moments import Moments
from nowboard.live.aggregates.quantile import Quantile
from nowboard.live.aggregates.sum import Sum
from nowboard.query.plan import Aggregate, AggregateKind


def law_of(aggregate: Aggregate, exact_values: int) -> Law:
    """The accumulator of a planned aggregate. `exact_values` is how many values distinct and quantile hold as such."""
    kind = aggregate.argument.type if aggregate.argument else aggregate.type
    match aggregate.kind:
        case AggregateKind.COUNT:
            return Count()
        case AggregateKind.SUM:
            return Sum(kind)
        case AggregateKind.MIN:
            return Min(kind)
        case AggregateKind.MAX:
            return Max(kind)
        case AggregateKind.MOMENTS:
            return Moments(aggregate.function)
        case AggregateKind.FIRST:
            return First()
        case AggregateKind.LAST:
            return Last()
        case AggregateKind.DISTINCT:
            return Distinct(exact_values)
        case AggregateKind.QUANTILE:
            return Quantile(0.5 if aggregate.parameter is None else aggregate.parameter, exact_values)
    raise ValueError(f"{aggregate.function} cannot be maintained incrementally")


__all__ = ["Law", "Parts", "law_of"]
