"""What a live query groups: the part of a plan that decides a state, so that equal ones are shared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from nowboard.model.fields import FieldType
from nowboard.query.plan import Aggregate, Plan, Scalar
from nowboard.query.windows import Pane


@dataclass(frozen=True)
class Grouping:
    """Rows of `stream` where `filter` is true, by `keys`, split into panes.

    Joins need no naming: a scalar that reads a joined table says so, and a stream joins a table in one way only.
    """

    stream: str
    filter: Scalar | None
    keys: tuple[Scalar, ...]
    pane: Scalar | None
    time: Scalar

    @cached_property
    def name(self) -> str:
        """Equal names mean equal groups."""
        parts = [self.stream, self.filter.sql if self.filter else "", self.pane.sql if self.pane else ""]
        return "\0".join([*parts, self.time.sql, *(key.sql for key in self.keys)])

    @property
    def pane_place(self) -> int | None:
        """Which key is the pane itself, if one is."""
        if self.pane is None:
            return None
        return next((place for place, key in enumerate(self.keys) if key.sql == self.pane.sql), None)

    def scalars(self) -> Iterator[Scalar]:
        """Everything that must be evaluated for a batch to be grouped."""
        yield self.time
        yield from self.keys
        if self.filter is not None:
            yield self.filter
        if self.pane is not None:
            yield self.pane


def grouping_of(plan: Plan, pane: Pane | None) -> Grouping:
    """The grouping of `plan` in the panes of its window or of its comparison."""
    return Grouping(
        stream=plan.stream,
        filter=plan.filter,
        keys=tuple(key.scalar for key in plan.keys),
        pane=None if pane is None else Scalar(pane.tree, pane.sql, FieldType.TIMESTAMP.value),
        time=plan.time,
    )


def scalars_of(aggregate: Aggregate) -> Iterator[Scalar]:
    """What an aggregate reads of each row."""
    if aggregate.argument is not None:
        yield aggregate.argument
    if aggregate.filter is not None:
        yield aggregate.filter


def aggregate_name(aggregate: Aggregate) -> str:
    """Equal names mean equal accumulators (of one grouping)."""
    argument = aggregate.argument.sql if aggregate.argument else "*"
    condition = aggregate.filter.sql if aggregate.filter else ""
    return "\0".join([aggregate.function, argument, condition, str(aggregate.parameter)])
