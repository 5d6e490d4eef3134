"""How many different values: counted exactly while they are few, then estimated by a HyperLogLog sketch."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import datasketches
import numpy as np

from nowboard.live.aggregates.interface import Parts, needed, objects
from nowboard.live.aggregates.sketched import Sketched
from nowboard.live.columns import Column, Native
from nowboard.live.groups import Groups

DEFAULT_EXACT_VALUES: Final = 10_000
"""Up to this many values per group are held as they are (about 1 MB); more become a sketch of 16 KB."""

_LOG_REGISTERS: Final = 14
"""2^14 registers: the estimate's relative standard error is 0.8 %."""


class Values:
    """The different values seen: `exact` until there are too many, then `sketch`."""

    __slots__ = ("exact", "sketch")

    def __init__(self, exact: set[Native] | None, sketch: datasketches.hll_union | None = None) -> None:
        self.exact = exact
        self.sketch = sketch


class Distinct(Sketched[Values]):
    """`count(distinct x)`; null is not a value. Parts: the values of each group, or None.

    >>> law = Distinct()
    >>> law.values(law.merge((objects([Values({1, 2})]),), (objects([Values({2, 3})]),)))
    [3]
    """

    def __init__(self, limit: int = DEFAULT_EXACT_VALUES) -> None:
        self._limit = limit

    def collect(self, groups: Groups, argument: Column | None, condition: Column | None) -> Parts:
        column = needed(argument)
        pick = groups.pick(column, condition)
        found: list[Values | None] = [None] * groups.size
        values = column.coded.values
        width = max(1, len(values))
        pairs = np.unique(pick.ids * width + pick.of(column.coded.codes))
        for group, code in zip((pairs // width).tolist(), (pairs % width).tolist(), strict=True):
            held = found[group]
            if held is None:
                found[group] = Values({values[code]})
            elif held.exact is not None:
                held.exact.add(values[code])
        return (objects(found),)

    def _held(self, values: Sequence[Native]) -> Values:
        return self._bounded(Values(set(values)))

    def _merged(self, state: Values, other: Values) -> Values:
        if state.exact is not None and other.exact is not None:
            state.exact |= other.exact
            return self._bounded(state)
        union = _sketch(state)
        if other.exact is None:
            union.update(_sketch(other).get_result(datasketches.HLL_8))
        else:
            _feed(union, other.exact)
        state.exact, state.sketch = None, union
        return state

    def _value(self, state: Values | None) -> Native:
        if state is None:
            return 0
        return len(state.exact) if state.exact is not None else round(_sketch(state).get_estimate())

    def _is_sketch(self, state: Values) -> bool:
        return state.exact is None

    def _bounded(self, state: Values) -> Values:
        if state.exact is not None and len(state.exact) > self._limit:
            state.exact, state.sketch = None, _sketch(state)
        return state


def _sketch(state: Values) -> datasketches.hll_union:
    if state.sketch is not None:
        return state.sketch
    union = datasketches.hll_union(_LOG_REGISTERS)
    _feed(union, state.exact or ())
    return union


def _feed(union: datasketches.hll_union, values: set[Native] | tuple[()]) -> None:
    """Hash values as the sketch knows them; whatever it has no form for goes in as text."""
    for value in values:
        if isinstance(value, Decimal) or (isinstance(value, int) and not -(2**63) <= value < 2**63):
            union.update(str(value))
        else:
            union.update(value)
