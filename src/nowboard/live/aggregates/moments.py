"""Variance and standard deviation by mean and squared distance, merged by Chan's rule."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, cast

import numpy as np

from nowboard.live.aggregates.interface import Exact
from nowboard.live.columns import Column, Kind
from nowboard.live.groups import Groups

Moment = tuple[int, float, float]
"""How many values, their mean, and the sum of their squared distances from it."""

_READERS: Final[dict[str, Callable[[int, float], float | None]]] = {
    "var_pop": lambda n, m2: m2 / n,
    "var_samp": lambda n, m2: m2 / (n - 1) if n > 1 else None,
    "stddev_pop": lambda n, m2: math.sqrt(m2 / n),
    "stddev_samp": lambda n, m2: math.sqrt(m2 / (n - 1)) if n > 1 else None,
}


class Moments(Exact):
    """`var_samp var_pop stddev_samp stddev_pop`.

    >>> Moments("var_pop").value(Moments("var_pop").merge((1, 1.0, 0.0), (1, 3.0, 0.0)))
    1.0
    """

    def __init__(self, function: str) -> None:
        self._read = _READERS[function]

    def partials(self, groups: Groups, argument: Column | None, condition: Column | None) -> list[Moment | None]:
        if argument is None:
            raise TypeError("A variance needs an argument.")
        pick = groups.pick(argument, condition)
        numbers = pick.of(argument.numbers).astype(np.float64)
        if argument.kind is Kind.DECIMAL:
            numbers /= 10.0**argument.scale
        counts = np.bincount(pick.ids, minlength=groups.size)
        means = np.bincount(pick.ids, weights=numbers, minlength=groups.size) / np.maximum(counts, 1)
        with np.errstate(invalid="ignore", over="ignore"):
            away = numbers - means[pick.ids]
            squares = np.bincount(pick.ids, weights=away * away, minlength=groups.size)
        rows = zip(counts.tolist(), means.tolist(), squares.tolist(), strict=True)
        return [(count, mean, square) if count else None for count, mean, square in rows]

    def load(self, columns: list[Column]) -> list[Moment | None]:
        counts, means, squares = (cast("list[float]", column.natives()) for column in columns)
        rows = zip(counts, means, squares, strict=True)
        return [(int(count), float(mean), float(square)) if count else None for count, mean, square in rows]

    def merge(self, state: Moment | None, other: Moment) -> Moment:
        if state is None:
            return other
        count, mean, square = state
        more, its_mean, its_square = other
        total = count + more
        apart = its_mean - mean
        share = more / total
        return total, mean + apart * share, square + its_square + apart * apart * count * share

    def value(self, state: Moment | None) -> float | None:
        return None if state is None else self._read(state[0], state[2])
