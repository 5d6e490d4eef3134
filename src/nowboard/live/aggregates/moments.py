"""Variance and standard deviation by mean and squared distance, merged by Chan's rule."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nowboard.live.aggregates.interface import Exact, Parts, needed
from nowboard.live.columns import Column, Ints, Native
from nowboard.live.groups import Groups


class Moments(Exact):
    """`var_samp var_pop stddev_samp stddev_pop`.

    Parts: how many values, their mean, and the sum of their squared distances from it.

    >>> law = Moments("var_pop")
    >>> one, two = (np.array([1]), np.array([1.0]), np.array([0.0])), (np.array([1]), np.array([3.0]), np.array([0.0]))
    >>> law.values(law.merge(one, two))
    [1.0]
    """

    def __init__(self, function: str) -> None:
        self._sample = function.endswith("samp")
        self._root = function.startswith("stddev")

    def empty(self, count: int) -> Parts:
        return np.zeros(count, dtype=np.int64), np.zeros(count), np.zeros(count)

    def collect(self, groups: Groups, argument: Column | None, condition: Column | None) -> Parts:
        column = needed(argument)
        pick = groups.pick(column, condition)
        numbers = pick.of(column.floats)
        ones = np.ones(len(numbers), dtype=np.int64)
        return self.reduce(pick.ids, groups.size, (ones, numbers, np.zeros(len(numbers))))

    def load(self, columns: Sequence[Column]) -> Parts:
        counts, means, squares = columns
        return counts.numbers.astype(np.int64), means.floats, squares.floats

    def reduce(self, ids: Ints, size: int, parts: Parts) -> Parts:
        counts, means, squares = parts
        total = np.bincount(ids, weights=counts, minlength=size).astype(np.int64)
        with np.errstate(invalid="ignore", over="ignore"):
            mean = np.bincount(ids, weights=means * counts, minlength=size) / np.maximum(total, 1)
            away = means - mean[ids]
            square = np.bincount(ids, weights=squares + away * away * counts, minlength=size)
        return total, mean, square

    def merge(self, left: Parts, right: Parts) -> Parts:
        total = left[0] + right[0]
        with np.errstate(invalid="ignore", over="ignore"):
            apart = right[1] - left[1]
            share = right[0] / np.maximum(total, 1)
            mean = np.where(left[0] == 0, right[1], left[1] + apart * share)
            square = left[2] + right[2] + apart * apart * left[0] * share
        return total, mean, square

    def values(self, parts: Parts) -> list[Native]:
        counts, _, squares = parts
        divisors = counts - 1 if self._sample else counts
        with np.errstate(invalid="ignore"):
            found = squares / np.maximum(divisors, 1)
            found = np.sqrt(found) if self._root else found
        pairs = zip(found.tolist(), divisors.tolist(), strict=True)
        return [value if divisor > 0 else None for value, divisor in pairs]
