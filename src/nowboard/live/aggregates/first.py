"""The value at the earliest event time."""

from __future__ import annotations

from nowboard.live.aggregates.ends import End


class First(End):
    """`first(x)` by event time, then by place in the journal; passes over nulls."""

    def __init__(self) -> None:
        super().__init__(last=False)
