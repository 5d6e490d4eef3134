"""Accumulators, one file each: what a live query keeps instead of the events."""

from __future__ import annotations

from typing import Any

from nowboard.live.aggregates.count import Count
from nowboard.live.aggregates.distinct import Distinct
from nowboard.live.aggregates.first import First
from nowboard.live.aggregates.interface import Aggregator
from nowboard.live.aggregates.last import Last
from nowboard.live.aggregates.max import Max
from nowboard.live.aggregates.min import Min
from nowboard.live.aggregates.moments import Moments
from nowboard.live.aggregates.quantile import Quantile
from nowboard.live.aggregates.sum import Sum
from nowboard.query.plan import Aggregate, AggregateKind

_PLAIN: dict[AggregateKind, type[Count | Sum | Min | Max | First | Last]] = {
    AggregateKind.COUNT: Count,
    AggregateKind.SUM: Sum,
    AggregateKind.MIN: Min,
    AggregateKind.MAX: Max,
    AggregateKind.FIRST: First,
    AggregateKind.LAST: Last,
}


def aggregator(aggregate: Aggregate, exact_values: int) -> Aggregator[Any]:
    """The accumulator of a planned aggregate. `exact_values` is how many values distinct and quantile hold as such."""
    plain = _PLAIN.get(aggregate.kind)
    if plain is not None:
        return plain()
    if aggregate.kind is AggregateKind.MOMENTS:
        return Moments(aggregate.function)
    if aggregate.kind is AggregateKind.DISTINCT:
        return Distinct(exact_values)
    return Quantile(aggregate.function, 0.5 if aggregate.parameter is None else aggregate.parameter, exact_values)


__all__ = ["Aggregator", "aggregator"]
