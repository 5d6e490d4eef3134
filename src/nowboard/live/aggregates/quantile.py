"""Quantiles: from the values themselves while they are few, then from a KLL sketch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import datasketches
import numpy as np

from nowboard.live.columns import Column, Kind, Native, Numbers
from nowboard.live.groups import Groups

DEFAULT_EXACT_VALUES: Final = 10_000
"""Up to this many values per group are held as they are (80 KB); more become a sketch of about 10 KB."""

_SKETCH_SIZE: Final = 800
"""KLL's k: the estimate's rank is within 0.4 % of the one asked for, 99 times of 100."""


class Sample:
    """The values seen: `parts` until there are too many, then `sketch`. `count` is how many `parts` hold."""

    __slots__ = ("count", "parts", "sketch")

    def __init__(self, parts: list[Numbers], sketch: datasketches.kll_doubles_sketch | None = None) -> None:
        self.parts = parts
        self.count = sum(len(part) for part in parts)
        self.sketch = sketch


class Quantile:
    """`quantile_cont`, which interpolates (and so `median`), and `quantile_disc`, which picks a value.

    >>> law = Quantile("quantile_cont", 0.5)
    >>> law.value(Sample([np.array([1.0, 2.0])]))
    1.5
    """

    def __init__(self, function: str, fraction: float, limit: int = DEFAULT_EXACT_VALUES) -> None:
        self._picks = function == "quantile_disc"
        self._fraction = fraction
        self._limit = limit

    def partials(self, groups: Groups, argument: Column | None, condition: Column | None) -> list[Sample | None]:
        if argument is None:
            raise TypeError("A quantile needs an argument.")
        pick = groups.pick(argument, condition)
        order = np.argsort(pick.ids, kind="stable")
        numbers = self._numbers(argument, pick.of(argument.numbers))[order]
        edges = np.cumsum(np.bincount(pick.ids, minlength=groups.size))[:-1]
        return [Sample([part.copy()]) if len(part) else None for part in np.split(numbers, edges)[: groups.size]]

    def load(self, columns: list[Column]) -> list[Sample | None]:
        loaded: list[Sample | None] = []
        for values in columns[0].lists():
            held = [value for value in values or () if value is not None]
            loaded.append(self._bounded(Sample([self._array(held)])) if held else None)
        return loaded

    def merge(self, state: Sample | None, other: Sample) -> Sample:
        if state is None:
            state = Sample([])
        if state.sketch is None and other.sketch is None:
            state.parts.extend(other.parts)
            state.count += other.count
            return self._bounded(state)
        sketch = state.sketch or _sketch(state)
        if other.sketch is not None:
            sketch.merge(other.sketch)
        for part in other.parts:
            sketch.update(part.astype(np.float64))
        state.parts, state.count, state.sketch = [], 0, sketch
        return state

    def value(self, state: Sample | None) -> Native:
        if state is None:
            return None
        if state.sketch is not None:
            return float(state.sketch.get_quantile(self._fraction, self._picks))
        if len(state.parts) > 1:
            state.parts = [np.concatenate(state.parts)]
        return self._pick(state.parts[0]) if self._picks else self._interpolate(state.parts[0])

    def approximate(self, state: Sample | None) -> bool:
        return state is not None and state.sketch is not None

    def _numbers(self, argument: Column, numbers: Numbers) -> Numbers:
        if argument.kind is not Kind.DECIMAL:
            return numbers
        return self._array(argument.lift(numbers.tolist()))

    def _array(self, values: Sequence[Native]) -> Numbers:
        """Decimals stay exact where one of them is the answer."""
        if isinstance(values[0] if values else None, Decimal):
            return np.array(values, dtype=object if self._picks else np.float64)
        return np.array(values)

    def _bounded(self, state: Sample) -> Sample:
        if state.count > self._limit:
            state.sketch = _sketch(state)
            state.parts, state.count = [], 0
        return state

    def _pick(self, values: Numbers) -> Native:
        place = max(1, len(values) - math.floor(len(values) - self._fraction * len(values))) - 1
        chosen: Native = np.partition(values, place)[place : place + 1].tolist()[0]
        return chosen

    def _interpolate(self, values: Numbers) -> float:
        place = (len(values) - 1) * self._fraction
        below, above = math.floor(place), math.ceil(place)
        near = np.partition(values, (below, above))
        low, high = float(near[below]), float(near[above])
        return low if low == high else low * (1.0 - (place - below)) + high * (place - below)


def _sketch(state: Sample) -> datasketches.kll_doubles_sketch:
    sketch = datasketches.kll_doubles_sketch(_SKETCH_SIZE)
    for part in state.parts:
        sketch.update(part.astype(np.float64))
    return sketch
