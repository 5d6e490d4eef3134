"""The value at the latest event time."""

from __future__ import annotations

from nowboard.live.aggregates.ends import End


class Last(End):
    """`last(x)` by event time, then by place in the journal; passes over nulls."""

    def __init__(self) -> None:
        super().__init__(last=True)
