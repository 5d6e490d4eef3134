"""Quantiles: from the values themselves while they are few, then from a KLL sketch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import datasketches
import numpy as np
import numpy.typing as npt

from nowboard.live.aggregates.interface import Parts, needed, objects
from nowboard.live.aggregates.sketched import Sketched
from nowboard.live.columns import Column, Native
from nowboard.live.groups import Groups

Floats = npt.NDArray[np.float64]

DEFAULT_EXACT_VALUES: Final = 10_000
"""Up to this many values per group are held as they are (80 KB); more become a sketch of about 10 KB."""

_SKETCH_SIZE: Final = 800
"""KLL's k: the estimate's rank is within 0.4 % of the one asked for, 99 times of 100."""


class Sample:
    """The values seen: `parts` until there are too many, then `sketch`. `count` is how many `parts` hold."""

    __slots__ = ("count", "parts", "sketch")

    def __init__(self, parts: list[Floats], sketch: datasketches.kll_doubles_sketch | None = None) -> None:
        self.parts = parts
        self.count = sum(len(part) for part in parts)
        self.sketch = sketch


class Quantile(Sketched[Sample]):
    """`quantile_cont`, which interpolates (and so `median`). Parts: the values of each group, or None.

    >>> law = Quantile(0.5)
    >>> law.values((objects([Sample([np.array([1.0, 2.0])])]),))
    [1.5]
    """

    def __init__(self, fraction: float, limit: int = DEFAULT_EXACT_VALUES) -> None:
        self._fraction = fraction
        self._limit = limit

    def collect(self, groups: Groups, argument: Column | None, condition: Column | None) -> Parts:
        column = needed(argument)
        pick = groups.pick(column, condition)
        order = np.argsort(pick.ids, kind="stable")
        numbers = pick.of(column.floats)[order]
        edges = np.cumsum(np.bincount(pick.ids, minlength=groups.size))[:-1]
        parts = np.split(numbers, edges)[: groups.size]
        return (objects([Sample([part.copy()]) if len(part) else None for part in parts]),)

    def _held(self, values: Sequence[Native]) -> Sample:
        return self._bounded(Sample([np.array(values, dtype=np.float64)] if values else []))

    def _merged(self, state: Sample, other: Sample) -> Sample:
        if state.sketch is None and other.sketch is None:
            state.parts.extend(other.parts)
            state.count += other.count
            return self._bounded(state)
        sketch = state.sketch or _sketch(state)
        if other.sketch is not None:
            sketch.merge(other.sketch)
        for part in other.parts:
            sketch.update(part)
        state.parts, state.count, state.sketch = [], 0, sketch
        return state

    def _value(self, state: Sample | None) -> Native:
        if state is None:
            return None
        if state.sketch is not None:
            return float(state.sketch.get_quantile(self._fraction))
        if len(state.parts) > 1:
            state.parts = [np.concatenate(state.parts)]
        return self._interpolate(state.parts[0])

    def _is_sketch(self, state: Sample) -> bool:
        return state.sketch is not None

    def _bounded(self, state: Sample) -> Sample:
        if state.count > self._limit:
            state.sketch = _sketch(state)
            state.parts, state.count = [], 0
        return state

    def _interpolate(self, values: Floats) -> float:
        place = (len(values) - 1) * self._fraction
        below, above = math.floor(place), math.ceil(place)
        near = np.partition(values, (below, above))
        low, high = float(near[below]), float(near[above])
        return low if low == high else low * (1.0 - (place - below)) + high * (place - below)


def _sketch(state: Sample) -> datasketches.kll_doubles_sketch:
    sketch = datasketches.kll_doubles_sketch(_SKETCH_SIZE)
    for part in state.parts:
        sketch.update(part)
    return sketch
