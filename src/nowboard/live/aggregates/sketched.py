"""What is exact while it is small and then a sketch: the part that is the same whatever the sketch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np

from nowboard.live.aggregates.interface import Parts, objects
from nowboard.live.columns import Column, Ints, Mask, Native

S = TypeVar("S")


class Sketched(ABC, Generic[S]):
    """Parts: one array of states, None for a group that has seen no value."""

    def empty(self, count: int) -> Parts:
        return (np.full(count, None, dtype=object),)

    def load(self, columns: Sequence[Column]) -> Parts:
        loaded: list[S | None] = []
        for values in columns[0].lists():
            held = [value for value in values or () if value is not None]
            loaded.append(self._held(held) if held else None)
        return (objects(loaded),)

    def reduce(self, ids: Ints, size: int, parts: Parts) -> Parts:
        (found,) = self.empty(size)
        for group, state in zip(ids.tolist(), parts[0].tolist(), strict=True):
            found[group] = self._either(found[group], state)
        return (found,)

    def merge(self, left: Parts, right: Parts) -> Parts:
        pairs = zip(left[0].tolist(), right[0].tolist(), strict=True)
        return (objects([self._either(one, other) for one, other in pairs]),)

    def values(self, parts: Parts) -> list[Native]:
        return [self._value(state) for state in parts[0].tolist()]

    def estimated(self, parts: Parts) -> Mask | None:
        return np.array([state is not None and self._is_sketch(state) for state in parts[0].tolist()], dtype=np.bool_)

    def _either(self, state: S | None, other: S | None) -> S | None:
        if other is None:
            return state
        return self._merged(self._held([]) if state is None else state, other)

    @abstractmethod
    def _held(self, values: Sequence[Native]) -> S:
        """A state of its own that holds these values."""

    @abstractmethod
    def _merged(self, state: S, other: S) -> S:
        """`state` with what `other` has seen besides; `other` is left as it is."""

    @abstractmethod
    def _value(self, state: S | None) -> Native:
        """What a state comes to."""

    @abstractmethod
    def _is_sketch(self, state: S) -> bool:
        """Whether the value is an estimate."""
